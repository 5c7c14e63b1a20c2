"""Vector layers as pictures: the right colour at the right pixel in every CRS, and what the sender may not see."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import LineString, MultiPolygon, Point, Polygon
from pyproj import Transformer

from layers.catalog.depots.model import Depot
from layers.catalog.districts.model import District
from layers.catalog.green_spaces.model import GreenSpace
from layers.catalog.parcels.model import Parcel
from layers.catalog.route_stops.model import RouteStop
from layers.catalog.streets.model import Street
from layers.catalog.waste_containers.model import WasteContainer
from layers.models import CollectionRight
from layers.policy import forget_rights
from tests.conftest import eventually
from tests.tiles.conftest import TO_3857, TO_4326, ask, with_client
from tests.tiles.raster.pictures import get_map, picture
from tests.tiles.test_rights import cookie_of
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.asgi import AT_ONCE, application
from tiles.raster.configuration import metric_srids
from tiles.raster.painter import paint

pytestmark = pytest.mark.django_db(
    transaction=True,
    available_apps=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "gis_core", "layers",
    ],
)  # fmt: skip
SRIDS = [3857, 4326, *metric_srids(settings.CITY)]
PARK = (0x7C, 0xC5, 0x76)


def park(lon: float, lat: float, half_m: float = 100.0, **more: object) -> GreenSpace:
    """A square in EPSG:3857, so that its sides are known; pictures in other CRSs show it turned a little."""
    x, y = TO_3857.transform(lon, lat)
    ring = Polygon.from_bbox((x - half_m, y - half_m, x + half_m, y + half_m))
    shape = MultiPolygon(ring, srid=3857)
    shape.transform(4326)
    return GreenSpace.objects.create(geom=shape, kind="park", **more)


def seen(lon_lat: tuple[float, float], srid: int = 3857, half: float = 150.0, **asked: str) -> np.ndarray:
    """301 x 301 pixels around a place, in metres of the CRS (degrees for 4326)."""
    xy = Transformer.from_crs(4326, srid, always_xy=True).transform(*lon_lat)
    half = half / 111_320 if srid == 4326 else half
    path = get_map(f"EPSG:{srid}", xy, half, **{"width": "301", "height": "301", **asked})
    return picture(ask(path, application))


@pytest.mark.parametrize("srid", SRIDS)
@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_square_is_filled_at_its_place_within_a_pixel_in_every_crs(center, srid: int, version: str) -> None:
    park(*center)
    half = 180.0
    pixels = seen(center, srid, half, version=version, layers="green-spaces")
    to_crs = Transformer.from_crs(3857, srid, always_xy=True)
    x0, y0 = TO_3857.transform(*center)
    cx, cy = to_crs.transform(x0, y0)
    scale = 301 / (2 * half / 111_320 if srid == 4326 else 2 * half)
    inside = outside = 0
    for dx, dy in np.random.default_rng(4).uniform(-125, 125, (400, 2)):
        x, y = to_crs.transform(x0 + dx, y0 + dy)
        column, row = int(150.5 + (x - cx) * scale), int(150.5 - (y - cy) * scale)
        if not (0 <= row < 301 and 0 <= column < 301):
            continue
        pixel_m = 2.5
        if max(abs(dx), abs(dy)) < 100 - pixel_m:
            assert pixels[row, column].tolist() == [*PARK, 230], (dx, dy)
            inside += 1
        elif max(abs(dx), abs(dy)) > 100 + pixel_m:
            assert pixels[row, column, 3] == 0, (dx, dy)
            outside += 1
    assert min(inside, outside) > 50


def test_sides_of_a_square_lie_on_their_pixels_without_an_outline(center) -> None:
    """At a zoom without outlines, in the square's own CRS: 200 m of 2 m pixels are 100 pixels, to half a pixel."""
    park(*center, half_m=500.0)
    pixels = seen(center, half=3010.0, layers="green-spaces")  # 20 m a pixel
    covered = pixels[..., 3].astype(float) / 230
    assert covered.sum() == pytest.approx(50 * 50, rel=0.03)
    columns = covered[150]
    first, last = np.flatnonzero(columns > 0.5)[[0, -1]]
    assert (first + last + 1) / 2 == pytest.approx(150.5, abs=0.51)


def test_hole_shows_what_is_below(center) -> None:
    x, y = TO_3857.transform(*center)
    outer = Polygon.from_bbox((x - 100, y - 100, x + 100, y + 100))
    inner = Polygon.from_bbox((x - 50, y - 50, x + 50, y + 50))
    shape = MultiPolygon(Polygon(outer[0], inner[0]), srid=3857)
    shape.transform(4326)
    GreenSpace.objects.create(geom=shape, kind="forest")
    pixels = seen(center, layers="green-spaces")
    assert pixels[150, 150, 3] == 0
    assert pixels[150, 75].tolist() == [0x4F, 0x9D, 0x57, 230]


def test_parcels_have_their_land_uses_colour_and_outline(center) -> None:
    x, y = TO_3857.transform(*center)
    shape = MultiPolygon(Polygon.from_bbox((x - 100, y - 100, x + 100, y + 100)), srid=3857)
    shape.transform(4326)
    Parcel.objects.create(geom=shape, land_use="industrial")
    pixels = seen(center, layers="parcels")
    assert pixels[150, 150].tolist() == [0xC9, 0xBC, 0xD8, 153]
    edge = pixels[150, 46:56]
    assert (edge[:, 0] < 0xC0).any()  # the outline, brown


def test_line_is_as_wide_as_its_style_says_and_runs_through_its_places(center) -> None:
    lon, lat = center
    line = LineString((lon - 0.01, lat), (lon + 0.01, lat), srid=4326)
    Street.objects.create(geom=line, street_class="primary")
    pixels = seen(center, layers="streets", half=150.5)  # a metre a pixel: zoom 16.25 of 512 px tiles
    column = pixels[:, 150, 3]
    drawn = np.flatnonzero(column > 127)
    assert abs(drawn.mean() - 150) <= 1
    assert 9 <= len(drawn) <= 14
    assert pixels[150, 150, :3].tolist() == [0xF6, 0xCF, 0x8B]


def test_point_is_a_disk_with_a_ring(center) -> None:
    Depot.objects.create(geom=Point(*center, srid=4326))
    pixels = seen(center, layers="depots")
    assert pixels[150, 150].tolist() == [0x1A, 0x23, 0x7E, 255]
    assert pixels[150, 159].tolist() == [255, 255, 255, 255]
    assert pixels[150, 163, 3] == 0
    assert (pixels[..., 3] / 255).sum() == pytest.approx(np.pi * 100, rel=0.05)


def test_border_between_tiles_is_seamless(center) -> None:
    """A disk across the edge of two WMTS tiles: both halves together are the whole."""
    tile = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*center), 15)
    edge_x = WEB_MERCATOR_QUAD.bounds(tile).max_x
    bounds = WEB_MERCATOR_QUAD.bounds(tile)
    place = TO_4326.transform(edge_x, (bounds.min_y + bounds.max_y) / 2)
    Depot.objects.create(geom=Point(*place, srid=4326))
    left, right = (
        picture(ask(f"/maps/wmts/depots/webmercator/{tile.z}/{tile.x + step}/{tile.y}.png", application))
        for step in (0, 1)
    )
    both = np.concatenate([left, right], axis=1)[118:138, 246:266, 3].astype(float)
    assert (both / 255).sum() == pytest.approx(np.pi * 100, rel=0.05)
    assert both[:, :10].sum() == pytest.approx(both[:, 10:].sum(), rel=0.07)


def test_nothing_is_drawn_below_the_smallest_zoom_and_small_areas_thin_out(center) -> None:
    park(*center, half_m=2.0)
    assert not seen(center, half=20_000.0, layers="green-spaces")[..., 3].any()
    assert seen(center, half=20.0, layers="green-spaces")[..., 3].any()


def test_far_out_the_largest_of_each_cell_is_drawn_and_points_that_cover_each_other_once(
    center, monkeypatch
) -> None:
    """Five small parks within a cell and three containers on a pixel: one park and one dot are fetched."""
    for step in range(5):
        park(*center, half_m=5.0 + step)
    for _ in range(3):
        WasteContainer.objects.create(geom=Point(*center, srid=4326), fill_pct=95)
    drawn = []
    monkeypatch.setattr(
        "tiles.raster.source.paint",
        lambda styles, what, **more: drawn.append(what) or paint(styles, what, **more),
    )
    seen(center, half=4000.0, layers="green-spaces,waste-containers")
    assert [len(what.geometries) for what in drawn] == [1, 1]
    assert drawn[0].geometries[0].area == pytest.approx((18 / (8000 / 301)) ** 2, rel=0.05)
    drawn.clear()
    seen(center, half=100.0, layers="green-spaces,waste-containers")
    assert [len(what.geometries) for what in drawn] == [5, 3]


def test_only_so_many_pictures_are_drawn_at_once(center, monkeypatch) -> None:
    Depot.objects.create(geom=Point(*center, srid=4326))
    path = get_map("EPSG:3857", TO_3857.transform(*center), 100.0, layers="depots")
    drawing: list[int] = []
    most = 0

    def slow(*asked: Any, **more: Any) -> Any:
        nonlocal most
        drawing.append(1)
        most = max(most, len(drawing))
        eventually(lambda: most >= AT_ONCE, 10)
        time.sleep(0.1)  # for one too many to come
        drawing.pop()
        return paint(*asked, **more)

    monkeypatch.setattr("tiles.raster.source.paint", slow)

    async def many(client: Any) -> list[int]:
        answers = await asyncio.gather(*(client.get(path) for _ in range(6)))
        return [answer.status_code for answer in answers]

    assert with_client(many, application) == [200] * 6
    assert most == AT_ONCE


def test_too_many_features_is_a_service_exception(center, monkeypatch) -> None:
    for module in ("features", "source"):
        monkeypatch.setattr(f"tiles.raster.{module}.MOST_FEATURES", 1)
    for _ in range(2):
        Depot.objects.create(geom=Point(*center, srid=4326))
    answer = ask(get_map("EPSG:3857", TO_3857.transform(*center), 100.0, layers="depots"), application)
    assert answer.status_code == 400
    assert "ServiceException" in answer.text
    assert "more than 1 features" in answer.text


def test_edit_shows_at_once_and_what_is_known_costs_nothing(center, monkeypatch) -> None:
    depot = Depot.objects.create(geom=Point(*center, srid=4326))
    path = get_map("EPSG:3857", TO_3857.transform(*center), 100.0, layers="depots")
    first = ask(path, application)
    with monkeypatch.context() as patched:
        patched.setattr("tiles.raster.source.paint", None)
        patched.setattr("tiles.raster.asgi._ask", None)
        assert ask(path, application, if_none_match=first.headers["etag"]).status_code == 304
    depot.geom = Point(center[0] + 0.01, center[1], srid=4326)
    depot.save()
    second = ask(path, application, if_none_match=first.headers["etag"])
    assert second.status_code == 200
    assert not picture(second)[..., 3].any()


def test_several_layers_and_a_named_map_are_one_picture(center) -> None:
    park(*center)
    Depot.objects.create(geom=Point(*center, srid=4326))
    both = seen(center, layers="green-spaces,depots")
    assert both[150, 150, :3].tolist() == [0x1A, 0x23, 0x7E]
    assert both[80, 80, :3].tolist() == list(PARK)
    assert seen(center, layers="map:public")[80, 80, :3].tolist() == list(PARK)


@pytest.fixture
def crew() -> User:
    user = User.objects.create(username="hamid")
    user.groups.add(Group.objects.get_or_create(name="crew")[0])
    return user


def test_restricted_layer_is_shut_out_of_pictures_and_capabilities(center, crew) -> None:
    RouteStop.objects.create(
        geom=Point(*center, srid=4326), plan="p", route="r", sequence=1, kind="container"
    )
    path = get_map("EPSG:3857", TO_3857.transform(*center), 100.0, layers="route-stops")
    assert ask(path, application).status_code == 401
    opened = ask(path, application, cookie=cookie_of(crew))
    assert (opened.status_code, opened.headers["cache-control"]) == (200, "private, no-cache")
    assert picture(opened)[..., 3].any()
    for document in (
        "service?service=WMS&request=GetCapabilities",
        "wmts/1.0.0/WMTSCapabilities.xml",
        "tms/1.0.0/",
    ):
        assert "route-stops" not in ask(f"/maps/{document}", application).text, document
        assert "route-stops" in ask(f"/maps/{document}", application, cookie=cookie_of(crew)).text, document


def test_reader_of_one_area_sees_the_features_of_it_only(center, crew) -> None:
    lon, lat = center
    for east in (-0.0005, 0.0005):
        place = Point(lon + east, lat, srid=4326)
        RouteStop.objects.create(geom=place, plan="p", route="r", sequence=1, kind="container")
    area = MultiPolygon(Polygon.from_bbox((lon - 0.01, lat - 0.01, lon, lat + 0.01)), srid=4326)
    District.objects.create(external_id="west", geom=area)
    path = get_map("EPSG:3857", TO_3857.transform(*center), 100.0, layers="route-stops")
    whole = picture(ask(path, application, cookie=cookie_of(crew)))[..., 3]
    assert whole[:, :50].any()
    assert whole[:, 51:].any()
    crew.work_areas.create(area="west")
    answer = ask(path, application, cookie=cookie_of(crew))
    part = picture(answer)[..., 3]
    assert part[:, :50].any()
    assert not part[:, 60:].any()
    District.objects.all().delete()
    moved = ask(path, application, cookie=cookie_of(crew), if_none_match=answer.headers["etag"])
    assert moved.status_code == 200  # other borders, another picture
    assert not picture(moved)[..., 3].any()


def test_hidden_field_colours_nothing(center) -> None:
    park(*center)
    assert seen(center, layers="green-spaces")[150, 150, :3].tolist() == list(PARK)
    CollectionRight.objects.create(
        collection="green-spaces", role="public", read="city", write="none", hidden=["kind"]
    )
    forget_rights()
    assert seen(center, layers="green-spaces")[150, 150, :3].tolist() == [0xB8, 0xDC, 0xAE]


def test_jpeg_has_the_asked_background(center) -> None:
    path = get_map(
        "EPSG:3857", TO_3857.transform(*center), 100.0, layers="depots", format="image/jpeg", transparent="false"
    )  # fmt: skip
    Depot.objects.create(geom=Point(*center, srid=4326))
    answer = ask(path, application)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content[:2] == b"\xff\xd8"
