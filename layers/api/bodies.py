"""What a writing request says: its JSON body, the version it was made from, its reason and its wishes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import unquote

from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest
from django.utils.http import parse_http_date_safe
from psycopg import sql

from gis_core.actors import actor_of
from gis_core.crs import Crs
from gis_core.errors import InvalidInput, TooLarge, UnsupportedMedia
from layers.definitions import Collection

GEOJSON_TYPES = ("application/geo+json", "application/json")
PATCH_TYPES = ("application/merge-patch+json", *GEOJSON_TYPES)
JSON_TYPES = ("application/json",)
LONGEST_COMMENT = 500
NO_VERSION = -1  # an ETag that no version ever has: it can only fail


def read_json(request: HttpRequest, media_types: tuple[str, ...]) -> dict[str, Any]:
    """The body as a JSON object. Raises InvalidInput, UnsupportedMedia, TooLarge."""
    if "Content-Type" not in request.headers:
        raise InvalidInput(f"The request has no Content-Type; send {media_types[0]}.")
    if request.content_type not in media_types:
        raise UnsupportedMedia(f"{request.content_type} is not read here; send {' or '.join(media_types)}.")
    try:
        body = json.loads(request.body, parse_constant=_refuse_constant)
    except RequestDataTooBig as error:
        raise TooLarge("The body is too large for one request; send the features in several.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise InvalidInput("The body must be a JSON object.")
    return body


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


@dataclass(frozen=True)
class Reason:
    """Why and by which door: keyword arguments of apply_edits."""

    comment: str
    door: str

    @classmethod
    def of(cls, request: HttpRequest) -> Reason:
        comment = unquote(request.headers.get("Change-Comment", "")).replace("\x00", "").strip()
        return cls(comment[:LONGEST_COMMENT], "api" if actor_of(request).token else "map")

    def as_options(self) -> dict[str, str]:
        return {"comment": self.comment, "door": self.door}


def content_crs(request: HttpRequest) -> dict[str, Any]:
    """How to read the body's coordinates, from Content-Crs, in brackets or (as QGIS sends it) without."""
    header = request.headers.get("Content-Crs", "").strip()
    if not header:
        return {}
    crs = Crs.parse(header.removeprefix("<").removesuffix(">"))
    return {"srid": crs.srid, "flips_axes": crs.flips_axes}


def expected_version(request: HttpRequest, collection: Collection, feature_id: int) -> int | None:
    """The version that the change was made from, None when the request does not say."""
    if tag := request.headers.get("If-Match", "").strip():
        return version_of_etag(tag)
    since = request.headers.get("If-Unmodified-Since")
    if since is None:
        return None
    seconds = parse_http_date_safe(since)
    if seconds is None:
        raise InvalidInput(f"If-Unmodified-Since: {since!r} is not an HTTP date.")
    return _version_at(collection, feature_id, datetime.fromtimestamp(seconds, UTC))


def version_of_etag(tag: str) -> int | None:
    """7 of `"7"` and `"7-csv"`; None of `*`, which names no version. A weak tag matches nothing (RFC 9110, 13.1.1)."""
    if tag == "*":
        return None
    if "," in tag:
        raise InvalidInput("If-Match: send the one ETag that your change was made from.")
    number = tag.strip('"').partition("-")[0]
    strong = tag.startswith('"') and tag.endswith('"')
    return (
        int(number) if strong and number.isascii() and number.isdigit() and len(number) < 10 else NO_VERSION
    )


def _version_at(collection: Collection, feature_id: int, moment: datetime) -> int:
    """The newest version that is no younger than the second; when that is not the current one, the edit conflicts."""
    query = sql.SQL(
        "SELECT max(version) FROM {} WHERE id = %s AND date_trunc('second', updated_at) <= %s"
    ).format(sql.Identifier(collection.history_table))
    with connection.cursor() as cursor:
        cursor.execute(query, [feature_id, moment])
        (version,) = cursor.fetchone()
    return NO_VERSION if version is None else int(version)


def preferences(request: HttpRequest) -> frozenset[str]:
    """The wishes of Prefer (RFC 7240), in lower case, without blanks."""
    return frozenset(wish.strip().lower() for wish in request.headers.get("Prefer", "").split(","))
