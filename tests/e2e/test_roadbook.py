"""A crew opens its roadbook on a phone, in Arabic."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import PHONE, watched_page
from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e

MAKE = """
from django.contrib.gis.geos import LineString
from tests.analysis.api.routes import make_route
print(make_route(geom=LineString((24.94, 60.165), (24.95, 60.17), srid=4326)).pk)
"""
DROP = """
from layers.catalog.collection_routes.model import CollectionRoute
CollectionRoute.objects.filter(pk={}).delete()
"""


def test_the_crew_reads_it_on_a_phone_from_right_to_left(city: RunningCity, browser: Browser) -> None:
    route = int(city.manage("shell", "-c", MAKE).split()[-1])
    address = f"{city.url}/collections/collection-routes/items/{route}/roadbook"
    with watched_page(browser, **PHONE) as page:
        page.goto(f"{address}?lang=ar")
        expect(page.get_by_role("heading", level=1)).to_have_text("ورقة طريق v1")
        steps = page.get_by_role("listitem").filter(has=page.locator(".what"))
        expect(steps).to_have_count(7)
        expect(steps.nth(1)).to_contain_text("أفرغ الحاوية على اليمين")
        # it fits, in large type; the sign stands where reading begins, and the street's sides stay where they are
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        step = steps.nth(1)
        size = step.locator(".first").evaluate("text => parseFloat(getComputedStyle(text).fontSize)")
        assert size >= 19
        assert step.locator(".sign").bounding_box()["x"] > step.locator(".what").bounding_box()["x"]
        assert step.locator(".side use").get_attribute("href") == "#side-right"
        # by keyboard to where the truck tips
        halt = page.get_by_role("navigation", name="انتقل إلى").get_by_role("link").first
        halt.focus()
        page.keyboard.press("Enter")
        expect(page.locator("li:target")).to_contain_text("أفرغ الشاحنة في مطرح")
        pdf = page.request.get(page.get_by_role("link", name="طباعة (PDF)").evaluate("link => link.href"))
        assert (pdf.status, pdf.headers["content-type"]) == (200, "application/pdf")
    city.manage("shell", "-c", DROP.format(route))
