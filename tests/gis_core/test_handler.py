"""The handler in front of Django: whole answers, streams of both kinds, and readers who leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from gis_core.handler import ThreadedHandler

made: list[str] = []


def whole(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(request.body.upper(), headers={"X-Kind": "whole"})
    response.set_cookie("seen", "1")
    return response


def parts() -> Iterator[bytes]:
    try:
        for number in range(1000):
            made.append(str(number))
            yield b"x" * 1000
    finally:
        made.append("closed")


async def async_parts() -> AsyncIterator[bytes]:
    for part in parts():
        yield part


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(parts())


def async_stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(async_parts())


urlpatterns = [path("whole", whole), path("stream", stream), path("async", async_stream)]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]
bare = override_settings(MIDDLEWARE=[])


def ask(method: str, address: str, **options: Any) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(ThreadedHandler())
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, address, **options)

    with bare:
        return asyncio.run(run())


def test_a_whole_answer_has_its_headers_and_cookies():
    answer = ask("POST", "/whole", content=b"body")
    assert (answer.status_code, answer.content, answer.headers["X-Kind"]) == (200, b"BODY", "whole")
    assert answer.cookies["seen"] == "1"


@pytest.mark.parametrize("address", ["/stream", "/async"])
def test_a_stream_comes_whole_and_is_closed(address):
    made.clear()
    assert len(ask("GET", address).content) == 1_000_000
    assert made[-1] == "closed"


@pytest.mark.parametrize("address", ["/stream", "/async"])
def test_a_stream_is_not_made_ahead_and_ends_when_its_reader_leaves(address):
    made.clear()
    with bare:
        asyncio.run(_leave_after_three(ThreadedHandler(), address))
    assert made[-1] == "closed"
    assert len(made) < 10


async def _leave_after_three(handler: ThreadedHandler, address: str) -> None:
    left = asyncio.Event()
    sent = 0
    requests = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        if (message := next(requests, None)) is not None:
            return message
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal sent
        sent += message["type"] == "http.response.body"
        if sent == 3:
            left.set()
        await asyncio.sleep(0)

    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "headers": [],
        "query_string": b"",
        "server": ("t", 80),
    }
    await handler(scope, receive, send)


def test_an_unknown_address_is_djangos_404():
    assert ask("GET", "/nothing").status_code == 404
