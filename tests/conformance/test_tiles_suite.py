"""The checks of the OGC's executable suite for Tiles Part 1 (ets-ogcapi-tiles10), asked over plain HTTP."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import pyogrio
import pyproj
import pytest

from tests.conformance.service import SOUTH, STEP, TREES, WEST, Site
from tiles.grids import EXTENT, WEB_MERCATOR_QUAD

pytestmark = pytest.mark.django_db  # the tests' database is copied; nothing is written into it
CONF = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-"
REGISTERED = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
VARIABLES = ("tileMatrix", "tileRow", "tileCol")
WHERE = (pytest.param("/collections/trees", id="collection"), pytest.param("", id="dataset"))


def template(iut: Site, where: str = "/collections/trees") -> str:
    return f"{iut.url}{where}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"


def filled(href: str, *values: int | str) -> str:
    for name, value in zip(VARIABLES, values, strict=True):
        href = href.replace(f"{{{name}}}", str(value))
    return href


def tilesets_link(document: dict[str, Any]) -> str:
    (href,) = [link["href"] for link in document["links"] if link["rel"].startswith(TILESETS)]
    return str(href)


def every_link(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, list):
        return [link for entry in document for link in every_link(entry)]
    if not isinstance(document, dict):
        return []
    own = document.get("links", [])
    return [*own, *(link for value in document.values() for link in every_link(value))]


def test_the_classes_that_the_suite_knows_are_declared(iut: Site):
    declared = iut.ask("/conformance").document["conformsTo"]
    for name in ("core", "tilesets-list", "dataset-tilesets", "geodata-tilesets"):
        assert f"{CONF}/{name}" in declared


def test_tiles_of_a_range_are_all_200(iut: Site):
    """The range is the tester's choice: here the tiles of zoom 14 that hold the trees."""
    transform = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform
    first, last = (
        WEB_MERCATOR_QUAD.tile_at(*transform(lon, SOUTH), 14) for lon in (WEST, WEST + (TREES - 1) * STEP)
    )
    trees = 0
    for column in range(first.x, last.x + 1):
        answer = iut.ask(filled(template(iut), 14, first.y, column))
        assert (answer.status, answer.headers["content-type"]) == (200, "application/vnd.mapbox-vector-tile")
        features = mapbox_vector_tile.decode(answer.body)["trees"]["features"]
        trees += len([f for f in features if 0 <= f["geometry"]["coordinates"][0] < EXTENT])
    assert (first.y, trees) == (last.y, TREES)


@pytest.mark.parametrize("where", WHERE)
def test_tiles_out_of_range_are_404_or_400(iut: Site, where: str):
    for values in (
        (14, 2**31 - 1, 2**31 - 1),
        (14, 6569, 2**31 - 1),
        (2**31 - 1, 0, 0),
        (14, -1, 0),
        (14, "x", 0),
    ):
        answer = iut.ask(filled(template(iut, where), *values))
        assert (answer.status in {400, 404}, answer.headers["content-type"]) == (
            True,
            "application/problem+json",
        )


def test_landing_page_leads_to_tilesets(iut: Site):
    href = tilesets_link(iut.ask("/").document)
    assert href == f"{iut.url}/tiles"
    answer = iut.ask(href, Accept="application/json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.document["tilesets"]


def test_collections_lead_to_tilesets(iut: Site):
    entries = iut.ask("/collections").document["collections"]
    linked = [entry for entry in entries if any(link["rel"].startswith(TILESETS) for link in entry["links"])]
    assert {"trees", "parcels", "streets"} <= {entry["id"] for entry in linked}
    for entry in linked:
        href = tilesets_link(entry)
        assert href == f"{iut.url}/collections/{entry['id']}/tiles"
        assert iut.ask(href).document["tilesets"]


@pytest.mark.parametrize("where", WHERE)
def test_every_tileset_of_a_list_has_what_the_standard_asks(iut: Site, where: str):
    for item in iut.ask(f"{where}/tiles", {"f": "json"}).document["tilesets"]:
        assert item["dataType"] == "vector" and item["crs"].startswith(
            "http://www.opengis.net/def/crs/EPSG/0/"
        )
        assert item["tileMatrixSetURI"] in {REGISTERED, f"{iut.url}/tileMatrixSets/EPSG26191Quad"}
        rels = {link["rel"]: link["href"] for link in item["links"]}
        assert iut.ask(rels["self"]).document["tileMatrixSetId"] == item["tileMatrixSetId"]
        scheme = iut.ask(rels["http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"]).document
        assert scheme["id"] == item["tileMatrixSetId"]


@pytest.mark.parametrize("where", WHERE)
def test_links_of_each_tileset_lead_to_tiles_within_its_limits_only(iut: Site, where: str):
    for item in iut.ask(f"{where}/tiles").document["tilesets"]:
        (href,) = [
            link["href"] for link in item["links"] if all(f"{{{name}}}" in link["href"] for name in VARIABLES)
        ]
        for limit in item["tileMatrixSetLimits"]:
            matrix, row, column = limit["tileMatrix"], limit["maxTileRow"], limit["minTileCol"]
            assert iut.ask(filled(href, matrix, row, column)).status in {200, 204}
            assert iut.ask(filled(href, matrix, row + 1, column)).status in {400, 404}


def test_every_link_is_absolute_and_has_its_relation(iut: Site):
    for path in (
        "/", "/collections", "/tiles", "/tiles/WebMercatorQuad", "/tileMatrixSets", "/collections/trees/tiles",
        "/collections/trees/tiles/EPSG26191Quad",
    ):  # fmt: skip
        links = every_link(iut.ask(path).document)
        assert links and all(link["rel"] and link["href"].startswith(iut.url) for link in links)


# GDAL's driver of OGC API Tiles wants the area in the grid's own units, and one layer for each tile matrix.


@pytest.mark.parametrize(
    ("grid", "srid", "zooms"), [("EPSG26191Quad", 26191, (10, 12)), ("WebMercatorQuad", 3857, (14, 16))]
)
def test_gdal_reads_every_tree_from_the_tiles_where_it_is(
    iut: Site, grid: str, srid: int, zooms: tuple[int, int]
):
    transform = pyproj.Transformer.from_crs(4326, srid, always_xy=True).transform
    area = (*transform(WEST - STEP, SOUTH - STEP), *transform(WEST + (TREES + 1) * STEP, SOUTH + STEP))
    options = dict(zip(("MINX", "MINY", "MAXX", "MAXY"), area, strict=True))
    for z in zooms:
        frame = pyogrio.read_dataframe(
            f"OGCAPI:{iut.url}/collections/trees",
            layer=f"Zoom level {z}",
            API="TILES",
            TILEMATRIXSET=grid,
            **options,
        )
        assert (len(frame), frame.crs.to_epsg()) == (TREES, srid)
        unit = 2.0 ** (21 - z) / EXTENT if srid == 26191 else 40075016.7 / 2**z / EXTENT
        for n, point in enumerate(sorted(frame.geometry, key=lambda p: p.x)):
            x, y = transform(WEST + n * STEP, SOUTH)
            assert (point.x, point.y) == pytest.approx((x, y), abs=unit)
