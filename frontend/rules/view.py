"""POST /rules: how pages that scripts build tell rules and their names; the stored record stays English."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from frontend.rules.telling import pieces
from frontend.titles import known_title
from gis_core.actors import actor_of
from gis_core.errors import InvalidInput
from gis_core.permissions import Role, require_role

MOST = 300


@require_POST
def rules(request: HttpRequest) -> JsonResponse:
    """For planners: {"names": […], "texts": […]} -> the titles of names that have one, and the pieces of each text.

    Raises NotAllowed for others, InvalidInput when the body is something else, or asks for more than MOST.
    """
    require_role(actor_of(request), Role.PLANNER)
    names, texts = _asked(request)
    return JsonResponse(
        {
            "names": {name: title for name in names if (title := known_title(name))},
            "texts": {text: [asdict(piece) for piece in pieces(text)] for text in texts},
        }
    )


def _asked(request: HttpRequest) -> tuple[list[str], list[str]]:
    try:
        body: dict[str, Any] = json.loads(request.body)
        names, texts = body["names"], body["texts"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput('The body must be JSON: {"names": […], "texts": […]}.') from error
    if not all(
        isinstance(one, list) and all(isinstance(text, str) for text in one) for one in (names, texts)
    ):
        raise InvalidInput("names and texts must be lists of texts.")
    if len(names) + len(texts) > MOST:
        raise InvalidInput(f"Ask for at most {MOST} names and texts at once.")
    return names, texts
