"""A planner asks for what will overflow, too, and reads what the plan leaves and why, in real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.editing import fetch, planner_page
from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e


def test_plan_with_a_forecast_tells_what_may_wait(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        page.goto(f"{city.url}/routes?lang=en#new")
        page.get_by_label("Day of service").fill("2026-11-03")
        expect(page.get_by_label("What an overflow costs")).to_be_hidden()
        page.get_by_label("Also what will overflow, by forecast").check()
        page.get_by_label("What an overflow costs").fill("25")
        page.get_by_label("Seconds of search per district").fill("1")
        page.get_by_role("button", name="Make the plan").click()
        page.wait_for_url(re.compile("#plan="), timeout=120_000)
        plan = page.url.partition("#plan=")[2]
        (feature,) = fetch(page, f"{city.url}/collections/route-plans/items?external_id={plan}")["features"]
        facts = feature["properties"]
        waiting = [why for why in facts["left_out"].values() if why["code"] == "not-worth-the-detour"]
        assert facts["rule"]["forecast"]["overflow_cost"] == 25
        page.get_by_role("tab", name="left out").click()
        panel = page.get_by_role("tabpanel")
        expect(panel.get_by_text("containers that were not due")).to_be_visible()
        expect(panel.get_by_text("risk of an overflow before its next service")).to_have_count(len(waiting))
