"""The one error tree; gis_core.problems turns it into application/problem+json (RFC 9457).

CasaGISError
├── InvalidInput          400  the request or file cannot be understood; says what and how to mend it
├── NotAuthenticated      401
├── NotAllowed            403
├── NotFound              404
├── NotOffered            405  the address is right, the method is not; `allow` names those that are
├── Conflict              409
├── Gone                  410  it was there; says how to bring it back
├── PreconditionFailed    412  somebody else changed it; carries base, theirs and yours
├── TooLarge              413  more than the service takes at once; says how much it takes
├── UnsupportedMedia      415  a body of a kind that is not read here; says which kinds are
├── RulesBroken           422  understood, but it breaks rules; carries one entry for each
├── PreconditionRequired  428  a change needs the version that it was made from
├── TooManyAttempts       429  guessing is slowed down; says how long to wait
└── Unavailable           503  something the service needs is missing; says what to install or start
JobDismissed, JobPaused and JobSplit are errors of nobody: a person stopped the job, for good or for a while, or it
waits for its parts.
"""

from __future__ import annotations

from typing import Any


class CasaGISError(Exception):
    """An error a person can act on: `title` names the kind, `detail` names the thing and the cure."""

    status = 500
    title = "Internal error"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class InvalidInput(CasaGISError):
    status = 400
    title = "Invalid input"


class NotAuthenticated(CasaGISError):
    status = 401
    title = "Not signed in"


class NotAllowed(CasaGISError):
    status = 403
    title = "Not allowed"


class NotFound(CasaGISError):
    status = 404
    title = "Not found"


class NotOffered(CasaGISError):
    status = 405
    title = "Method not offered"


class Conflict(CasaGISError):
    status = 409
    title = "Conflict"


class Gone(CasaGISError):
    status = 410
    title = "Gone"


class PreconditionFailed(CasaGISError):
    status = 412
    title = "Changed by somebody else"


class TooLarge(CasaGISError):
    status = 413
    title = "Too large"


class UnsupportedMedia(CasaGISError):
    status = 415
    title = "Unsupported media type"


class RulesBroken(CasaGISError):
    status = 422
    title = "Rules are broken"


class PreconditionRequired(CasaGISError):
    status = 428
    title = "Precondition required"


class TooManyAttempts(CasaGISError):
    status = 429
    title = "Too many attempts"


class Unavailable(CasaGISError):
    status = 503
    title = "Not available"


class JobDismissed(Exception):
    """The person who started the job asked to stop it."""


class JobPaused(Exception):
    """A person asked the job to stop for now; it goes on from its checkpoint when it is resumed."""


class JobSplit(Exception):
    """The job hands its work out: a part of `process_id` for each of the inputs. When they have ended it runs again."""

    def __init__(self, process_id: str, parts: list[dict[str, Any]]) -> None:
        super().__init__(process_id)
        self.process_id, self.parts = process_id, parts
