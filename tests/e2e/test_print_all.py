"""A planner prints the roadbooks of all crews of a plan, follows the job, and takes the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import PHONE
from tests.e2e.editing import planner_page
from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e

MAKE = """
from django.contrib.gis.geos import LineString, MultiPolygon, Polygon
from layers.catalog.route_plans.model import RoutePlan
from tests.analysis.api.routes import make_route
names = ("vehicles", "served", "unserved", "distance_km", "duration_h", "overtime_h", "spread_h", "litres", "co2_kg")
area = MultiPolygon(Polygon.from_bbox((24.936, 60.165, 24.953, 60.178)), srid=4326)
told = {"kind": "containers", "fraction": "mixed", "service_date": "2026-11-23", "job": "print"}
figures = dict.fromkeys((*names, "load_t", "cost"), 0)
RoutePlan.objects.create(external_id="print", title="To print", geom=area, **told, **figures)
for vehicle in ("v1", "v2"):
    line = LineString((24.94, 60.165), (24.95, 60.17), srid=4326)
    make_route(geom=line, plan="print", external_id="plan/print/" + vehicle, vehicle=vehicle, published=False)
"""
DROP = """
from layers.catalog.collection_routes.model import CollectionRoute
from layers.catalog.route_plans.model import RoutePlan
CollectionRoute.objects.filter(plan="print").delete()
RoutePlan.objects.filter(external_id="print").delete()
"""


@pytest.fixture
def plan(city: RunningCity) -> Iterator[str]:
    city.manage("shell", "-c", MAKE)
    yield "print"
    city.manage("shell", "-c", DROP)


def test_all_roadbooks_are_printed_by_keyboard(city: RunningCity, browser: Browser, plan: str) -> None:
    with planner_page(city, browser) as page:
        page.goto(f"{city.url}/routes?lang=en#plan={plan}")
        page.get_by_role("button", name="Print all roadbooks").press("Enter")
        expect(page.get_by_role("button", name="Cancel the printing")).to_be_focused()
        page.locator(".crew-pick").first.click()  # what else is done on the page does not end it
        link = page.get_by_role("link", name=re.compile(r"All roadbooks \(PDF, [\d.]+ MB\)"))
        expect(link).to_be_visible(timeout=60_000)
        file = page.request.get(link.evaluate("link => link.href"))
        assert (file.status, file.headers["content-type"]) == (200, "application/pdf")
        assert file.headers["content-disposition"].endswith('filename="roadbooks-2026-11-23-en.pdf"')
        assert file.body().count(b"/Title ") == 3  # two crews and the document


def test_printing_is_offered_in_arabic_on_a_phone_and_can_be_cancelled(
    city: RunningCity, browser: Browser, plan: str
) -> None:
    with planner_page(city, browser, **PHONE) as page:
        page.goto(f"{city.url}/routes?lang=ar#plan={plan}")
        running = {"jobID": "1", "status": "running", "progress": 40, "message": "ورقة الطريق 1 من 2: v1"}
        page.route("**/processes/print-roadbooks/execution", lambda route: route.fulfill(json=running))
        page.route("**/jobs/1", lambda route: route.fulfill(json=running))
        page.get_by_role("button", name="طباعة كل أوراق الطريق").click()
        expect(page.locator(".print-all [role=status]")).to_have_text("ورقة الطريق 1 من 2: v1")
        expect(page.get_by_role("progressbar", name="تقدّم الطباعة")).to_have_js_property("value", 40)
        running["status"] = "dismissed"
        page.get_by_role("button", name="إلغاء الطباعة").click()
        expect(page.get_by_role("button", name="طباعة كل أوراق الطريق")).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
