"""Upstreams against a map server on loopback: asked once, then never; and what happens when it is gone."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.conf import settings
from PIL import Image
from pyproj import Transformer

from gis_core.city import Name, Upstream, UpstreamKind, parse_city
from gis_core.errors import InvalidInput, JobDismissed, NotFound, TooLarge, Unavailable
from tests.tiles.conftest import COMMITTED, TO_3857, ask
from tests.tiles.raster.pictures import get_map, picture
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.application import configuration_errors
from tiles.raster.asgi import application
from tiles.raster.configuration import mapproxy_configuration
from tiles.raster.seeding import SeedUpstream

pytestmark = COMMITTED
RED = (200, 30, 40, 255)
Z = 14


class Server:
    """Red tiles and pictures; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = threading.Event()
        self.open.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.open.wait(5)
                query = {
                    name.lower(): value[-1] for name, value in parse_qs(urlsplit(self.path).query).items()
                }
                size = int(query.get("width", 256)), int(query.get("height", 256))
                body = io.BytesIO()
                Image.new("RGBA", size, RED).save(body, "png")
                self.send_response(200)
                self.send_header("content-type", "image/png")
                self.end_headers()
                self.wfile.write(body.getvalue())

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=["xyz", "wms"])
def kind(request: pytest.FixtureRequest) -> UpstreamKind:
    return UpstreamKind(request.param)


@pytest.fixture
def upstream(server: Server, kind: UpstreamKind, tmp_path, settings) -> Upstream:
    url = f"{server.url}/{{z}}/{{x}}/{{y}}.png" if kind is UpstreamKind.XYZ else f"{server.url}/wms?map=x"
    upstream = Upstream(
        "ortho", Name("Photo aérienne", "صورة", "Aerial photo"), kind, url, layer="photo", attribution="© Somebody",
        max_zoom=17,
    )  # fmt: skip
    settings.VAR = tmp_path
    settings.CITY = replace(settings.CITY, upstreams=(upstream,))
    return upstream


def tile_path(place: tuple[float, float], z: int = Z) -> str:
    tile = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*place), z)
    return f"/maps/wmts/ortho/webmercator/{z}/{tile.x}/{tile.y}.png"


def is_red(answer) -> bool:
    pixels = picture(answer)
    return bool((np.abs(pixels.astype(int) - RED) <= 1).all())


def test_tile_is_asked_for_once_and_outlives_its_server(server, upstream, kind, center) -> None:
    path = tile_path(center)
    first = ask(path, application)
    assert is_red(first)
    assert first.headers["cache-control"] == "max-age=3600"
    assert len(server.asked) == 1
    tile = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*center), Z)
    if kind is UpstreamKind.XYZ:
        assert server.asked == [f"/{Z}/{tile.x}/{tile.y}.png"]
    else:
        assert "map=x" in server.asked[0]
        assert "photo" in server.asked[0]
    assert is_red(ask(path, application))
    server.stop()
    assert is_red(ask(path, application))
    assert len(server.asked) == 1


@pytest.mark.parametrize("srid", [3857, 4326, 26191])
def test_wms_draws_the_upstream_in_every_crs(server, upstream, center, srid) -> None:
    xy = Transformer.from_crs(4326, srid, always_xy=True).transform(*center)
    half = 0.002 if srid == 4326 else 200.0
    assert is_red(ask(get_map(f"EPSG:{srid}", xy, half, layers="ortho"), application))


def test_dead_server_is_told_at_once_and_without_its_address(server, upstream, center) -> None:
    server.stop()
    for path in (tile_path(center), get_map("EPSG:3857", TO_3857.transform(*center), 200.0, layers="ortho")):
        answer = ask(path, application)
        assert answer.status_code == 503, answer.text
        assert "ortho" in answer.json()["detail"]
        assert server.url not in answer.text


def test_server_that_never_answers_is_given_up(server, upstream, center, monkeypatch) -> None:
    monkeypatch.setattr("tiles.raster.configuration.UPSTREAM_TIMEOUT_S", 0.5)
    server.open.clear()
    answer = ask(tile_path(center), application)  # would wait until the server's gate opens
    server.open.set()
    assert answer.status_code == 503


def test_outside_its_bounds_and_beyond_its_zoom_it_is_not_asked(server, upstream, center) -> None:
    for path in (tile_path((center[0] + 3, center[1])), tile_path(center, z=18)):
        answer = ask(path, application)
        assert answer.status_code == 200
        assert not picture(answer)[..., 3].any()
    assert server.asked == []


@pytest.mark.parametrize("by_environment", [True, False])
def test_offline_only_what_is_stored_is_served(server, upstream, center, settings, by_environment) -> None:
    ask(tile_path(center), application)
    asked = len(server.asked)
    if by_environment:
        settings.OFFLINE = True
    else:
        settings.CITY = replace(settings.CITY, upstreams=(replace(upstream, offline=True),))
    assert is_red(ask(tile_path(center), application))
    other = ask(tile_path((center[0] + 0.1, center[1])), application)
    assert not picture(other)[..., 3].any()
    assert len(server.asked) == asked


def test_capabilities_and_layers_offer_it(server, upstream, client) -> None:
    text = ask("/maps/service?service=WMS&version=1.3.0&request=GetCapabilities", application).text
    assert "<Name>ortho</Name>" in text
    assert "© Somebody" in text
    told = client.get("/layers", {"lang": "en"}).json()[0]
    assert (told["id"], told["title"], told["attribution"], told["visible"]) == (
        "ortho", "Aerial photo", "© Somebody", False,
    )  # fmt: skip
    assert told["tiles"] == "/maps/wmts/ortho/webmercator/{z}/{x}/{y}.png"
    assert server.url not in str(told)
    assert server.asked == []


def test_mapproxys_validators_accept_it(upstream) -> None:
    assert configuration_errors(mapproxy_configuration({}, settings.CITY)) == []


def test_upstream_named_like_a_layer_is_refused(upstream) -> None:
    city = replace(settings.CITY, upstreams=(replace(upstream, id="parcels"),))
    with pytest.raises(Unavailable, match="parcels"):
        mapproxy_configuration({}, city)


class Steps:
    """A context that counts, and that cancels at a step."""

    job_id, actor = "1", "somebody"

    def __init__(self, cancel_at: int = -1) -> None:
        self.told: list[float] = []
        self.cancel_at = cancel_at

    def progress(self, percent: float, message: str) -> None:
        self.told.append(percent)
        if len(self.told) == self.cancel_at:
            raise JobDismissed


def seed(context: Any = None, **inputs: Any) -> dict[str, Any]:
    return SeedUpstream().run({"upstream": "ortho", **inputs}, context or Steps())


def test_seeded_zooms_need_no_server(server, upstream, center) -> None:
    steps = Steps()
    told = seed(steps, min_zoom=10, max_zoom=12)
    assert told["failed"] == 0
    assert told["tiles"] == len(steps.told) > 4
    assert steps.told == sorted(steps.told)
    server.stop()
    for z in (10, 11, 12):  # a WMS is asked for the part within the bounds only
        assert (picture(ask(tile_path(center, z), application)) == RED).all(axis=-1).any()
    assert seed(max_zoom=12, min_zoom=10)["fetched"] == 0


def test_seeding_works_for_an_upstream_that_is_offline_otherwise(server, upstream, settings) -> None:
    settings.CITY = replace(settings.CITY, upstreams=(replace(upstream, offline=True),))
    assert seed(min_zoom=10, max_zoom=10)["fetched"] > 0


def test_cancelled_seeding_keeps_what_it_has_and_goes_on_there(server, upstream) -> None:
    with pytest.raises(JobDismissed):
        seed(Steps(cancel_at=3), min_zoom=11, max_zoom=12)
    kept = len(server.asked)
    assert kept > 0
    whole = seed(min_zoom=11, max_zoom=12)
    assert whole["failed"] == 0
    assert len(server.asked) == len(set(server.asked))  # nothing twice


def test_old_tiles_are_fetched_again_when_asked(server, upstream) -> None:
    first = seed(min_zoom=10, max_zoom=10)["fetched"]
    assert seed(min_zoom=10, max_zoom=10, older_than_days=1)["fetched"] == 0
    assert seed(min_zoom=10, max_zoom=10, older_than_days=0)["fetched"] == first


def test_seeding_a_dead_server_gives_up_and_says_so(server, upstream, monkeypatch) -> None:
    monkeypatch.setattr("tiles.raster.seeding.GIVE_UP_AFTER", 3)
    server.stop()
    with pytest.raises(Unavailable, match="ortho does not deliver"):
        seed(min_zoom=12, max_zoom=13)


def test_what_cannot_be_seeded_is_refused(server, upstream, settings, monkeypatch) -> None:
    with pytest.raises(NotFound, match="Known: ortho"):
        SeedUpstream().run({"upstream": "nothing"}, Steps())
    monkeypatch.setattr("tiles.raster.seeding.MOST_TILES", 3)
    with pytest.raises(TooLarge):
        seed(max_zoom=12)
    settings.OFFLINE = True
    with pytest.raises(InvalidInput, match="CASAGIS_OFFLINE"):
        seed()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "Ortho 1"}, "small letters"),
        ({"kind": "wfs"}, "wfs"),
        ({"url": "ftp://x"}, "http://"),
        ({"kind": "xyz"}, "{z}"),
        ({"format": "image/gif"}, "image/png"),
    ],
)
def test_city_file_with_a_wrong_upstream_says_what_is_wrong(change: dict[str, str], told: str) -> None:
    entry = {
        "id": "o",
        "title": {"fr": "a", "ar": "b", "en": "c"},
        "kind": "wms",
        "url": "http://x/",
        **change,
    }
    data = {
        "name": {"fr": "a", "ar": "b", "en": "c"}, "bbox": [0, 0, 1, 1], "metric_crs": 32629, "import_crs": [],
        "languages": ["fr"], "time_zone": "UTC", "country": "MA", "upstreams": [entry],
    }  # fmt: skip
    with pytest.raises(ValueError, match=told):
        parse_city("x", data)
