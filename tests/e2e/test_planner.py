"""A planner signs in, runs a process to its end and cancels another, in real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import DESKTOP, watched_page
from tests.e2e.running_city import PLANNER, RunningCity

pytestmark = pytest.mark.e2e


def sign_in(page: Page, city: RunningCity, then: str) -> None:
    page.goto(f"{city.url}/login?lang=en&next={then}")
    page.get_by_label("User name").fill(PLANNER[0])
    page.get_by_label("Password").fill(PLANNER[1])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{city.url}{then}")


def test_process_runs_to_its_results(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        sign_in(page, city, "/processes/compute-green-coverage")
        page.get_by_role("button", name="Start").click()
        page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}"))
        expect(page.locator("[data-status-text]")).to_have_text("Done", timeout=60_000)
        expect(page.get_by_role("heading", name="Results")).to_be_visible()
        assert page.locator("progress").get_attribute("value") == "100"


def test_running_process_is_cancelled(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        sign_in(page, city, "/processes/optimize-routes")
        before = _routes(page, city)
        page.get_by_label("Seconds of search per district").fill("120")
        page.get_by_role("button", name="Start").click()
        page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}"))
        page.get_by_role("button", name="Cancel the job").click()
        expect(page.locator("[data-status-text]")).to_have_text("Cancelled", timeout=60_000)
        expect(page.get_by_role("button", name="Cancel the job")).to_have_count(0)
        assert _routes(page, city) == before


def _routes(page: Page, city: RunningCity) -> list[int]:
    answer = page.request.get(f"{city.url}/collections/collection-routes/items?f=json&limit=1000").json()
    return [feature["id"] for feature in answer["features"]]


def test_refused_form_keeps_what_was_typed(city: RunningCity, browser: Browser) -> None:
    with browser.new_context(**DESKTOP) as context:  # the refusal itself, a 400, is written to the console
        page = context.new_page()
        sign_in(page, city, "/processes/optimize-routes")
        page.get_by_label("Fraction").fill("no such fraction")
        page.get_by_label("Districts (identifiers)").fill("nowhere")
        page.get_by_role("button", name="Start").click()
        outcome = page.locator("form [role=alert]:visible, [data-status-text]:text-is('Failed')")
        expect(outcome.first).to_be_visible(timeout=30_000)


def test_visitor_is_told_to_sign_in(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        page.goto(f"{city.url}/processes/optimize-routes?lang=en")
        expect(page.get_by_text("Starting this needs an account.")).to_be_visible()
        expect(page.get_by_role("button", name="Start")).to_have_count(0)
