"""A planner makes a week of plans on the page, reads its days, publishes them together, in real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import PHONE
from tests.e2e.editing import fetch, planner_page
from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e


def test_week_is_planned_read_and_published(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        page.goto(f"{city.url}/routes?lang=en#new")
        page.get_by_label("Plan a week").check()
        expect(page.get_by_label("Only containers that are due")).to_be_hidden()
        page.locator(".check-list").first.get_by_role("checkbox").first.check()
        page.get_by_label("Seconds of search per district").fill("1")
        page.get_by_role("button", name="Make the plan").click()
        page.wait_for_url(re.compile("#plan="), timeout=120_000)
        days = page.get_by_role("navigation", name="Days of the week's plans").get_by_role("link")
        expect(days.first).to_have_attribute("aria-current", "true")
        plans = [str(link.get_attribute("href")).partition("=")[2] for link in days.all()]
        assert len(plans) >= 2
        days.nth(1).click()
        page.wait_for_url(re.compile(f"#plan={plans[1]}$"))
        expect(days.nth(1)).to_have_attribute("aria-current", "true")
        page.get_by_role("button", name="Publish the week").click()
        page.get_by_role("dialog").get_by_role("button", name="Publish").click()
        expect(page.locator(".dock-heading .status")).to_have_text("Published", timeout=60_000)
        found = fetch(page, f"{city.url}/collections/route-plans/items?status=published")["features"]
        assert set(plans) <= {feature["properties"]["external_id"] for feature in found}
    with planner_page(city, browser, **PHONE) as page:
        page.goto(f"{city.url}/routes?lang=ar#plan={plans[0]}")
        page.wait_for_selector("body[data-ready] .week-days")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
