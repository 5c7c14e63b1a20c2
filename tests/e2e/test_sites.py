"""A planner searches the best sites for green, sees them on the map, tries them as a scenario, finds them again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import DESKTOP, PHONE, watched_page
from tests.e2e.running_city import RunningCity
from tests.e2e.test_planner import sign_in

pytestmark = pytest.mark.e2e
WAIT_MS = 90_000
# Squares of 80 m that nobody else has: the extract has no public parcel without green.
_PARCELS = """
import geopandas as gpd, shapely
from django.conf import settings
from layers.services.load import load_features
box = gpd.GeoSeries([shapely.box(*settings.CITY.bbox.as_tuple())], crs=4326).to_crs(settings.CITY.metric_crs)
west, south, east, north = box.total_bounds
step = (east - west) / 5, (north - south) / 5
corners = [(west + (x + 0.4) * step[0], south + (y + 0.4) * step[1]) for x in range(5) for y in range(5)]
shapes = [shapely.MultiPolygon([shapely.box(x, y, x + 80, y + 80)]) for x, y in corners]
names = [f"site-{n}" for n in range(25)]
frame = gpd.GeoDataFrame({"external_id": names, "reference": names}, geometry=shapes, crs=box.crs)
frame = frame.assign(owner_kind="city", land_use="vacant").to_crs(4326).rename_geometry("geom")
assert not load_features("parcels", frame, source="synthetic").rejected
"""


@pytest.fixture(scope="module")
def parcels(city: RunningCity) -> None:
    city.manage("shell", "-c", _PARCELS)


def search(page: Page, city: RunningCity) -> None:
    sign_in(page, city, "/scenarios/sites")
    page.wait_for_selector("body[data-ready]", timeout=WAIT_MS)
    page.get_by_label("Budget").fill("8000000")
    page.get_by_label("Cost per m²").fill("500")
    page.get_by_label("Where the cost comes from").fill("assumption of this test")
    page.get_by_label("Most sites").fill("1")
    page.get_by_role("button", name="Find the best sites").press("Enter")
    expect(page.locator("#found")).to_be_visible(timeout=WAIT_MS)


@pytest.mark.usefixtures("parcels")
def test_best_site_is_found_shown_and_tried(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        search(page, city)
        rows = page.locator("#found-chosen tbody tr")
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text("EUR")
        expect(page.locator(".leaflet-marker-icon.site-number")).to_have_text(["1"])
        expect(page.locator("#found-summary")).to_contain_text("No other choice serves more.")
        rows.first.get_by_role("button").press("Enter")
        expect(rows.first.get_by_role("button")).to_have_attribute("aria-pressed", "true")
        found = page.url
        page.get_by_role("link", name="Try 1 site as a scenario").click()
        page.wait_for_selector("body[data-ready]", timeout=WAIT_MS)
        expect(page.locator("#steps li")).to_contain_text(["New green space"], timeout=WAIT_MS)
        near = page.get_by_role("row", name="People near public green, on foot").first.locator("td").last
        expect(near).to_contain_text("+", timeout=WAIT_MS)
        page.once("dialog", lambda dialog: dialog.accept())
    with watched_page(browser, **PHONE) as page:
        sign_in(page, city, found.removeprefix(city.url))
        page.goto(f"{found}&lang=fr")
        expect(page.locator("#found-chosen tbody tr")).to_have_count(1, timeout=WAIT_MS)
        assert page.locator("#budget").input_value() == "8000000"
        expect(page.locator("#searches a[aria-current]")).to_have_count(1)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0


def test_visitor_is_asked_to_sign_in(city: RunningCity, browser: Browser) -> None:
    with browser.new_context(**DESKTOP) as context:
        answer = context.new_page().goto(f"{city.url}/scenarios/sites?lang=en")
        assert answer is not None and answer.status == 401
