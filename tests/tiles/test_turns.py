"""Fair turns: a heavy lane leaves room, lanes take turns, and who waits too long is told so."""

from __future__ import annotations

import asyncio

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from psycopg.sql import SQL

from gis_core.errors import Unavailable
from gis_core.provision import connect
from layers.catalog.trees.model import Tree
from tests.tiles.conftest import COMMITTED, tile_path, with_client
from tiles import connections
from tiles.turns import Turns
from tiles.vector import drawing
from tiles.vector.sql import fixed


async def take(turns: Turns, lane: str, seen: list[str], hold: asyncio.Event) -> None:
    async with turns.turn(lane):
        seen.append(lane)
        await hold.wait()


async def settled(
    *lanes: str, turns: Turns, seen: list[str], hold: asyncio.Event
) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(take(turns, lane, seen, hold)) for lane in lanes]
    await asyncio.sleep(0.01)
    return tasks


def test_one_lane_leaves_half_of_the_places() -> None:
    async def run() -> list[str]:
        turns, seen, hold = Turns(4, 2, 5), [], asyncio.Event()
        tasks = await settled("a", "a", "a", "a", "b", turns=turns, seen=seen, hold=hold)
        before = list(seen)
        hold.set()
        await asyncio.gather(*tasks)
        assert turns.free == 4
        return before

    assert asyncio.run(run()) == ["a", "a", "b"]


def test_the_lane_without_a_name_is_called_too() -> None:
    async def run() -> list[str]:
        turns, seen, hold = Turns(1, 1, 1), [], asyncio.Event()
        hold.set()
        async with turns.turn(""):
            tasks = await settled("", "a", "", turns=turns, seen=seen, hold=hold)
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(run()) == ["", "a", ""]


def test_lanes_take_turns() -> None:
    async def run() -> list[str]:
        turns, seen, hold = Turns(1, 1, 5), [], asyncio.Event()
        hold.set()
        async with turns.turn("x"):
            tasks = await settled("a", "a", "a", "b", "c", turns=turns, seen=seen, hold=hold)
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(run()) == ["a", "b", "c", "a", "a"]


def test_waiting_ends_and_gives_nothing_away() -> None:
    async def run() -> Turns:
        turns = Turns(1, 1, 0.02)
        async with turns.turn("x"):
            with pytest.raises(Unavailable) as told:
                async with turns.turn("y"):
                    pass
            assert told.value.extra["retry_after"] > 0
            gone = asyncio.create_task(take(turns, "z", [], asyncio.Event()))
            await asyncio.sleep(0.005)
            gone.cancel()
        async with asyncio.timeout(1), turns.turn("y"):
            return turns

    assert asyncio.run(run()).free == 1


@COMMITTED
def test_quick_layer_is_served_beside_a_slow_one(center, tile_of_center, monkeypatch) -> None:
    """The slow layer's statements wait for a lock; eight of its tiles are asked for at once, on eight places."""
    Tree.objects.create(geom=Point(*center, srid=4326))
    monkeypatch.setattr(connections, "WAIT_S", 0.3)
    honest = drawing._statement

    def statement(order):
        if order.lane == "streets":
            slow = fixed(
                SQL("SELECT '0' AS state, ''::bytea AS tile FROM pg_advisory_xact_lock_shared(1500)")
            )
            return slow.text.as_string().encode(), slow
        return honest(order)

    monkeypatch.setattr(drawing, "_statement", statement)
    tile = tile_of_center(16)

    async def both(client):
        await client.get(tile_path("trees", tile_of_center(15)))
        slow = [
            asyncio.create_task(client.get(f"/tiles/streets/16/{tile.x + n}/{tile.y}"))
            for n in range(connections.PLACES)
        ]
        await asyncio.sleep(0.1)
        quick = await client.get(tile_path("trees", tile))
        waiting = sum(not task.done() for task in slow)
        while sum(task.done() for task in slow) < connections.PLACES // 2:
            await asyncio.sleep(0.01)
        holder.execute("SELECT pg_advisory_unlock(1500)")
        return quick.status_code, waiting, await asyncio.gather(*slow)

    given = connection.settings_dict
    with connect(given, given["NAME"]) as holder:
        holder.execute("SELECT pg_advisory_lock(1500)")
        status, waiting, slow = with_client(both)
    assert status == 200
    assert waiting >= connections.PLACES // 2
    assert sorted(answer.status_code for answer in slow) == [204] * 4 + [503] * 4
    refused = next(answer for answer in slow if answer.status_code == 503)
    assert (refused.headers["retry-after"], refused.json()["title"]) == ("2", "Not available")
