"""Tile matrix sets and tilesets as documents, with morecantile as the oracle, and what their links lead to."""

from __future__ import annotations

import re

import morecantile
import pytest
from django.conf import settings
from pyproj import CRS, Transformer

from gis_core.crs import epsg_crs
from layers.models import CollectionRight
from layers.policy import forget_rights
from layers.registry import COLLECTIONS, LAYERS
from tiles.grids import GRIDS, WEB_MERCATOR_QUAD, TileId, TileMatrixSet, quad_of
from tiles.ogc.matrix_sets import matrix_set_document
from tiles.ogc.part import CONFORMANCE
from tiles.ogc.selection import tiled_layer, usual_layers

pytestmark = pytest.mark.django_db
RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"
REGISTERED = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
# EPSG:3879 and 3346 put the north first; 2154 is a third with the east first.
MATRIX_SETS = [*GRIDS.values(), *(quad_of(srid, latitude=55) for srid in (3067, 3879, 3346, 2154))]
every_set = pytest.mark.parametrize("grid", MATRIX_SETS, ids=lambda grid: grid.id)
every_grid = pytest.mark.parametrize("grid", GRIDS.values(), ids=lambda grid: grid.id)
TILED = [collection.id for collection in COLLECTIONS.values() if tiled_layer(collection)]


def links_of(document: dict) -> dict[str, dict]:
    return {link["rel"]: link for link in document["links"]}


# Tile matrix sets


# morecantile goes by the names of the axes, and the Lithuanians call the one to the north X.
@pytest.mark.parametrize("grid", [s for s in MATRIX_SETS if s.srid != 3346], ids=lambda grid: grid.id)
def test_morecantile_reads_the_document_and_puts_tiles_where_we_do(grid: TileMatrixSet, rf) -> None:
    read = morecantile.TileMatrixSet.model_validate(matrix_set_document(rf.get("/"), grid))
    assert (read.id, read.crs.to_epsg(), len(read.tileMatrices)) == (grid.id, grid.srid, grid.max_zoom + 1)
    assert read.is_quadtree
    for z in (0, 1, 7, 13, grid.max_zoom):
        last = 2**z - 1
        for tile in {
            TileId(z, 0, 0),
            TileId(z, last, 0),
            TileId(z, last // 3, last),
            TileId(z, last // 2, last // 5),
        }:
            theirs = read.xy_bounds(morecantile.Tile(tile.x, tile.y, z))
            assert tuple(theirs) == pytest.approx(grid.bounds(tile).as_tuple(), abs=1e-6)


def test_web_mercator_quad_is_the_registered_one(rf) -> None:
    ours = matrix_set_document(rf.get("/"), WEB_MERCATOR_QUAD)
    theirs = morecantile.tms.get("WebMercatorQuad").model_dump(mode="json", exclude_none=True)
    assert ours["uri"] == theirs["uri"] == REGISTERED
    assert ours["orderedAxes"] == theirs["orderedAxes"]
    assert ours["wellKnownScaleSet"] == theirs["wellKnownScaleSet"]
    for mine, known in zip(ours["tileMatrices"], theirs["tileMatrices"], strict=True):
        assert {k: v for k, v in mine.items() if isinstance(v, int | str)} == {
            k: v for k, v in known.items() if isinstance(v, int | str)
        }
        for name in ("scaleDenominator", "cellSize", "pointOfOrigin"):
            assert mine[name] == pytest.approx(known[name], rel=1e-12)


@every_set
def test_coordinates_stand_in_the_authoritys_order(grid: TileMatrixSet, rf) -> None:
    document = matrix_set_document(rf.get("/"), grid)
    north_first = CRS.from_epsg(grid.srid).axis_info[0].direction == "north"
    assert document["orderedAxes"] == [axis.abbrev for axis in CRS.from_epsg(grid.srid).axis_info]
    expected = [grid.top, grid.left] if north_first else [grid.left, grid.top]
    assert all(matrix["pointOfOrigin"] == expected for matrix in document["tileMatrices"])
    assert north_first == (grid.srid in {3879, 3346})


def test_own_grid_has_our_address_and_round_numbers(client) -> None:
    grid = GRIDS["EPSG26191Quad"]
    document = client.get(f"/tileMatrixSets/{grid.id}").json()
    assert document["uri"] == f"http://testserver/tileMatrixSets/{grid.id}"
    assert document["crs"] == "http://www.opengis.net/def/crs/EPSG/0/26191"
    assert [matrix["cellSize"] for matrix in document["tileMatrices"]] == [2.0 ** (13 - z) for z in range(21)]
    for z, matrix in enumerate(document["tileMatrices"]):
        assert matrix["scaleDenominator"] == pytest.approx(matrix["cellSize"] / 0.00028)
        assert (matrix["id"], matrix["matrixWidth"], matrix["matrixHeight"]) == (str(z), 2**z, 2**z)
        assert (matrix["tileWidth"], matrix["tileHeight"], matrix["cornerOfOrigin"]) == (256, 256, "topLeft")


def test_list_of_matrix_sets_leads_to_each(client) -> None:
    listed = client.get("/tileMatrixSets").json()["tileMatrixSets"]
    assert [item["id"] for item in listed] == list(GRIDS)
    for item in listed:
        one = client.get(links_of(item)["self"]["href"]).json()
        assert {name: one[name] for name in ("id", "title", "uri", "crs")} == {
            name: item[name] for name in ("id", "title", "uri", "crs")
        }
    missing = client.get("/tileMatrixSets/Mars")
    assert (missing.status_code, "Known: WebMercatorQuad" in missing.json()["detail"]) == (404, True)


# Tilesets


@every_grid
@pytest.mark.parametrize("path", ["/tiles", "/collections/trees/tiles", "/collections/districts/tiles"])
def test_tileset_is_its_entry_in_the_list_and_more(client, path: str, grid: TileMatrixSet) -> None:
    listed = client.get(path).json()["tilesets"]
    assert [item["tileMatrixSetId"] for item in listed] == list(GRIDS)
    item = next(item for item in listed if item["tileMatrixSetId"] == grid.id)
    links = links_of(item)
    assert links["self"]["href"] == f"http://testserver{path}/{grid.id}"
    whole = client.get(links["self"]["href"]).json()
    assert {name: whole[name] for name in item} == item
    assert (whole["dataType"], whole["crs"]) == ("vector", epsg_crs(grid.srid).uri)
    set_of_links = client.get(links[f"{RELATIONS}/tiling-scheme"]["href"]).json()
    assert (set_of_links["id"], set_of_links["uri"]) == (grid.id, whole["tileMatrixSetURI"])
    assert links["item"] == {
        "rel": "item",
        "type": "application/vnd.mapbox-vector-tile",
        "href": f"http://testserver{path}/{grid.id}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
        "templated": True,
        "title": "Mapbox Vector Tile",
    }


@every_grid
def test_limits_are_the_tiles_that_touch_the_city(client, grid: TileMatrixSet) -> None:
    document = client.get(f"/collections/trees/tiles/{grid.id}").json()
    west, south, east, north = settings.CITY.bbox.as_tuple()
    transform = Transformer.from_crs(4326, grid.srid, always_xy=True).transform
    corners = [transform(lon, lat) for lon in (west, east) for lat in (south, north)]
    for limit in document["tileMatrixSetLimits"]:
        tiles = [grid.tile_at(x, y, int(limit["tileMatrix"])) for x, y in corners]
        assert (limit["minTileRow"], limit["maxTileRow"]) == (
            min(t.y for t in tiles),
            max(t.y for t in tiles),
        )
        assert (limit["minTileCol"], limit["maxTileCol"]) == (
            min(t.x for t in tiles),
            max(t.x for t in tiles),
        )
    matrices = [limit["tileMatrix"] for limit in document["tileMatrixSetLimits"]]
    (layer,) = document["layers"]
    assert (layer["minTileMatrix"], layer["maxTileMatrix"]) == (matrices[0], matrices[-1])
    assert grid.web_zoom(int(matrices[0])) == LAYERS["trees"].min_zoom
    assert document["centerPoint"]["tileMatrix"] in matrices


def test_layers_are_told_with_what_their_tiles_hold(client) -> None:
    document = client.get("/collections/trees/tiles/WebMercatorQuad?lang=en").json()
    (layer,) = document["layers"]
    assert (layer["id"], layer["dataType"], layer["geometryDimension"]) == ("trees", "vector", 0)
    properties = layer["propertiesSchema"]["properties"]
    assert list(properties) == [*LAYERS["trees"].tile_fields, "point_count"]
    assert layer["thinning"]["rule"] == "clusters"
    assert properties["crown_diameter_m"] == {"title": "Crown diameter", "type": "number", "uom": "m"}
    assert document["title"] == "Trees · Web Mercator"
    dimensions = {
        name: client.get(f"/collections/{name}/tiles/WebMercatorQuad").json()["layers"][0][
            "geometryDimension"
        ]
        for name in ("trees", "streets", "parcels")
    }
    assert dimensions == {"trees": 0, "streets": 1, "parcels": 2}


def test_tilejson_style_and_legend_are_reached_by_links(client) -> None:
    document = client.get("/collections/trees/tiles/WebMercatorQuad").json()
    assert links_of(document)["alternate"]["href"] == "http://testserver/tiles/trees"
    assert "alternate" not in links_of(client.get("/collections/trees/tiles/EPSG26191Quad").json())
    (layer,) = document["layers"]
    links = links_of(layer["style"])
    style = client.get(links["stylesheet"]["href"]).json()
    assert (style["version"], style["sources"]["trees"]["url"]) == (8, "http://testserver/tiles/trees")
    assert client.get(links[f"{RELATIONS}/legend"]["href"]).json()["layer"] == "trees"
    assert links_of(layer)["describedby"]["href"] == "http://testserver/tiles/trees"
    assert client.get(links_of(layer)["geodata"]["href"]).json()["id"] == "trees"


def test_dataset_is_the_map_or_what_is_selected(client) -> None:
    ids = [layer["id"] for layer in client.get("/tiles/WebMercatorQuad").json()["layers"]]
    assert ids == [layer.id for layer in usual_layers()]
    chosen = client.get("/tiles?collections=parcels,trees").json()["tilesets"][1]
    assert links_of(chosen)["item"]["href"].endswith("/{tileCol}?collections=parcels,trees")
    whole = client.get(links_of(chosen)["self"]["href"]).json()
    assert [layer["id"] for layer in whole["layers"]] == ["parcels", "trees"]
    by_address = client.get("/tiles/WebMercatorQuad?collections=http://testserver/collections/parcels").json()
    assert [layer["id"] for layer in by_address["layers"]] == ["parcels"]
    assert client.get("/tiles?collections=parcels,nothing").status_code == 404
    assert client.get("/tiles?collections=parcels,parcels").status_code == 400
    assert client.get("/tiles?datetime=2026").status_code == 400


def test_lists_tell_only_what_the_reader_may_see(client, admin_client) -> None:
    assert client.get("/collections/route-stops/tiles").status_code == 401
    assert client.get("/tiles?collections=trees,route-stops").status_code == 401
    assert admin_client.get("/collections/route-stops/tiles").status_code == 200
    CollectionRight.objects.create(collection="depots", role="public", read="none", write="none")
    CollectionRight.objects.create(
        collection="trees", role="public", read="city", write="none", hidden=["species"]
    )
    forget_rights()
    assert "depots" not in [layer["id"] for layer in client.get("/tiles/WebMercatorQuad").json()["layers"]]
    (layer,) = client.get("/collections/trees/tiles/WebMercatorQuad").json()["layers"]
    assert "species" not in layer["propertiesSchema"]["properties"]
    forget_rights()


@pytest.mark.parametrize("path", ["/tileMatrixSets", "/tiles", "/collections/trees/tiles"])
def test_lists_are_pages_too(client, path: str) -> None:
    page = client.get(path, headers={"accept": "text/html"})
    assert (page.status_code, page["content-type"]) == (200, "text/html; charset=utf-8")
    for link in [item["links"][0]["href"] for item in next(iter(client.get(path).json().values()))]:
        assert f'href="{link}"' in page.content.decode()


# Discovery


def test_only_collections_with_vector_tiles_have_the_link(admin_client) -> None:
    rel = f"{RELATIONS}/tilesets-vector"
    linked = {
        entry["id"]: links_of(entry)[rel]["href"]
        for entry in admin_client.get("/collections").json()["collections"]
        if rel in links_of(entry)
    }
    assert linked == {name: f"http://testserver/collections/{name}/tiles" for name in TILED}
    assert not {"vehicles", "air-observations", "pollution-grids"} & set(linked)


def test_every_tiled_collection_has_its_tilesets(admin_client) -> None:
    for name in TILED:
        assert len(admin_client.get(f"/collections/{name}/tiles").json()["tilesets"]) == len(GRIDS)


def test_conformance_declares_the_parts_classes(client) -> None:
    declared = client.get("/conformance").json()["conformsTo"]
    assert len(declared) == len(set(declared))
    assert set(CONFORMANCE) <= set(declared)
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/datetime" not in declared


def test_operations_are_named_as_the_standard_wants(client) -> None:
    paths = client.get("/api").json()["paths"]
    ids = {path: told["get"]["operationId"] for path, told in paths.items() if re.search("(?i)tile", path)}
    for path, of in (("/tiles", "dataset"), ("/collections/{collectionId}/tiles", "collection")):
        one = f"{path}/{{tileMatrixSetId}}"
        assert ids.pop(path).endswith(f".{of}.vector.getTileSetsList")
        assert ids.pop(one).endswith(f".{of}.vector.getTileSet")
        assert ids.pop(f"{one}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}").endswith(f".{of}.vector.getTile")
    assert ids.pop("/tileMatrixSets").endswith(".getTileMatrixSetsList")
    assert ids.pop("/tileMatrixSets/{tileMatrixSetId}").endswith(".getTileMatrixSet")
    assert ids == {}


def test_addresses_are_those_that_a_proxy_shows(client) -> None:
    document = client.get("/tiles", headers={"host": "localhost"}).json()
    assert all(
        link["href"].startswith("http://localhost/") for t in document["tilesets"] for link in t["links"]
    )
