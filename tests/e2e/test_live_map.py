"""An open map follows what others change, in real Chromium; clusters part, and a lost connection is made good."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.browser import DESKTOP, PHONE, open_map, watched_page
from tests.e2e.editing import (
    box_of,
    edit_parcel,
    move_inward,
    place_of,
    planner_page,
    save,
    some_parcel,
)
from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e

TILE = re.compile(r"/tiles/([^/]+)/(\d+)/(\d+)/(\d+)")
SOON_MS = 5000
TREES = "#14/60.1675/24.9475&layers=green-spaces,trees"
_PATCH = """async ([path, properties]) => {
  const seen = await fetch(path, {headers: {Accept: 'application/geo+json'}});
  const answer = await fetch(path, {
    method: 'PATCH',
    headers: {
      'Content-Type': 'application/merge-patch+json',
      'If-Match': seen.headers.get('etag'),
      'X-CSRFToken': document.querySelector('input[name=csrfmiddlewaretoken]').value,
    },
    body: JSON.stringify({properties}),
  });
  return answer.status;
}"""
_COLOR_AT = """([x, y]) => {
  for (const canvas of document.querySelectorAll('canvas.leaflet-tile')) {
    const box = canvas.getBoundingClientRect();
    if (x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue;
    const scale = canvas.width / box.width;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
    copy.drawImage(canvas, 0, 0);
    return [...copy.getImageData((x - box.left) * scale, (y - box.top) * scale, 1, 1).data].join();
  }
}"""
# Counts how often any tile of the map is seen without a single painted pixel.
_WATCH_FOR_BLINKS = """() => {
  window.blinks = 0;
  const tiles = () => [...document.querySelectorAll('canvas.leaflet-tile')];
  const painted = canvas => {
    const copy = new OffscreenCanvas(32, 32).getContext('2d', {willReadFrequently: true});
    if (canvas.width) copy.drawImage(canvas, 0, 0, 32, 32);
    return copy.getImageData(0, 0, 32, 32).data.some(value => value > 0);
  };
  const full = tiles().filter(painted);
  const look = () => { window.blinks += full.some(canvas => !painted(canvas)) ? 1 : 0; requestAnimationFrame(look); };
  look();
  return full.length;
}"""


@contextmanager
def tiles_asked(page: Page) -> Iterator[list[tuple[str, int, int, int]]]:
    """Layer, zoom, column and row of every tile that the page asks for."""
    asked: list[tuple[str, int, int, int]] = []

    def note(request: Request) -> None:
        if found := TILE.search(request.url):
            layer, z, x, y = found.groups()
            asked.append((layer, int(z), int(x), int(y)))

    page.on("request", note)
    yield asked
    page.remove_listener("request", note)


@contextmanager
def two_maps(city: RunningCity, browser: Browser, skip: int) -> Iterator[tuple[Page, Page, dict[str, Any]]]:
    """Somebody who looks at a parcel, a planner elsewhere, and the parcel."""
    with planner_page(city, browser) as planner, watched_page(browser, **DESKTOP) as watcher:
        parcel = some_parcel(planner, city, skip)
        open_map(watcher, f"{city.url}/?lang=en{place_of(parcel, 17)}")
        yield watcher, planner, parcel


def patch_parcel(planner: Page, parcel: dict[str, Any], **properties: str) -> None:
    status = planner.evaluate(_PATCH, [f"/collections/parcels/items/{parcel['id']}", properties])
    assert status in {200, 204}


def middle_color(page: Page) -> str:
    box = page.locator("#city-map").bounding_box()
    assert box
    return str(page.evaluate(_COLOR_AT, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]))


def wait_for_other_color(page: Page, color: str, timeout_ms: int = SOON_MS) -> None:
    for _look in range(timeout_ms // 50):
        if middle_color(page) != color:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"still {color} after {timeout_ms} ms")


def another(parcel: dict[str, Any]) -> str:
    return "industrial" if parcel["properties"]["land_use"] != "industrial" else "residential"


def test_a_change_by_somebody_else_shows_without_a_blink(city: RunningCity, browser: Browser) -> None:
    with two_maps(city, browser, -1) as (watcher, planner, parcel):
        before = middle_color(watcher)
        assert watcher.evaluate(_WATCH_FOR_BLINKS) > 4
        with tiles_asked(watcher) as asked:
            patch_parcel(planner, parcel, land_use=another(parcel))
            wait_for_other_color(watcher, before)
            watcher.wait_for_timeout(500)
        assert watcher.evaluate("window.blinks") == 0
        assert {layer for layer, *_ in asked} == {"parcels"}
        assert len(asked) == len(set(asked)) <= 4
        west, south, east, north = box_of(parcel)
        bounds = [tile_box(z, x, y) for _, z, x, y in asked]
        assert all(w < east and e > west and s < north and n > south for w, s, e, n in map(grown, bounds))


def grown(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = box
    across, up = (east - west) / 4, (north - south) / 4
    return west - across, south - up, east + across, north + up


def tile_box(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees."""

    def lat(row: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**z))))

    return x / 2**z * 360 - 180, lat(y + 1), (x + 1) / 2**z * 360 - 180, lat(y)


def test_a_change_out_of_the_window_is_asked_for_when_it_comes_into_it(
    city: RunningCity, browser: Browser
) -> None:
    with two_maps(city, browser, -2) as (watcher, planner, parcel):
        color = middle_color(watcher)
        place = watcher.url.partition("#")[2]
        watcher.evaluate("location.hash = '#17/60.1600/24.9000'")
        watcher.wait_for_timeout(1000)
        with tiles_asked(watcher) as asked:
            patch_parcel(planner, parcel, land_use=another(parcel))
            watcher.wait_for_timeout(1500)
        assert asked == []
        watcher.evaluate(f"location.hash = '#{place}'")
        wait_for_other_color(watcher, color)


def test_ones_own_edit_asks_no_tile_more_than_twice(city: RunningCity, browser: Browser) -> None:
    """The editor asks at once; what the service tells afterwards is mostly known by then."""
    with planner_page(city, browser) as page:
        parcel = some_parcel(page, city, -3)
        edit_parcel(page, city, parcel)
        move_inward(page, parcel, 1)
        with tiles_asked(page) as asked:
            expect(save(page)).to_contain_text("is saved")
            page.wait_for_timeout(1500)
        assert {layer for layer, *_ in asked} == {"parcels"}
        assert max(asked.count(tile) for tile in asked) <= 2


def test_the_shape_in_work_is_not_disturbed(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as mine, planner_page(city, browser) as theirs:
        parcel, other = some_parcel(mine, city, -4), some_parcel(mine, city, -5)
        edit_parcel(mine, city, parcel)
        move_inward(mine, parcel, 1)
        corners = mine.locator(".marker-icon").count()
        shape = mine.locator(".leaflet-overlay-pane path").last.get_attribute("d")
        with mine.expect_response(TILE):
            patch_parcel(theirs, other, land_use=another(other))
            patch_parcel(theirs, parcel, land_use=another(parcel))
        mine.wait_for_timeout(500)
        assert mine.locator(".marker-icon").count() == corners
        assert mine.locator(".leaflet-overlay-pane path").last.get_attribute("d") == shape
        expect(mine.get_by_role("button", name="Save", exact=True)).to_be_enabled()


def test_after_a_lost_connection_the_map_catches_up(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as planner, browser.new_context(locale="en-GB", **DESKTOP) as context:
        parcel = some_parcel(planner, city, -6)
        watcher = context.new_page()
        open_map(watcher, f"{city.url}/?lang=en{place_of(parcel, 17)}")
        color = middle_color(watcher)
        context.set_offline(True)
        patch_parcel(planner, parcel, land_use=another(parcel))
        watcher.wait_for_timeout(1500)
        assert middle_color(watcher) == color
        expect(watcher.locator("#live-notice")).to_be_empty()
        context.set_offline(False)
        wait_for_other_color(watcher, color, 10_000)


def test_who_saves_data_gets_no_stream(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
        streams: list[str] = []
        page.on("request", lambda request: "/events" in request.url and streams.append(request.url))
        open_map(page, f"{city.url}/?lang=en")
        assert streams == []


def test_the_stream_is_of_the_layers_that_are_on(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        streams: list[str] = []
        page.on("request", lambda request: "/events" in request.url and streams.append(request.url))
        open_map(page, f"{city.url}/?lang=en{TREES}")
        page.locator("label[for=layer-streets]").click()
        page.locator("label[for=layer-green-spaces]").click()
        page.wait_for_timeout(1000)
        asked = [url.partition("collections=")[2].split(",") for url in streams]
        assert (asked[0], asked[-1]) == (["green-spaces", "trees"], ["streets", "trees"])


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_clusters_count_and_part(city: RunningCity, browser: Browser, device: dict[str, Any]) -> None:
    with watched_page(browser, **device) as page:
        open_map(page, f"{city.url}/?lang=en{TREES}")
        if device is PHONE:
            page.locator("#panel-toggle").tap()
        expect(page.locator("[data-layer=trees] .zoom-hint")).to_contain_text("shown as their number")
        page.locator("#in-view summary").focus()
        page.keyboard.press("Enter")
        first = page.locator("#in-view-list button", has_text=re.compile(r"Trees · \d+ here")).first
        expect(first).to_be_visible()
        clusters = page.locator("#in-view-list button", has_text=" here, zoom in").all_inner_texts()
        counted = sum(int(text.split(" · ")[1].split(" ")[0]) for text in clusters)
        told = page.locator("#in-view-count").inner_text()
        assert int(re.findall(r"[\d,]+", told)[-1].replace(",", "")) >= counted > 100
        first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("#16/"))
        expect(page.locator("#in-view-list button:focus")).to_have_count(1)
        expect(page.locator("[data-layer=trees] .zoom-hint")).to_be_empty()
        expect(page.locator(".feature-card")).to_have_count(0)


def test_a_click_on_a_cluster_zooms_in_on_it(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        open_map(page, f"{city.url}/?lang=en{TREES}")
        box = page.locator("#city-map").bounding_box()
        assert box
        spots = [(x, y) for y in range(-200, 200, 12) for x in range(-120, 120, 12)]
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for x, y in spots:  # until the pointer says that there is one
            page.mouse.move(middle[0] + x, middle[1] + y)
            if page.locator("#city-map.over-cluster").count():
                break
        page.mouse.click(middle[0] + x, middle[1] + y)
        page.wait_for_url(re.compile("#16/"))
        expect(page.locator(".feature-card")).to_have_count(0)


def test_moments_of_a_raster(city: RunningCity, browser: Browser) -> None:
    make_grid(city, "2026-10-05", "2026-10-11")
    make_grid(city, "2026-10-12", "2026-10-18")
    with watched_page(browser, **DESKTOP) as page:
        open_map(page, f"{city.url}/?lang=en#14/60.1675/24.9475&layers=pollution-grids")
        slider = page.get_by_role("slider", name="Moment shown of Nitrogen dioxide (NO₂)")
        expect(slider).to_have_attribute("aria-valuetext", re.compile("12 Oct 2026"))
        slider.focus()
        with page.expect_response(re.compile(r"/maps/wmts/pollution-grids/.*time=2026-10-0[45]T")) as answer:
            page.keyboard.press("ArrowLeft")
        assert answer.value.status == 200
        expect(slider).to_have_attribute("aria-valuetext", re.compile("5 Oct 2026"))
        page.locator("#city-map").click()
        card = page.locator(".feature-card")
        expect(card.get_by_role("cell")).to_contain_text("µg/m³")
        expect(card.get_by_role("cell")).to_contain_text("5 Oct 2026")
        make_grid(city, "2026-10-19", "2026-10-25")  # shows in the open map
        expect(slider).to_have_attribute("max", "2")
        expect(slider).to_have_attribute("aria-valuetext", re.compile("5 Oct 2026"))


def make_grid(city: RunningCity, start: str, end: str) -> None:
    inputs = ("--input", f"period_start={start}", "--input", f"period_end={end}")
    city.manage("process", "compute-pollution-grid", "--quiet", *inputs)
