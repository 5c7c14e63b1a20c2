"""A planner makes a plan, asks why, moves stops by keyboard and mouse, deletes, compares, publishes, in Chromium."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import DESKTOP, PHONE, watched_page
from tests.e2e.editing import fetch, planner_page
from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e

PLANS = "/collections/route-plans/items?sortby=-id"


@pytest.fixture(scope="module")
def plan(city: RunningCity, browser: Browser) -> str:
    """Made on the page itself: the search runs, its chart shows the cost, the plan opens."""
    with planner_page(city, browser) as page:
        page.goto(f"{city.url}/routes?lang=en#new")
        page.get_by_label("Seconds of search per district").fill("2")
        page.get_by_label("Only containers that are due").uncheck()
        page.get_by_label("Title").fill("Made by a test")
        page.get_by_role("button", name="Make the plan").click()
        page.wait_for_url(re.compile("#job="))
        chart = page.get_by_role(
            "img", name=re.compile(r"Cost of the best plan: from [\d.,]+ down to [\d.,]+")
        )
        expect(chart).to_be_visible(timeout=60_000)
        page.wait_for_url(re.compile("#plan="), timeout=120_000)
        expect(page.get_by_role("heading", name="Made by a test")).to_be_visible()
        return page.url.partition("#plan=")[2]


def open_plan(page: Page, city: RunningCity, plan: str, language: str = "en") -> None:
    page.goto(f"{city.url}/routes?lang={language}#plan={plan}")
    page.wait_for_selector("body[data-ready] .crews")


def facts(page: Page, city: RunningCity, plan: str) -> dict[str, Any]:
    (feature,) = fetch(page, f"{city.url}/collections/route-plans/items?external_id={plan}")["features"]
    return feature["properties"]


def test_crews_are_told_as_they_are_stored(city: RunningCity, browser: Browser, plan: str) -> None:
    with planner_page(city, browser) as page:
        open_plan(page, city, plan)
        routes = fetch(page, f"{city.url}/collections/collection-routes/items?plan={plan}")["features"]
        table = page.get_by_role("table", name="Crews of this plan")
        rows = table.locator("tbody tr")
        expect(rows).to_have_count(len(routes))
        for route in routes:
            row = table.locator(f"tr[data-drop-vehicle='{route['properties']['vehicle']}']")
            expect(row.locator("td").nth(6)).to_have_text(str(route["properties"]["stops"]))
        page.get_by_role("tab", name="left out").click()
        left_out = facts(page, city, plan)["left_out"]
        expect(page.locator("[role=tabpanel] tbody tr")).to_have_count(len(left_out))


def test_stop_moves_by_keyboard_after_its_price(city: RunningCity, browser: Browser, plan: str) -> None:
    with planner_page(city, browser) as page:
        open_plan(page, city, plan)
        page.locator(".crew-pick").first.press("Enter")
        stop = page.locator("button.visit").first
        task = stop.get_attribute("data-task")
        stop.press("Enter")
        why = page.get_by_role("region", name="The stop or street chosen")
        expect(why.locator("tbody tr").first).to_be_visible(timeout=30_000)
        move = why.get_by_role("button", name="Move to").first
        vehicle = re.search(r"Move to (.+)…", move.get_attribute("aria-label") or "")[1]  # type: ignore[index]
        move.press("Enter")
        question = page.get_by_role("dialog")
        expect(question.locator(".price dd").first).to_have_text(re.compile(r"^[+−±]"), timeout=30_000)
        assert len(fetch(page, f"{city.url}{PLANS}&based_on={plan}")["features"]) == 0
        question.get_by_role("button", name="Move it").press("Enter")
        page.wait_for_url(lambda url: "#plan=" in url and not url.endswith(plan), timeout=60_000)
        draft = page.url.partition("#plan=")[2]
        where = fetch(page, f"{city.url}/collections/route-stops/items?plan={draft}&container={task}")[
            "features"
        ]
        assert [stop["properties"]["route"].endswith(vehicle) for stop in where] == [True]
        assert facts(page, city, draft)["based_on"] == plan
        page.get_by_role("button", name="Back to the plan before").click()
        page.wait_for_url(re.compile(f"#plan={plan}$"))


def drag_first_stop(page: Page) -> str:
    """To the first other crew whose price is not forbidden; its vehicle. The draft is made and open."""
    page.locator(".crew-pick").first.click()
    own = page.locator("tr[data-drop-vehicle]").first.get_attribute("data-drop-vehicle")
    vehicles = [row.get_attribute("data-drop-vehicle") for row in page.locator("tr[data-drop-vehicle]").all()]
    question = page.get_by_role("dialog")
    for vehicle in [other for other in vehicles if other != own]:
        page.locator("button.visit").first.scroll_into_view_if_needed()
        start = page.locator("button.visit").first.bounding_box()
        end = page.locator(f"tr[data-drop-vehicle='{vehicle}'] .crew-pick").bounding_box()
        assert start and end
        page.mouse.move(start["x"] + 20, start["y"] + start["height"] / 2)
        page.mouse.down()
        page.mouse.move(end["x"] + 5, end["y"] + end["height"] / 2, steps=6)
        page.mouse.up()
        expect(question).to_be_visible(timeout=30_000)
        if question.get_by_role("button", name="Move it").count():
            question.get_by_role("button", name="Move it").click()
            return str(vehicle)
        question.get_by_role("button", name="Close").click()
    raise AssertionError("no crew can take the stop")


def test_stop_dragged_by_mouse_makes_a_draft_that_can_be_deleted(
    city: RunningCity, browser: Browser, plan: str
) -> None:
    with planner_page(city, browser) as page:
        open_plan(page, city, plan)
        vehicle = drag_first_stop(page)
        page.wait_for_url(lambda url: "#plan=" in url and not url.endswith(plan), timeout=60_000)
        draft = page.url.partition("#plan=")[2]
        assert facts(page, city, draft)["based_on"] == plan
        expect(page.locator(".toast")).to_contain_text(f"Moved to {vehicle}")
        page.get_by_role("button", name="Delete plan").click()
        page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
        assert facts(page, city, draft)["status"] == "draft"
        page.get_by_role("button", name="Delete plan").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete the plan").click()
        page.wait_for_url(re.compile(r"/routes\?lang=en#?$"), timeout=30_000)
        expect(page.locator(".toast")).to_contain_text("Deleted:")
        expect(page.locator(f"a[href='#plan={draft}']")).to_have_count(0)
        for name in ("collection-routes", "route-stops"):
            assert fetch(page, f"{city.url}/collections/{name}/items?plan={draft}")["features"] == []


def test_question_before_deletion_fits_an_arabic_phone(
    city: RunningCity, browser: Browser, plan: str
) -> None:
    with planner_page(city, browser, **PHONE) as page:
        open_plan(page, city, plan, "ar")
        page.get_by_role("button", name="حذف الخطة…").click()
        expect(page.get_by_role("dialog")).to_contain_text("هل تريد حذف")
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_plan_is_published_and_compared_with_nearest_neighbour(
    city: RunningCity, browser: Browser, plan: str
) -> None:
    with planner_page(city, browser) as page:
        open_plan(page, city, plan)
        page.get_by_role("tab", name="Compare").click()
        page.get_by_label("Compare with").select_option("")
        distance = page.get_by_role("table", name="Figures of both plans").get_by_role("row", name="Distance")
        expect(distance.locator("td").last).to_have_text(
            re.compile(r"[+−][\d.,]+\skm (better|worse)|±0 the same")
        )
        page.get_by_role("button", name="Publish").click()
        page.get_by_role("dialog").get_by_role("button", name="Publish").click()
        expect(page.locator(".dock-heading .status")).to_have_text("Published", timeout=30_000)
        expect(page.get_by_role("button", name="Publish")).to_have_count(0)
        assert facts(page, city, plan)["status"] == "published"


def test_arabic_phone_is_no_wider_than_its_screen(city: RunningCity, browser: Browser, plan: str) -> None:
    with planner_page(city, browser, **PHONE) as page:
        open_plan(page, city, plan, "ar")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.goto(f"{city.url}/routes?lang=ar#new")
        page.wait_for_selector(".plan-form")
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_only_planners_come_in(city: RunningCity, browser: Browser) -> None:
    with browser.new_context(**DESKTOP) as context:  # the refusal itself, a 401, is written to the console
        page = context.new_page()
        assert page.goto(f"{city.url}/routes?lang=en").status == 401  # type: ignore[union-attr]
        expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_visible()
    with watched_page(browser, **DESKTOP) as page:
        page.goto(f"{city.url}/?lang=en")
        expect(page.get_by_role("link", name="Route plans")).to_have_count(0)
