"""Requests and responses of raw ASGI, and the front that both doors of this room stand behind."""

from __future__ import annotations

import gzip
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
from psycopg_pool import PoolTimeout

from gis_core.errors import CasaGISError, InvalidInput, Unavailable
from gis_core.problems import MEDIA_TYPE, problem, problem_of

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

GZIP_FROM_BYTES = 1024
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
    def accepts_gzip(self) -> bool:
        for coding in self.headers.get("accept-encoding", "").split(","):
            name, _, weight = coding.replace(" ", "").partition(";q=")
            if name in {"gzip", "*"}:
                return weight.rstrip("0.") != "" or not weight
        return False


@dataclass(frozen=True)
class Response:
    status: int = 200
    body: bytes = b""
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def gzipped(self) -> Response:
        headers = {**self.headers, "content-encoding": "gzip"}
        return Response(
            self.status, gzip.compress(self.body, compresslevel=1, mtime=0), self.media_type, headers
        )


def json_response(document: object, **headers: str) -> Response:
    return Response(200, json.dumps(document, ensure_ascii=False).encode(), "application/json", headers)


def problem_response(document: dict[str, Any], **headers: str) -> Response:
    return Response(
        document["status"], json.dumps(document, ensure_ascii=False).encode(), MEDIA_TYPE, headers
    )


async def serve(scope: Scope, send: Send, respond: Callable[[Request], Awaitable[Response]]) -> None:
    """Answers one GET or HEAD: every error as application/problem+json, compressed where the client takes it."""
    request = Request.of(scope)
    response = await _guarded(request, respond)
    always = {
        "access-control-allow-origin": "*",
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
    }
    if request.accepts_gzip and len(response.body) > GZIP_FROM_BYTES and not _compressed(response.media_type):
        response = response.gzipped()
    await _send(response, {**always, **response.headers}, send, with_body=request.method != "HEAD")


async def _guarded(request: Request, respond: Callable[[Request], Awaitable[Response]]) -> Response:
    if request.method not in {"GET", "HEAD"}:
        detail = f"{request.method} is not offered at {request.path}; use GET."
        return problem_response(problem(405, HTTPStatus(405).phrase, detail), allow="GET, HEAD")
    try:
        return await respond(request)
    except CasaGISError as error:
        return problem_response(problem_of(error))
    except psycopg.errors.QueryCanceled:
        return problem_response(
            problem_of(Unavailable("The map took too long to draw; zoom in, or ask again later."))
        )
    except (psycopg.OperationalError, OperationalError, PoolTimeout) as error:  # ours, and Django's of rights
        log.warning("%s: %s", request.path, error)
        return problem_response(
            problem_of(Unavailable("The database does not answer; see /healthz, then ask again."))
        )
    except Exception:  # the last door before the server: the log gets the trace, the client does not
        log.exception("%s", request.path)
        return problem_response(
            problem(500, HTTPStatus(500).phrase, "This is our fault; the server's log has the reason.")
        )


def _compressed(media_type: str | None) -> bool:
    return (media_type or "").startswith("image/")


async def _send(response: Response, headers: Mapping[str, str], send: Send, *, with_body: bool) -> None:
    sized = {
        **headers,
        **({} if response.status in {204, 304} else {"content-length": str(len(response.body))}),
    }
    if response.media_type:
        sized["content-type"] = response.media_type
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sized.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": response.body if with_body else b""})
