"""A person uses the map of the demo city in real Chromium."""

from __future__ import annotations

import json
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import DESKTOP, PHONE, open_map, watched_page
from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e

PARK = "Esplanadin puisto"
PARK_PLACE = "#16/60.1675/24.9475"
_INK = """() => [...document.querySelectorAll('canvas.leaflet-tile')].reduce((sum, canvas) => {
  if (!canvas.width) return sum;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 3; i < data.length; i += 4) sum += data[i] > 0 ? 1 : 0;
  return sum;
}, 0)"""


def painted_pixels(page: Page) -> int:
    return int(page.evaluate(_INK))


def click_until_popup(page: Page, x: int, y: int) -> None:
    page.locator("#city-map").click(position={"x": x, "y": y})
    expect(page.locator(".feature-card")).to_be_visible()


def fetch(city: RunningCity, path: str) -> dict:
    request = urllib.request.Request(city.url + path, headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_tiles_arrive_and_are_painted(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        tiles: dict[str, int] = {}
        page.on("response", lambda r: "/tiles/" in r.url and tiles.__setitem__(r.url, r.status))
        open_map(page, f"{city.url}/?lang=en{PARK_PLACE}")
        assert set(tiles.values()) <= {200, 204} and 200 in tiles.values()
        assert {url.split("/tiles/")[1].split("/")[0] for url in tiles} >= {
            "streets",
            "buildings",
            "green-spaces",
        }
        assert all(url.startswith(city.url) for url in tiles)
        assert painted_pixels(page) > 100_000


def test_a_layer_is_switched_off_and_on_and_remembered(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        open_map(page, f"{city.url}/?lang=en{PARK_PLACE}")
        with_streets = painted_pixels(page)
        page.locator("label[for=layer-streets]").click()
        page.wait_for_timeout(500)
        without_streets = painted_pixels(page)
        assert without_streets < 0.9 * with_streets
        assert "streets" not in page.url
        open_map(page, f"{city.url}/?lang=en")
        assert not page.locator("#layer-streets").is_checked()
        page.locator("#layer-streets").focus()
        page.keyboard.press("Space")
        assert page.locator("#layer-streets").is_checked() and ",streets" in page.url


def test_popup_shows_all_facts_by_click_and_by_keyboard(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        open_map(page, f"{city.url}/?lang=en{PARK_PLACE}")
        click_until_popup(page, 550, 420)
        card = page.locator(".feature-card")
        expect(card.locator("h2")).to_be_focused()
        assert card.locator("tr").count() >= 3
        page.keyboard.press("Escape")
        expect(card).to_have_count(0)
        page.locator("#in-view summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#in-view-list li").first).to_be_visible()
        assert 0 < page.locator("#in-view-list li").count() <= 50
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(card).to_be_visible()
        href = card.locator("a").first.get_attribute("href")
        assert fetch(city, href or "")["type"] == "Feature"
        page.keyboard.press("Escape")
        expect(page.locator("#in-view-list button").first).to_be_focused()


def test_search_by_name_flies_there(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        open_map(page, f"{city.url}/?lang=en")
        box = page.get_by_role("combobox", name="Search by name")
        box.press_sequentially(PARK[:8], delay=30)
        expect(page.get_by_role("option").first).to_be_visible()
        assert box.get_attribute("aria-expanded") == "true"
        box.press("ArrowDown")
        assert box.get_attribute("aria-activedescendant") == "search-option-0"
        box.press("Enter")
        expect(page.locator(".feature-card h2")).to_contain_text("Esplanad")
        place = page.url.split("#")[1].split("/")
        assert float(place[0]) >= 15
        assert abs(float(place[1]) - 60.167) < 0.01


def test_arabic_reads_from_right_to_left_and_keeps_the_place(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        open_map(page, f"{city.url}/?lang=en{PARK_PLACE}")
        page.locator("label[for=layer-trees]").click()
        page.get_by_role("link", name="العربية").click()
        page.wait_for_selector("body[data-ready]")
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.locator("html").get_attribute("lang") == "ar"
        assert page.url.split("#")[1].startswith("16/60.167") and "trees" in page.url
        expect(page.locator("label[for=layer-green-spaces]")).to_contain_text("المساحات الخضراء")
        assert page.locator(".map-holder").get_attribute("dir") == "ltr"
        panel, area = page.locator("#panel").bounding_box(), page.locator("#city-map").bounding_box()
        assert panel and area and panel["x"] > area["x"]
        page.wait_for_load_state("networkidle")
        click_until_popup(page, 550, 420)
        assert page.locator(".feature-card").get_attribute("dir") == "rtl"
        expect(page.locator(".feature-card th").first).to_have_text("المصدر")


def test_phone_has_the_map_first_and_the_layers_in_a_drawer(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **PHONE) as page:
        open_map(page, f"{city.url}/?lang=fr{PARK_PLACE}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        expect(page.locator("#layers")).to_be_hidden()
        toggle = page.get_by_role("button", name="Couches")
        box = toggle.bounding_box()
        assert box and box["height"] >= 44
        toggle.tap()
        expect(page.locator("label[for=layer-streets]")).to_be_visible()
        assert toggle.get_attribute("aria-expanded") == "true"
        toggle.tap()
        expect(page.locator("#layers")).to_be_hidden()
        page.touchscreen.tap(195, 400)
        expect(page.locator(".feature-card")).to_be_visible()


def test_made_up_data_is_named(city: RunningCity, browser: Browser) -> None:
    synthetic = [layer["id"] for layer in fetch(city, "/layers") if layer["synthetic"] and layer["visible"]]
    assert synthetic, "the demo of Helsinki generates containers and parcels"
    with watched_page(browser, **DESKTOP) as page:
        open_map(page, f"{city.url}/?lang=en")
        expect(page.locator("#synthetic-notice")).to_be_visible()
        expect(page.locator(f"label[for=layer-{synthetic[0]}] .synthetic")).to_be_visible()
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("OpenStreetMap contributors")


@pytest.mark.parametrize("width", [320, 768])
@pytest.mark.parametrize("path", ["/", "/collections", "/collections/streets/items", "/login", "/processes"])
def test_pages_fit_narrow_screens(city: RunningCity, browser: Browser, path: str, width: int) -> None:
    with watched_page(browser, viewport={"width": width, "height": 700}) as page:
        page.goto(f"{city.url}{path}?lang=ar")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keyboard_reaches_the_last_layer_without_moving_the_page(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        open_map(page, f"{city.url}/?lang=en")
        page.locator(".layer-row input").last.focus()
        assert page.evaluate("document.scrollingElement.scrollTop + document.body.scrollTop") == 0
        expect(page.locator(".layer-row label").last).to_be_in_viewport()
