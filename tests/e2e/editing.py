"""What tests of the editor do again and again: sign in, pick a parcel, drag a corner, save."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from tests.e2e.browser import DESKTOP, open_map
from tests.e2e.running_city import PLANNER, RunningCity

LAYERS = "&layers=streets,buildings,green-spaces,parcels,trees"
REFUSED = re.compile(r"Failed to load resource.*status of (412|422)")


@contextmanager
def planner_page(
    city: RunningCity, browser: Browser, who: tuple[str, str] = PLANNER, **context: Any
) -> Iterator[Page]:
    """Signed in; fails at the end for any complaint of the console but the refusals that are shown to the person."""
    complaints: list[str] = []
    with browser.new_context(locale="en-GB", **(context or DESKTOP)) as opened:
        page = opened.new_page()
        page.on("console", lambda line: line.type in {"error", "warning"} and complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{city.url}/login?lang=en&next=/collections")
        page.get_by_label("User name").fill(who[0])
        page.get_by_label("Password").fill(who[1])
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{city.url}/collections")
        yield page
    assert [line for line in complaints if not REFUSED.match(line)] == []


def fetch(page: Page, path: str) -> dict[str, Any]:
    answer = page.request.get(path, headers={"Accept": "application/json"})
    assert answer.ok, answer.text()
    return json.loads(answer.text())


def some_parcel(page: Page, city: RunningCity, skip: int) -> dict[str, Any]:
    """A small parcel with four corners that is not yet what tests make of it; each test takes its own."""
    features = fetch(page, f"{city.url}/collections/parcels/items?limit=1000")["features"]
    simple = [
        f
        for f in features
        if len(f["geometry"]["coordinates"][0][0]) == 5
        and f["properties"]["owner_kind"] != "habous"
        and f["properties"]["land_use"] not in {"public", "green"}
    ]
    return simple[skip]


def place_of(feature: dict[str, Any], zoom: int = 18) -> str:
    west, south, east, north = box_of(feature)
    return f"#{zoom}/{(south + north) / 2:.6f}/{(west + east) / 2:.6f}{LAYERS}"


def box_of(feature: dict[str, Any]) -> tuple[float, float, float, float]:
    ring = feature["geometry"]["coordinates"][0][0]
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def edit_parcel(page: Page, city: RunningCity, feature: dict[str, Any], language: str = "en") -> None:
    """Opens the map anew where the click met another layer: its tiles had arrived, the parcels' not yet."""
    wanted = feature["properties"]["reference"]
    heading = page.locator(".edit-heading h2")
    for _try in range(3):
        page.goto("about:blank")
        open_map(page, f"{city.url}/?lang={language}{place_of(feature)}")
        page.locator("#edit-open").click()
        page.locator("#edit-layer").select_option("parcels")
        _click_until_open(page, heading)
        if heading.count() and heading.inner_text() == wanted:
            break
    expect(heading).to_have_text(wanted)


def _click_until_open(page: Page, heading: Locator) -> None:
    """As a person does where the tile has not arrived yet."""
    for _look in range(5):
        page.locator("#city-map").click()
        with suppress(TimeoutError):
            heading.wait_for(timeout=3000)
            return


def save(page: Page) -> Locator:
    page.get_by_role("button", name="Save", exact=True).click()
    return page.locator(".toast")


def item(page: Page, city: RunningCity, feature: dict[str, Any]) -> dict[str, Any]:
    return fetch(page, f"{city.url}/collections/parcels/items/{feature['id']}")


def drag(page: Page, box: dict[str, float], right: int, down: int) -> None:
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=4)
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()


def move_inward(page: Page, parcel: dict[str, Any], number: int) -> None:
    """By the list of corners, a tenth of the way to the middle: so it covers no neighbour."""
    page.get_by_text("Corners and coordinates").click()
    west, south, east, north = box_of(parcel)
    middle = ((south + north) / 2, (west + east) / 2)
    for box, goal in zip(corner(page, number), middle, strict=True):
        now = float(box.input_value())
        box.fill(f"{now + 0.1 * (goal - now):.7f}")
        box.press("Tab")


def corner(page: Page, number: int) -> list[Locator]:
    return [page.get_by_label(f"{axis} of corner {number}", exact=True) for axis in ("Latitude", "Longitude")]


def parcel_with_shared_corner(page: Page, city: RunningCity) -> tuple[dict[str, Any], list[float]]:
    """A parcel of four corners, and one of them that is also a corner of another parcel."""
    features = fetch(page, f"{city.url}/collections/parcels/items?limit=1000")["features"]
    owners: dict[tuple[float, ...], set[int]] = {}
    for feature in features:
        for place in feature["geometry"]["coordinates"][0][0]:
            owners.setdefault(tuple(place), set()).add(feature["id"])
    simple = [f for f in features if len(f["geometry"]["coordinates"][0][0]) == 5][10:]
    for feature in simple:
        shared = [p for p in feature["geometry"]["coordinates"][0][0][:-1] if len(owners[tuple(p)]) > 1]
        west, _south, east, _north = box_of(feature)
        if shared and east - west > 0.0003:
            return feature, shared[0]
    raise AssertionError("no parcel has a corner in common with another")


def screen_place(page: Page, place: list[float]) -> tuple[float, float]:
    """Where a coordinate is on the screen, by Web Mercator around the map's middle in the address."""
    zoom, lat, lon = (float(part) for part in page.url.split("#")[1].split("&")[0].split("/"))
    box = page.locator("#city-map").bounding_box()
    assert box
    scale = 256 * 2**zoom
    across = (place[0] - lon) / 360 * scale
    down = (mercator(lat) - mercator(place[1])) * scale
    return box["x"] + box["width"] / 2 + across, box["y"] + box["height"] / 2 + down


def mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
