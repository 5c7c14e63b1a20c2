"""Personal tokens: made once, kept as a digest, sent as Bearer or as the password of HTTP Basic."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.addresses import client_address
from gis_core.errors import InvalidInput, NotAllowed, NotAuthenticated
from gis_core.models import Token
from gis_core.permissions import Scope
from gis_core.throttle import count_failure

DEFAULT_DAYS = 90
MAX_DAYS = 365
NOTED_EVERY = timedelta(minutes=1)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECRET = re.compile(r"casagis_[A-Za-z0-9]{8}_[A-Za-z0-9]{32}")
_PREFIX_LENGTH = len("casagis_") + 8
_LETTERS = string.ascii_letters + string.digits
_NO_DIGEST = "0" * 64
_IN_ADDRESS = "access_token"  # the name of RFC 6750


def make_token(
    user: Any,
    *,
    name: str,
    scopes: Collection[str],
    days: int = DEFAULT_DAYS,
    unconditional: bool = False,
) -> tuple[Token, str]:
    """The token and its secret (190 bits), which exists nowhere else. Raises InvalidInput.

    unconditional: for clients that send no precondition (QGIS); what they overwrite is marked in the history.
    """
    asked = _known_scopes(scopes)
    if unconditional and Scope.WRITE not in asked:
        raise InvalidInput(_("A token that only reads has nothing to overwrite: leave unconditional out."))
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(_("A token lives from 1 to %(most)d days.") % {"most": MAX_DAYS})
    secret = f"casagis_{_random(8)}_{_random(32)}"
    token = Token.objects.create(
        user=user,
        name=name.strip()[:100] or _("token"),
        prefix=secret[:_PREFIX_LENGTH],
        digest=digest_of(secret),
        scopes=asked,
        unconditional=unconditional,
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token, secret


def _known_scopes(scopes: Collection[str]) -> list[str]:
    known = [scope.value for scope in Scope]
    if not scopes or not set(scopes) <= set(known):
        raise InvalidInput(_("A token needs scopes, one or more of %(known)s.") % {"known": ", ".join(known)})
    return [scope for scope in known if scope in scopes]


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _number in range(length))


def digest_of(secret: str) -> str:
    """SHA-256: a random secret of this length needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def revoke_token(token: Token) -> None:
    """From the next request on; a token that is revoked already stays as it is."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def token_of(request: HttpRequest) -> Token | None:
    """The token that the request carries, fit for its method; None without an Authorization header.

    Raises NotAuthenticated for one that is wrong, expired or revoked, NotAllowed for one that lacks the scope,
    TooManyAttempts.
    """
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return None
    token = find_token(authorization, client_address(request))
    safe = request.method in SAFE_METHODS
    if not safe and authorization[:6].lower() == "basic ":
        _refuse_browser(request)
    require_scope(token, Scope.READ if safe else Scope.WRITE)
    return token


def find_token(authorization: str, address: str) -> Token:
    """By an Authorization header; a failure is counted for `address`. Raises NotAuthenticated, TooManyAttempts."""
    try:
        username, secret = _credentials(authorization)
        token = _matching(secret)
        if username is not None and token.user.get_username() != username:
            raise _invalid(_("This token belongs to another user name than the one sent with it."))
        _require_live(token)
    except NotAuthenticated:
        count_failure(address)
        raise
    _note_use(token)
    return token


def _credentials(authorization: str) -> tuple[str | None, str]:
    """User name (None with Bearer) and secret."""
    kind, _space, value = authorization.partition(" ")
    if kind.lower() == "bearer":
        return None, value.strip()
    if kind.lower() == "basic":
        return _basic_credentials(value)
    raise _invalid(_("Send a personal token as Bearer, or as the password of Basic."))


def _basic_credentials(value: str) -> tuple[str, str]:
    try:
        username, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = ""
    if not colon:
        raise _invalid(_("The Basic credentials cannot be read: they are base64 of user name, colon, token."))
    return username, secret


def _matching(secret: str) -> Token:
    """By its first letters, which are no secret; the rest is compared in constant time, also against nothing."""
    found = None
    if SECRET.fullmatch(secret):
        found = Token.objects.select_related("user").filter(prefix=secret[:_PREFIX_LENGTH]).first()
    same = hmac.compare_digest(digest_of(secret), found.digest if found else _NO_DIGEST)
    if found is None or not same:
        raise _invalid(
            _(
                "There is no such token. Make one on the page /account; the account's own password does not do."
            )
        )
    return found


def _require_live(token: Token) -> None:
    if token.revoked_at is not None:
        raise _invalid(_("This token was revoked. Make another one on the page /account."))
    if token.expired:
        raise _invalid(
            _("This token expired on %(day)s. Make another one on the page /account.")
            % {"day": token.expires_at.date().isoformat()}
        )
    if not token.user.is_active:
        raise _invalid(_("The account of this token is closed."))


def _invalid(detail: str) -> NotAuthenticated:
    return NotAuthenticated(detail, error="invalid_token")


def require_scope(token: Token, scope: Scope) -> None:
    """Raises NotAllowed, naming the scope."""
    if scope not in token.scopes:
        raise NotAllowed(
            _("This needs a token with the scope %(scope)s; this one has %(has)s.")
            % {"scope": scope.value, "has": ", ".join(token.scopes)},
            scope=scope.value,
        )


def _refuse_browser(request: HttpRequest) -> None:
    """A browser sends Basic by itself once it knows it, also for another site's form."""
    if "Origin" in request.headers or "Sec-Fetch-Site" in request.headers:
        raise NotAllowed(_("A web page sends a token as Bearer; Basic is for programs."))


def refuse_token_in_address(query: Mapping[str, str]) -> None:
    """Addresses are kept in logs and histories, so no token belongs there. Raises InvalidInput."""
    if _IN_ADDRESS in query or any(SECRET.search(value) for value in query.values()):
        raise InvalidInput(
            _(
                "A token does not belong into an address, which logs keep: send it in the header Authorization, "
                "and revoke the one that stood here."
            )
        )


def _note_use(token: Token) -> None:
    """At most one write a minute, however many requests."""
    now = timezone.now()
    stale = now - NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < stale:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=stale)
        Token.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
