"""Rules are read in the reader's language where scripts build the page, and on the page that explains an indicator."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import DESKTOP, PHONE, watched_page
from tests.e2e.running_city import RunningCity
from tests.e2e.test_planner import sign_in
from tests.e2e.test_routes import open_plan
from tests.e2e.test_routes import plan as made_plan

pytestmark = pytest.mark.e2e
plan = made_plan
WAIT_MS = 60_000
CAPACITIES = "from layers.models import Vehicle; Vehicle.objects.update(capacity_kg={kg})"


def test_scenario_tells_its_rules_in_arabic(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **PHONE) as page:
        sign_in(page, city, "/scenarios")
        page.goto(f"{city.url}/scenarios?lang=ar")
        page.locator("#rules summary").click(timeout=WAIT_MS)
        expect(page.locator("#rule-list")).to_contain_text("تُوحَّد المساحات الخضراء أولًا", timeout=WAIT_MS)
        expect(page.locator("#rule-list [lang=en]")).to_have_count(0)
        expect(page.locator("#rule-list")).not_to_contain_text("spread")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_plan_tells_its_rules_in_french_with_their_codes(
    city: RunningCity, browser: Browser, plan: str
) -> None:
    with watched_page(browser, **DESKTOP) as page:
        sign_in(page, city, "/routes")
        open_plan(page, city, plan, "fr")
        page.get_by_role("tab").last.click()
        comparison = page.locator(
            ".facts-list > div", has=page.locator("code", has_text=re.compile("^comparison$"))
        )
        expect(comparison.locator("dt")).to_have_text("Comparaison comparison")
        expect(comparison.locator("dd")).to_contain_text("plus proche voisin")
        city.manage("shell", "-c", CAPACITIES.format(kg=100))
        again = page.get_by_role("button", name="Vérifier à nouveau")
        again.click()
        faults = page.locator("[role=tabpanel] [role=status] li")
        expect(faults.first).to_contain_text("est en surcharge après", timeout=WAIT_MS)
        expect(page.locator("[role=tabpanel] [role=status] [lang=en]")).to_have_count(0)
        city.manage("shell", "-c", CAPACITIES.format(kg=6000))
        again.click()
        expect(page.locator("[role=tabpanel] .good-news")).to_be_visible(timeout=WAIT_MS)


def test_explained_indicator_reads_from_right_to_left(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        sign_in(page, city, "/processes/compute-green-coverage")
        page.get_by_role("button", name="Start").click()
        expect(page.locator("[data-status-text]")).to_have_text("Done", timeout=WAIT_MS)
        with urllib.request.urlopen(f"{city.url}/collections/indicators/items?f=json&limit=1000") as answer:
            found = json.load(answer)["features"]
        gini = next(row["id"] for row in found if row["properties"]["indicator"] == "green_gini")
        page.goto(f"{city.url}/collections/indicators/items/{gini}/explain?lang=ar")
        expect(page.get_by_role("main")).to_contain_text("منحنى لورنز")
        expect(page.locator("main [lang=en]")).to_have_count(0)
