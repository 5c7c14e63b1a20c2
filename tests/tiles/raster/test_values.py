"""The value at a point, and what lies at a pixel (GetFeatureInfo)."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.test import Client
from lxml import html

from layers.catalog.trees.model import Tree
from layers.models import CollectionRight
from layers.policy import forget_rights
from tests.tiles.conftest import COMMITTED, TO_3857, ask
from tests.tiles.raster.pictures import COLUMNS, ROWS, get_map, make_cog, register
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.asgi import application

pytestmark = COMMITTED
ADDRESS = "/rasters/pollution-grids/value"


def value_at(client: Client, place: tuple[float, float], **more: str) -> dict:
    answer = client.get(ADDRESS, {"lon": place[0], "lat": place[1], **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_value_is_that_of_the_cell(grid, values, cell_lon_lat, client: Client) -> None:
    for row, column in ((12, 0), (20, 31), (39, 59)):
        assert value_at(client, cell_lon_lat(row, column))["value"] == values[row, column]


def test_value_comes_with_all_that_it_means(grid, cell_lon_lat, client: Client) -> None:
    lon, lat = cell_lon_lat(20, 30)
    assert value_at(client, (lon, lat)) == {
        "layer": "pollution-grids",
        "value": 30.0,
        "unit": "µg/m³",
        "datetime": "2026-01-01T00:00:00Z",
        "until": "2026-01-02T00:00:00Z",
        "collection": "pollution-grids",
        "feature": grid.pk,
        "coordinates": [lon, lat],
        "crs": f"http://www.opengis.net/def/crs/EPSG/0/{settings.CITY.metric_crs}",
    }


@pytest.mark.parametrize("cell", [(3, 3), (-1, 5), (5, -1), (ROWS, 5), (5, COLUMNS)])
def test_value_is_null_outside_and_without_data(grid, cell_lon_lat, client: Client, cell) -> None:
    assert value_at(client, cell_lon_lat(*cell))["value"] is None


def test_value_of_a_time(grid, media, corner, cell_lon_lat, client: Client) -> None:
    make_cog(media / "later.tif", np.full((ROWS, COLUMNS), 50.0), corner)
    register("later.tif", day=9)
    place = cell_lon_lat(20, 30)
    assert value_at(client, place)["value"] == 50
    assert value_at(client, place, datetime="2026-01-01T12:00:00Z")["value"] == 30
    assert client.get(ADDRESS, {"lon": 0, "lat": 0, "datetime": "2025"}).status_code == 404
    assert client.get(ADDRESS, {"lon": 0, "lat": 0, "datetime": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("lon", "lat", "named"),
    [
        ("", "33", "lon"),
        ("x", "33", "lon"),
        ("nan", "33", "lon"),
        ("181", "33", "lon"),
        ("-7", "-91", "lat"),
        ("-7", "inf", "lat"),
    ],
)
def test_bad_numbers_are_400_and_named(grid, client: Client, lon: str, lat: str, named: str) -> None:
    answer = client.get(ADDRESS, {"lon": lon, "lat": lat})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{named}=")


@pytest.mark.parametrize("layer", ["parcels", "nothing"])
def test_no_raster_is_404(layer: str, client: Client) -> None:
    assert client.get(f"/rasters/{layer}/value", {"lon": 0, "lat": 0}).status_code == 404


def test_restricted_raster_tells_the_public_nothing(grid, cell_lon_lat, client: Client) -> None:
    CollectionRight.objects.create(collection="pollution-grids", role="public", read="none", write="none")
    forget_rights()
    lon, lat = cell_lon_lat(20, 30)
    assert client.get(ADDRESS, {"lon": lon, "lat": lat}).status_code == 401
    path = get_map("EPSG:3857", TO_3857.transform(lon, lat), 20.0)
    assert ask(path, application).status_code == 401


def test_file_of_a_grid_is_linked_and_read_in_pieces(grid, media, client: Client) -> None:
    item = client.get(f"/collections/pollution-grids/items/{grid.pk}").json()
    href = next(link["href"] for link in item["links"] if link["rel"] == "enclosure")
    whole = b"".join(client.get(href).streaming_content)
    assert whole == (media / grid.file).read_bytes()
    piece = client.get(href, headers={"Range": "bytes=0-1"})
    assert (piece.status_code, b"".join(piece.streaming_content)) == (206, b"II")
    assert client.get("/collections/trees/items/1/file").status_code == 404
    assert client.get("/collections/pollution-grids/items/999999/file").status_code == 404
    grid.file = "../../etc/passwd"
    grid.save()
    assert client.get(href).status_code == 404
    CollectionRight.objects.create(collection="pollution-grids", role="public", read="none", write="none")
    forget_rights()
    assert client.get(href).status_code == 401


def info(place: tuple[float, float], layer: str, info_format: str, version: str = "1.3.0", **more: str):
    """At the middle of a picture around a place."""
    pixel = {"i": "50", "j": "50"} if version == "1.3.0" else {"x": "50", "y": "50"}
    asked = {"request": "GetFeatureInfo", "query_layers": layer, "layers": layer, "info_format": info_format}
    xy = TO_3857.transform(*place)
    return ask(get_map("EPSG:3857", xy, 50.0, version, **asked, **pixel, **more), application)


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_feature_info_of_a_raster(grid, cell_lon_lat, version: str) -> None:
    answer = info(cell_lon_lat(20, 30), "pollution-grids", "application/json", version)
    (feature,) = json.loads(answer.content)["features"]
    assert feature["properties"]["value"] == 30
    assert feature["properties"]["unit"] == "µg/m³"
    assert "30.0" in info(cell_lon_lat(20, 30), "pollution-grids", "text/plain", version).text


def test_feature_info_of_a_raster_at_a_time(grid, media, corner, cell_lon_lat) -> None:
    make_cog(media / "later.tif", np.full((ROWS, COLUMNS), 50.0), corner)
    register("later.tif", day=9)
    asked = info(cell_lon_lat(20, 30), "pollution-grids", "application/json", time="2026-01-01")
    assert asked.json()["features"][0]["properties"]["value"] == 30


def test_feature_info_without_anything_there_is_empty(grid, cell_lon_lat) -> None:
    assert info(cell_lon_lat(3, 3), "pollution-grids", "text/plain").text == ""


def test_feature_info_of_a_vector_layer_in_every_format(center) -> None:
    tree = Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus <b>", height_m=7.5)
    Tree.objects.create(geom=Point(center[0] + 0.00002, center[1], srid=4326), species="Palm")
    (feature,) = info(center, "trees", "application/json").json()["features"]
    assert feature["id"] == f"trees.{tree.pk}"
    assert feature["geometry"]["coordinates"] == pytest.approx(center, abs=1e-6)
    assert (feature["properties"]["species"], feature["properties"]["height_m"]) == ("Ficus <b>", 7.5)
    assert datetime.fromisoformat(feature["properties"]["created_at"])
    both = info(center, "trees", "application/json", feature_count="5").json()["features"]
    assert [found["properties"]["species"] for found in both] == ["Ficus <b>", "Palm"]
    text = info(center, "trees", "text/plain", language="en").text
    assert "Species: Ficus <b>" in text
    assert "7.5 m" in text
    page = html.document_fromstring(info(center, "trees", "text/html").content)
    assert "Ficus <b>" in [cell.text for cell in page.iter("td")]


def test_feature_info_hides_what_the_sender_may_not_see(center) -> None:
    Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus")
    CollectionRight.objects.create(
        collection="trees", role="public", read="city", write="none", hidden=["species"]
    )
    forget_rights()
    (feature,) = info(center, "trees", "application/json").json()["features"]
    assert "species" not in feature["properties"]
    assert info(center, "route-stops", "application/json").status_code == 401


def test_wmts_feature_info(grid, cell_lon_lat) -> None:
    x, y = TO_3857.transform(*cell_lon_lat(20, 30))
    tile = WEB_MERCATOR_QUAD.tile_at(x, y, 16)
    bounds = WEB_MERCATOR_QUAD.bounds(tile)
    side = (bounds.max_x - bounds.min_x) / 256
    i, j = int((x - bounds.min_x) / side), int((bounds.max_y - y) / side)
    answer = ask(f"/maps/wmts/pollution-grids/webmercator/16/{tile.x}/{tile.y}/{i}/{j}.json", application)
    assert answer.json()["features"][0]["properties"]["value"] == 30
