"""The HTTP side of vector tiles: tags, 304, empty, compression, errors, TileJSON."""

from __future__ import annotations

import asyncio
import gzip
import threading

import brotli
import httpx
import mapbox_vector_tile
import pytest
import zstandard
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection
from psycopg.sql import SQL

from layers.base import Source
from layers.catalog.trees.model import Tree
from layers.catalog.waste_containers.model import WasteContainer
from tests.tiles.conftest import COMMITTED, ask, tile_path, with_client
from tiles import connections
from tiles.grids import TileId
from tiles.vector import sql

pytestmark = COMMITTED
TREE_TILE_BYTES = 1024
CODED_BY = [
    ("gzip, deflate, br, zstd", "zstd"),
    ("gzip, br", "br"),
    ("br;q=0.5, gzip;q=0.9", "gzip"),
    ("*", "zstd"),
    ("identity", None),
    ("gzip;q=0", None),
    ("", None),
]
DECODE = {
    "zstd": zstandard.decompress,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    None: lambda body: body,
}


@pytest.fixture
def trees(center) -> list[Tree]:
    return [Tree.objects.create(geom=Point(*center, srid=4326), species=f"Ficus {i}") for i in range(60)]


@pytest.fixture
def tree_path(tile_of_center) -> str:
    return tile_path("trees", tile_of_center(15))


def test_tile_has_type_tag_and_must_be_revalidated(trees, tree_path) -> None:
    answer = ask(tree_path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["etag"].startswith('W/"')


@pytest.mark.parametrize("suffix", [".mvt", ".pbf", "/"])
def test_suffix_is_the_same_tile(trees, tree_path, suffix: str) -> None:
    assert ask(tree_path + suffix).content == ask(tree_path).content


def test_head_is_get_without_a_body(trees, tree_path) -> None:
    get, head = ask(tree_path), ask(tree_path, method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


def test_known_tag_is_answered_with_304_in_either_spelling(trees, tree_path) -> None:
    tag = ask(tree_path).headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        answer = ask(tree_path, if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


def test_edit_changes_the_tag_and_the_tile(trees, tree_path) -> None:
    before = ask(tree_path)
    Tree.objects.filter(pk=trees[0].pk).update(species="Jacaranda")
    after = ask(tree_path, if_none_match=before.headers["etag"])
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert b"Jacaranda" in after.content


def test_edit_of_another_collection_keeps_the_tag(trees, tree_path, center) -> None:
    before = ask(tree_path).headers["etag"]
    WasteContainer.objects.create(geom=Point(*center, srid=4326))
    assert ask(tree_path).headers["etag"] == before
    both = tree_path.replace("trees", "trees,waste-containers")
    joint = ask(both).headers["etag"]
    WasteContainer.objects.all().delete()
    assert ask(both).headers["etag"] != joint


def test_edit_that_is_rolled_back_keeps_the_tag(trees, tree_path) -> None:
    before = ask(tree_path).headers["etag"]
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; UPDATE layers_tree SET species = 'x'; ROLLBACK")
    assert ask(tree_path, if_none_match=before).status_code == 304


def test_tag_tells_layers_zooms_and_fields_apart(trees, tree_path, monkeypatch) -> None:
    before = ask(tree_path).headers["etag"]
    sql._shapes.clear()
    monkeypatch.setattr(sql, "EXTENT", 8192)
    assert ask(tree_path).headers["etag"] != before
    sql._shapes.clear()


def test_empty_tile_is_204_with_a_tag_that_an_insert_ends(tree_path, center) -> None:
    empty = ask(tree_path)
    assert (empty.status_code, empty.content) == (204, b"")
    Tree.objects.create(geom=Point(*center, srid=4326))
    assert ask(tree_path, if_none_match=empty.headers["etag"]).status_code == 200


def test_below_the_layers_first_zoom_is_204_without_the_database(trees, tile_of_center, monkeypatch) -> None:
    monkeypatch.setattr(connections, "read", None)
    assert ask(tile_path("trees", tile_of_center(10))).status_code == 204


def test_layer_below_its_first_zoom_is_left_out_of_several(trees, center, tile_of_center) -> None:
    WasteContainer.objects.create(geom=Point(*center, srid=4326))
    body = ask(tile_path("trees,waste-containers", tile_of_center(10))).content
    assert set(mapbox_vector_tile.decode(body)) == {"waste-containers"}


@pytest.mark.parametrize(("accepts", "coding"), CODED_BY)
def test_large_tile_is_compressed_where_accepted(trees, tree_path, accepts: str, coding: str | None) -> None:
    async def raw(client: httpx.AsyncClient) -> tuple[httpx.Headers, bytes]:
        async with client.stream("GET", tree_path, headers={"accept-encoding": accepts}) as answer:
            return answer.headers, b"".join([chunk async for chunk in answer.aiter_raw()])

    headers, body = with_client(raw)
    assert headers.get("content-encoding") == coding
    plain = DECODE[coding](body)
    assert len(plain) > TREE_TILE_BYTES
    assert int(headers["content-length"]) == len(body)
    assert "Accept-Encoding" in headers["vary"]


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        ("/tiles/nothing/3/1/1", 404, "nothing"),
        ("/tiles/nothing", 404, "nothing"),
        ("/tiles/trees/3/8/0", 404, "0 to 7"),
        ("/tiles/trees/99/0/0", 404, "0 to 24"),
        ("/tiles/trees/3/-1/0", 404, "3/-1/0"),
        ("/tiles/trees/a/0/0", 400, "z='a'"),
        ("/tiles/trees/3/1", 404, "/tiles/trees/3/1"),
        ("/tiles/trees/3/1/1/1", 404, "/tiles/trees/3/1/1/1"),
        ("/tiles/", 404, "/tiles/{layer}"),
        ("/tiles/trees,trees/3/1/1", 400, "twice"),
        ("/tiles/pollution-grids/3/1/1", 404, "/maps/"),
        ("/tiles/trees;DROP TABLE layers_tree/3/1/1", 404, "DROP"),
        ("/tiles/trees?lang=de", 400, "lang='de'"),
    ],
)
def test_bad_address_is_a_problem_that_names_it(path: str, status: int, named: str) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in answer.json()["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused_with_those_allowed(method: str, tree_path) -> None:
    answer = ask(tree_path, method=method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_database_down_is_503_and_says_where_to_look(tree_path, monkeypatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "PORT", "1")
    monkeypatch.setattr(connections, "WAIT_S", 0.5)
    answer = ask(tree_path)
    assert (answer.status_code, answer.json()["title"]) == (503, "Not available")
    assert "/healthz" in answer.json()["detail"]


def test_slow_statement_is_503(trees, tree_path, monkeypatch) -> None:
    monkeypatch.setitem(connections.SESSION, "statement_timeout", "20ms")
    slow = sql.fixed(SQL("SELECT pg_sleep(1)::text AS state, ''::bytea AS tile"))
    monkeypatch.setattr(
        "tiles.vector.drawing._statement", lambda _order: (slow.text.as_string().encode(), slow)
    )
    answer = ask(tree_path)
    assert answer.status_code == 503
    assert "zoom in" in answer.json()["detail"]


def test_own_fault_is_500_without_a_trace(tree_path, monkeypatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("tiles.vector.drawing._statement", fail)
    answer = ask(tree_path)
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_lost_connections_are_replaced(trees, tree_path) -> None:
    def lose() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'casagis tiles' AND datname = current_database()"
            )
        connection.close()

    async def before_and_after(client: httpx.AsyncClient) -> list[int]:
        first = await client.get(tree_path)
        await asyncio.to_thread(lose)
        return [first.status_code, (await client.get(tree_path)).status_code]

    assert with_client(before_and_after) == [200, 200]


def test_tile_connections_have_the_settings_of_their_role(center) -> None:
    async def shown() -> dict[str, str]:
        try:
            names = (
                "jit",
                "max_parallel_workers_per_gather",
                "statement_timeout",
                "default_transaction_read_only",
            )
            return {name: (await connections.read(f"SHOW {name}", []))[0][name] for name in names}  # type: ignore[arg-type]
        finally:
            await connections.close()

    assert asyncio.run(shown()) == {
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "statement_timeout": "20s",
        "default_transaction_read_only": "on",
    }


def test_one_tag_is_one_tile_while_edits_go_on(center, tree_path) -> None:
    """A tile read beside 150 commits: a tag never names two contents, and contents never go back in time."""
    tree = Tree.objects.create(geom=Point(*center, srid=4326), crown_diameter_m=0)
    done = threading.Event()

    def edit() -> None:
        for i in range(1, 151):
            Tree.objects.filter(pk=tree.pk).update(crown_diameter_m=i)
        connection.close()
        done.set()

    async def watch(client: httpx.AsyncClient) -> list[tuple[str, float]]:
        threading.Thread(target=edit).start()
        seen = []
        while not done.is_set():
            answers = await asyncio.gather(*(client.get(tree_path) for _ in range(4)))
            seen += [(answer.headers["etag"], _crown(answer.content)) for answer in answers]
        return seen

    seen = with_client(watch)
    assert len({tag for tag, _ in seen}) == len(set(seen)) > 3
    rounds = [max(crown for _, crown in seen[i : i + 4]) for i in range(0, len(seen), 4)]
    assert rounds == sorted(rounds)


def _crown(body: bytes) -> float:
    (feature,) = mapbox_vector_tile.decode(body)["trees"]["features"]
    return feature["properties"]["crown_diameter_m"]


def test_tilejson_describes_layers_fields_and_thinning(center) -> None:
    Tree.objects.create(geom=Point(*center, srid=4326), source=Source.OPENSTREETMAP)
    answer = ask("/tiles/streets,trees", host="map.example:8000", x_forwarded_proto="https")
    assert answer.status_code == 400  # a host that is not ours is not written into addresses
    answer = ask("/tiles/streets,trees?lang=en", host="localhost:8000", x_forwarded_proto="https")
    document = answer.json()
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == ["https://localhost:8000/tiles/streets,trees/{z}/{x}/{y}"]
    assert document["bounds"] == list(settings.CITY.bbox.as_tuple())
    assert document["attribution"] == "© OpenStreetMap contributors"
    assert (document["minzoom"], document["maxzoom"]) == (9, 16)
    streets, trees = document["vector_layers"]
    assert streets["fields"]["street_class"] == "String"
    assert streets["thinning"]["zooms"]["residential"] == 13
    assert trees["fields"] == {
        "species": "String",
        "crown_diameter_m": "Number",
        "condition": "String",
        "point_count": "Number",
    }
    assert (trees["thinning"]["rule"], trees["thinning"]["until_zoom"]) == ("clusters", 13)


def test_tilejson_attribution_follows_the_data(center) -> None:
    Tree.objects.create(geom=Point(*center, srid=4326), source=Source.OPENSTREETMAP)
    assert "Synthetic" not in ask("/tiles/trees?lang=en").json()["attribution"]
    Tree.objects.create(geom=Point(*center, srid=4326), source=Source.SYNTHETIC)
    assert (
        ask("/tiles/trees?lang=en").json()["attribution"] == "Synthetic (demo) · © OpenStreetMap contributors"
    )


def test_tile_off_the_grid_needs_no_database(monkeypatch) -> None:
    monkeypatch.setattr(connections, "read", None)
    assert ask(tile_path("trees", TileId(3, 9, 9))).status_code == 404
