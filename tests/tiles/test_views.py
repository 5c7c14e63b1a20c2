"""What the map page asks first: layers, legends and styles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import translation

from layers.base import Source
from layers.catalog.trees.model import Tree
from layers.registry import LAYERS, get_layer
from tests.tiles.conftest import COMMITTED
from tests.tiles.raster.pictures import register
from tiles.legend import legend

pytestmark = COMMITTED


def layer_of(client: Client, layer_id: str, **query: str) -> dict:
    return next(layer for layer in client.get("/layers", query).json() if layer["id"] == layer_id)


def test_layers_are_listed_in_drawing_order_with_all_that_the_map_needs(client: Client) -> None:
    layers = client.get("/layers").json()
    internal = {"route-plans", "route-stops", "route-streets", "road-conditions"}
    public = [name for name in LAYERS if name not in internal]
    assert [layer["id"] for layer in layers] == public
    for layer in layers:
        assert layer["legend"], layer["id"]
        assert layer["style"] == list(get_layer(layer["id"]).style.layers)
        assert layer["raster"] or layer["tiles"] == f"/tiles/{layer['id']}/{{z}}/{{x}}/{{y}}"


def test_layers_are_told_in_the_asked_language(client: Client) -> None:
    assert layer_of(client, "trees", lang="en")["group_title"] == "Green city"
    assert client.get("/layers", {"lang": "en"}).headers["Content-Language"] == "en"


def test_synthetic_and_attribution_follow_the_rows(client: Client, center) -> None:
    assert layer_of(client, "trees")["synthetic"] is False
    tree = Tree.objects.create(geom=Point(*center, srid=4326), source=Source.MIXED)
    assert layer_of(client, "trees")["synthetic"] is True
    Tree.objects.filter(pk=tree.pk).update(source=Source.OPENSTREETMAP)
    told = layer_of(client, "trees", lang="en")
    assert (told["synthetic"], told["attribution"]) == (False, "© OpenStreetMap contributors")


def test_listing_the_layers_again_costs_the_revisions_only(
    client: Client, django_assert_max_num_queries
) -> None:
    client.get("/layers")
    with django_assert_max_num_queries(2):  # the revisions, and whether there is a pollution grid
        client.get("/layers")


def test_raster_has_no_tiles_before_its_first_grid_and_a_new_address_after_each(client: Client) -> None:
    assert layer_of(client, "pollution-grids")["tiles"] is None
    register("air/a.tif")
    first = layer_of(client, "pollution-grids")["tiles"]
    assert first.startswith("/maps/wmts/pollution-grids/webmercator/{z}/{x}/{y}.png?revision=")
    register("air/b.tif", day=2)
    assert layer_of(client, "pollution-grids")["tiles"] != first


def test_legend_names_choices_in_the_language() -> None:
    with translation.override("en"):
        entries = legend(get_layer("green-spaces"))
    assert {"label": "Park", "color": "#7cc576", "shape": "fill"} in entries
    assert entries[-1] == {"label": "Other", "color": "#b8dcae", "shape": "fill"}


def test_legend_of_steps_is_ranges_with_their_unit() -> None:
    with translation.override("en"):
        labels = [entry["label"] for entry in legend(get_layer("waste-containers"))]
    assert labels == ["< 50 %", "50 – 75 %", "75 – 90 %", "≥ 90 %"]


def test_legend_of_one_colour_is_the_layers_title() -> None:
    with translation.override("en"):
        assert legend(get_layer("depots")) == [{"label": "Depots", "color": "#1a237e", "shape": "circle"}]
        assert legend(get_layer("collection-routes"))[0]["shape"] == "line"


def test_legend_of_a_raster_is_its_ramp() -> None:
    entries = legend(get_layer("pollution-grids"))
    assert entries[0] == {"label": "0 µg/m³", "color": "#2c7bb6", "shape": "raster"}
    assert len(entries) == 6


def test_legend_and_style_have_their_addresses(client: Client) -> None:
    answer = client.get("/layers/streets/legend", {"lang": "en"}).json()
    assert answer["entries"][0] == {"label": "Motorway", "color": "#e8998d", "shape": "line"}
    style = client.get("/layers/streets/style", {"lang": "ar"}).json()
    assert style["sources"] == {"streets": {"type": "vector", "url": "http://testserver/tiles/streets"}}
    assert {layer["source-layer"] for layer in style["layers"]} == {"streets"}
    label = style["layers"][-1]["layout"]["text-field"]
    assert label == ["match", ["get", "name_ar"], "", ["get", "name_fr"], ["get", "name_ar"]]


@pytest.mark.parametrize("path", ["/layers/nothing/legend", "/layers/nothing/style"])
def test_unknown_layer_is_404_and_named(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "nothing" in answer.json()["detail"]


def test_layers_cannot_be_posted(client: Client) -> None:
    assert client.post("/layers").status_code == 405


@pytest.mark.parametrize("layer_id", [layer.id for layer in LAYERS.values() if not layer.raster])
def test_every_field_that_a_style_reads_is_in_the_tiles(layer_id: str) -> None:
    layer = get_layer(layer_id)
    present = {*layer.tile_fields, *(["name"] if "name_fr" in layer.tile_fields else [])}
    assert set(fields_read(list(layer.style.layers))) <= present


def fields_read(expression: object) -> Iterator[str]:
    match expression:
        case ["get", str(name)]:
            yield name
        case list():
            for part in expression:
                yield from fields_read(part)
        case dict():
            for part in expression.values():
                yield from fields_read(part)
