"""Requests and responses of raw ASGI, and the front that both doors of this room stand behind."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.conf import settings
from django.db import OperationalError
from django.http.request import split_domain_port, validate_host

from gis_core.errors import CasaGISError, InvalidInput, Unavailable
from gis_core.problems import MEDIA_TYPE, problem, problem_of
from tiles.encodings import FROM_BYTES, IDENTITY, coding_for, encoded

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Message = dict[str, Any]
Messages = tuple[Message, Message]  # the start of a response and its body
Send = Callable[[Message], Awaitable[None]]

ALWAYS = {
    "access-control-allow-origin": "*",
    "vary": "Accept-Encoding",
    "x-content-type-options": "nosniff",
}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    scheme: str
    client: str = ""

    @classmethod
    def of(cls, scope: Scope) -> Request:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        forwarded = headers.get("x-forwarded-proto", "")
        return cls(
            method=scope["method"],
            path=scope["path"],
            query=parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            headers=headers,
            scheme=forwarded if forwarded in {"http", "https"} else scope.get("scheme", "http"),
            client=(scope.get("client") or ("",))[0],
        )

    @property
    def origin(self) -> str:
        """Scheme and host as the client sees them; raises InvalidInput for a host that is not ours."""
        host = self.headers.get("host", "")
        domain, _port = split_domain_port(host)
        if not (domain and validate_host(domain, settings.ALLOWED_HOSTS)):
            raise InvalidInput(f"Host {host!r} is not served here; name it in CASAGIS_HOSTS.")
        return f"{self.scheme}://{host}"

    @property
    def known_etags(self) -> tuple[str, ...]:
        """The entity tags of If-None-Match, without their W/ (the comparison is the weak one, RFC 9110, 13.1.2)."""
        tags = self.headers.get("if-none-match", "").split(",")
        return tuple(tag.strip().removeprefix("W/").strip('"') for tag in tags if tag.strip())

    @property
    def coding(self) -> str:
        """The content coding that the client likes best."""
        return coding_for(self.headers.get("accept-encoding", ""))


@dataclass(frozen=True)
class Response:
    status: int = 200
    body: bytes = b""
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self, coding: str) -> Response:
        """As it is where that saves nothing, or was done already."""
        packed = (self.media_type or "").startswith("image/") or "content-encoding" in self.headers
        if coding == IDENTITY or packed or len(self.body) < FROM_BYTES:
            return self
        headers = {**self.headers, "content-encoding": coding}
        return Response(self.status, encoded(self.body, coding), self.media_type, headers)

    def messages(self, *, with_body: bool = True) -> Messages:
        sized = {**ALWAYS, **self.headers}
        if self.status not in {204, 304}:
            sized["content-length"] = str(len(self.body))
        if self.media_type:
            sized["content-type"] = self.media_type
        named = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sized.items()]
        start = {"type": "http.response.start", "status": self.status, "headers": named}
        return start, {"type": "http.response.body", "body": self.body if with_body else b""}


def json_response(document: object, **headers: str) -> Response:
    return Response(200, json.dumps(document, ensure_ascii=False).encode(), "application/json", headers)


def problem_response(document: dict[str, Any], **headers: str) -> Response:
    return Response(
        document["status"], json.dumps(document, ensure_ascii=False).encode(), MEDIA_TYPE, headers
    )


async def serve(scope: Scope, send: Send, respond: Callable[[Request], Awaitable[Response]]) -> None:
    """Answers one GET or HEAD: every error as application/problem+json, compressed where the client takes it."""
    request = Request.of(scope)
    response = (await answered(request, respond)).encoded(request.coding)
    for message in response.messages(with_body=request.method != "HEAD"):
        await send(message)


async def answered(request: Request, respond: Callable[[Request], Awaitable[Response]]) -> Response:
    """What `respond` says, or its error as application/problem+json."""
    if request.method not in {"GET", "HEAD"}:
        detail = f"{request.method} is not offered at {request.path}; use GET."
        return problem_response(problem(405, HTTPStatus(405).phrase, detail), allow="GET, HEAD")
    try:
        return await respond(request)
    except CasaGISError as error:
        return problem_response(problem_of(error), **_retry(error))
    except psycopg.errors.QueryCanceled:
        return problem_response(
            problem_of(Unavailable("The map took too long to draw; zoom in, or ask again later."))
        )
    except (psycopg.OperationalError, OperationalError) as error:  # ours, and Django's of rights
        log.warning("%s: %s", request.path, error)
        return problem_response(
            problem_of(Unavailable("The database does not answer; see /healthz, then ask again."))
        )
    except Exception:  # the last door before the server: the log gets the trace, the client does not
        log.exception("%s", request.path)
        return problem_response(
            problem(500, HTTPStatus(500).phrase, "This is our fault; the server's log has the reason.")
        )


def _retry(error: CasaGISError) -> dict[str, str]:
    return {"retry-after": str(error.extra["retry_after"])} if "retry_after" in error.extra else {}
