"""Server-sent events: which places are told to whom, and what a reader who was away gets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import Point

from layers.catalog.route_stops.model import RouteStop
from layers.catalog.trees.model import Tree
from tests.tiles.conftest import ask
from tests.tiles.test_rights import cookie_of, pytestmark  # noqa: F401  the same tables are emptied
from tiles import connections, events, listener
from tiles.readers import forget_readers

Listen = Callable[["Reader"], Awaitable[Any]]


class Reader:
    """An open stream, read as a browser would."""

    def __init__(self, query: str, **headers: str) -> None:
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/events",
            "query_string": query.encode(),
            "headers": named,
        }
        self._stream = ApplicationCommunicator(events.application, scope)

    async def open(self) -> dict[str, str]:
        await self._stream.send_input({"type": "http.request"})
        start = await self._stream.receive_output(5)
        assert start["status"] == 200
        return await self.next()

    async def next(self) -> dict[str, str]:
        """The fields of the next event; data as JSON."""
        text = (await self._stream.receive_output(5))["body"].decode()
        fields = dict(line.split(": ", 1) for line in text.strip().splitlines())
        return fields | ({"data": json.loads(fields["data"])} if "data" in fields else {})

    async def leave(self) -> None:
        await self._stream.send_input({"type": "http.disconnect"})
        await self._stream.wait(5)


def listening(listen: Listen, query: str, **headers: str) -> Any:
    async def run() -> Any:
        reader = Reader(query, **headers)
        try:
            result = await listen(reader)
            await reader.leave()
            assert not events._open
            return result
        finally:
            forget_readers()
            await listener.close()
            await connections.close()

    return asyncio.run(run())


@sync_to_async
def plant(lon: float, lat: float) -> None:
    Tree.objects.create(geom=Point(lon, lat, srid=4326))


def test_change_is_told_with_its_box_in_degrees(center) -> None:
    async def listen(reader: Reader) -> dict[str, Any]:
        first = await reader.open()
        await plant(*center)
        return [first, await reader.next()]

    first, told = listening(listen, "collections=streets,trees")
    assert first["retry"] == "2000"
    assert told["event"] == "change"
    before, after = (fields["id"].split("-") for fields in (first, told))
    assert after[0] == before[0]
    assert told["data"]["collection"] == "trees"
    assert told["data"]["revision"] == int(after[1].split(".")[0]) == int(before[1].split(".")[0]) + 1
    assert told["data"]["bbox"] == pytest.approx([*center, *center], abs=1e-5)


def test_who_was_away_is_told_what_came_since_and_a_stranger_everything(center) -> None:
    async def listen(reader: Reader) -> list[Any]:
        before = (await reader.open())["id"]
        await plant(*center)
        await reader.next()
        back = Reader("collections=trees", last_event_id=before)
        await back.open()
        missed = await back.next()
        await back.leave()
        lost = Reader("collections=trees", last_event_id="7.abc")
        await lost.open()
        everything = await lost.next()
        await lost.leave()
        return [missed["data"]["bbox"], everything["data"]["bbox"]]

    missed, everything = listening(listen, "collections=trees")
    assert missed == pytest.approx([*center, *center], abs=1e-5)
    assert everything is None


def test_slow_reader_gets_one_large_box_for_many_small_ones(center, monkeypatch) -> None:
    monkeypatch.setattr(events, "MOST_BOXES", 3)

    async def listen(reader: Reader) -> Any:
        before = (await reader.open())["id"]
        for n in range(5):
            await plant(center[0] + n / 1000, center[1])
        await (await_listener()).catch_up()
        slow = Reader("collections=trees", last_event_id=before)
        await slow.open()
        told = await slow.next()
        await slow.leave()
        return told["data"]["bbox"]

    west, _, east, _ = listening(listen, "collections=trees")
    assert (west, east) == pytest.approx((center[0], center[0] + 0.004), abs=1e-5)


def await_listener() -> listener.Listener:
    return listener.listener()


def test_reader_of_an_area_is_not_told_where_the_rest_changes(center) -> None:
    crew = User.objects.create(username="hamid")
    crew.groups.add(Group.objects.get_or_create(name="crew")[0])
    crew.work_areas.create(area="west")

    async def listen(reader: Reader) -> Any:
        await reader.open()
        stop = {"plan": "p", "route": "r", "sequence": 1, "kind": "container"}
        await sync_to_async(RouteStop.objects.create)(geom=Point(*center, srid=4326), **stop)
        return (await reader.next())["data"]

    told = listening(listen, "collections=route-stops", cookie=cookie_of(crew))
    assert (told["collection"], told["bbox"]) == ("route-stops", None)


def test_heartbeat_keeps_the_stream_open_and_looks_at_the_rights_again(center, monkeypatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.05)

    async def listen(reader: Reader) -> str:
        await reader.open()
        return (await reader._stream.receive_output(5))["body"]

    assert listening(listen, "collections=trees") == b": still here\n\n"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/events", 400),
        ("/events?collections=", 400),
        ("/events?collections=nothing", 404),
        ("/events?collections=trees,route-stops", 401),
        ("/events/more?collections=trees", 404),
    ],
)
def test_bad_request_is_a_problem(path: str, status: int) -> None:
    answer = ask(path, events.application)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_too_many_streams_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(events, "MOST_STREAMS", 0)
    answer = ask("/events?collections=trees", events.application)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
