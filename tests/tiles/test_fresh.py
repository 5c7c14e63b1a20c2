"""Caches and tags: what an edit leaves true and what it ends, who may be served from them, and one drawing for many."""

from __future__ import annotations

import asyncio
from pathlib import Path

from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import Point

from layers.catalog.trees.model import Tree
from layers.definitions import Clusters, SmallAreas
from layers.models import CollectionRight
from layers.policy import forget_rights
from layers.registry import LAYERS
from tests.tiles.conftest import TO_3857, ask, tile_path, with_client
from tests.tiles.test_rights import cookie_of, path, pytestmark  # noqa: F401  a tile of a restricted layer
from tiles.disk import DiskCache, Stored
from tiles.grids import BUFFER, EXTENT, TILE_PX, WEB_MERCATOR_QUAD, TileId
from tiles.listener import listener
from tiles.vector import drawing, public_tiles

ZOOMS = range(10, 19)


def around(lon: float, lat: float, z: int) -> list[TileId]:
    middle = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(lon, lat), z)
    return [TileId(z, middle.x + dx, middle.y + dy) for dx in (-2, -1, 0, 1, 2) for dy in (-2, -1, 0, 1, 2)]


def test_edit_ends_the_tiles_it_touches_at_every_zoom_and_leaves_the_others(center) -> None:
    tree = Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus")
    tiles = [tile for z in ZOOMS for tile in around(*center, z)]
    x, y = TO_3857.transform(*center)

    async def statuses(client):
        tags = {tile: (await client.get(tile_path("trees", tile))).headers.get("etag") for tile in tiles}
        await sync_to_async(Tree.objects.filter(pk=tree.pk).update)(species="Jacaranda")
        await listener().catch_up()
        drawn = {}
        for tile, tag in tags.items():
            if tag:  # below the layer's first zoom there is nothing to tell
                drawn[tile] = (
                    await client.get(tile_path("trees", tile), headers={"if-none-match": tag})
                ).status_code
        return drawn

    seen = with_client(statuses)
    touched = {tile for tile in seen if WEB_MERCATOR_QUAD.buffered_bounds(tile).contains(x, y)}
    far = {
        tile
        for tile in seen
        if not WEB_MERCATOR_QUAD.buffered_bounds(tile, buffer=drawing.REACH + 1).contains(x, y)
    }
    assert {tile.z for tile in touched} == {tile.z for tile in far} >= set(range(12, 19))
    assert {seen[tile] for tile in touched} == {200}
    assert {seen[tile] for tile in far} == {304}


def test_reach_holds_every_rule_of_the_catalogue() -> None:
    """A cell that the buffered tile touches is read whole; cells of areas with as much again around them."""
    for layer in LAYERS.values():
        match layer.thinning:
            case Clusters(cell_px=cell_px):
                reach = BUFFER + cell_px * EXTENT / TILE_PX
            case SmallAreas(cell_px=cell_px):
                reach = BUFFER + 2 * cell_px * EXTENT / TILE_PX
            case _:
                reach = BUFFER
        assert reach <= drawing.REACH, layer.id


def test_one_drawing_serves_all_who_wait_and_each_sees_what_was_committed_before_he_came(
    center, tile_of_center, monkeypatch
) -> None:
    tree = Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus")
    tile, drawings, honest = tile_path("trees", tile_of_center(15)), [], public_tiles.draw
    drawn, landing = asyncio.Event(), asyncio.Event()

    async def slow(order):
        drawings.append(order)
        result = await honest(order)
        drawn.set()
        await landing.wait()
        return result

    monkeypatch.setattr(public_tiles, "draw", slow)

    async def crowd(client):
        early = [asyncio.create_task(client.get(tile)) for _ in range(10)]
        await drawn.wait()
        await sync_to_async(Tree.objects.filter(pk=tree.pk).update)(species="Jacaranda")
        await listener().catch_up()
        late = [asyncio.create_task(client.get(tile)) for _ in range(10)]
        await asyncio.sleep(0.1)
        landing.set()
        return await asyncio.gather(*early), await asyncio.gather(*late)

    early, late = with_client(crowd)
    assert any(b"Ficus" in answer.content for answer in early)
    assert {b"Jacaranda" in answer.content for answer in late} == {True}
    assert len(drawings) == 2


def test_answer_from_memory_and_from_disk_needs_no_drawing(center, tile_of_center, monkeypatch) -> None:
    Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus")
    tile = tile_path("trees", tile_of_center(15))

    async def twice(client):
        answers = [await client.get(tile) for _ in range(3)]
        await asyncio.to_thread(lambda: None)
        return answers

    first, *more = with_client(twice)
    monkeypatch.setattr(public_tiles, "draw", None)
    assert ask(tile).content == first.content
    public_tiles._public_tiles.cache_clear()
    again = ask(tile)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert [dict(answer.headers) for answer in more] == [dict(first.headers)] * 2


def test_disk_of_another_database_is_not_believed(center, tile_of_center) -> None:
    """The same revision, but not of the same moment."""
    Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus")
    tile = tile_path("trees", tile_of_center(15))
    before = ask(tile)
    (kept,) = [file for file in public_tiles.folder().rglob("*-*") if file.is_file()]
    state = before.headers["etag"].strip('W/"').partition("-")[2]
    disk = DiskCache(kept.parent, 10**6)
    disk.put(kept.name, Stored(f"{state[:-1]}{'0' if state[-1] != '0' else '1'}", {"identity": b"alien"}))
    public_tiles._public_tiles.cache_clear()
    assert ask(tile).content == before.content


def test_damaged_file_is_none_and_a_full_disk_costs_no_answer(tmp_path: Path) -> None:
    disk = DiskCache(tmp_path / "tiles", 10**6)
    stored = Stored("1.a", {"identity": b"body" * 100, "br": b"packed"})
    disk.put("trees/1/2/3", stored)
    assert disk.get("trees/1/2/3") == stored
    file = tmp_path / "tiles/trees/1/2/3"
    for damaged in (file.read_bytes()[:-3], b"", b"\x00" * 50, b"{}\nrest", b"[]\n"):
        file.write_bytes(damaged)
        assert disk.get("trees/1/2/3") is None
    (tmp_path / "file").touch()
    DiskCache(tmp_path / "file", 10**6).put("a/b", stored)


def test_disk_stays_below_its_limit_and_the_oldest_leave(tmp_path: Path) -> None:
    disk = DiskCache(tmp_path, 200_000)
    for number in range(100):
        disk.put(f"trees/{number}", Stored("1.a", {"identity": bytes(5_000)}))
    left = {int(file.name) for file in (tmp_path / "trees").iterdir()}
    assert sum(file.stat().st_blocks * 512 for file in (tmp_path / "trees").iterdir()) <= 200_000
    assert 99 in left
    assert 0 not in left


def test_what_few_may_see_is_kept_nowhere(path: str) -> None:  # noqa: F811
    crew = User.objects.create(username="hamid")
    crew.groups.add(Group.objects.get_or_create(name="crew")[0])
    assert ask(path, cookie=cookie_of(crew)).status_code == 200
    assert len(public_tiles.public_tiles().memory._kept) == 0
    assert not list(public_tiles.folder().rglob("kept/*"))
    assert ask(path).status_code == 401


def test_planner_who_sees_what_everybody_sees_shares_their_tiles(center, tile_of_center, monkeypatch) -> None:
    Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus")
    planner = User.objects.create(username="leila")
    planner.groups.add(Group.objects.get_or_create(name="planner")[0])
    tile = tile_path("trees", tile_of_center(15))
    first = ask(tile)
    monkeypatch.setattr(public_tiles, "draw", None)
    assert ask(tile, cookie=cookie_of(planner)).content == first.content


def test_changed_right_ends_what_was_kept(center, tile_of_center) -> None:
    Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus")
    tile, shut = tile_path("trees", tile_of_center(15)), {"collection": "trees", "role": "public"}
    assert b"Ficus" in ask(tile).content
    CollectionRight.objects.create(**shut, read="city", write="none", hidden=["species"])
    forget_rights()
    assert b"Ficus" not in ask(tile).content
    CollectionRight.objects.filter(**shut).update(read="none", hidden=[])
    forget_rights()
    assert ask(tile).status_code == 401


def test_named_map_leaves_out_what_the_reader_may_not_see(center, tile_of_center) -> None:
    tile = tile_path("map:public", tile_of_center(15))
    whole = ask("/tiles/map:public").json()["vector_layers"]
    CollectionRight.objects.create(collection="green-spaces", role="public", read="none", write="none")
    forget_rights()
    assert ask(tile).status_code in {200, 204}
    part = ask("/tiles/map:public").json()["vector_layers"]
    assert {layer["id"] for layer in whole} - {layer["id"] for layer in part} == {"green-spaces"}
    assert ask(tile.replace("map:public", "green-spaces")).status_code == 401
