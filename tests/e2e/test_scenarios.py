"""A planner imagines a park by keyboard and pointer, keeps it, compares, shares it; a visitor sees it by the link."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import DESKTOP, PHONE, watched_page
from tests.e2e.running_city import RunningCity
from tests.e2e.test_planner import sign_in

pytestmark = pytest.mark.e2e
WAIT_MS = 60_000  # the city is read at the first question


def open_page(page: Page, city: RunningCity) -> None:
    sign_in(page, city, "/scenarios")
    page.wait_for_selector("body[data-ready]", timeout=WAIT_MS)


def save(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#keep-state")).to_contain_text(name, timeout=WAIT_MS)


def green_area(page: Page) -> str:
    return page.get_by_role("row", name="Green area").first.locator("td").last.inner_text()


def print_it(page: Page) -> None:
    """On paper: the map whole and credited, what is folded unfolded, the day; afterwards all as before."""
    page.evaluate("window.print = () => { document.body.dataset.printed = 'true'; }")
    page.get_by_role("button", name="Print").click()
    page.wait_for_selector("body[data-printed]", timeout=WAIT_MS)
    page.emulate_media(media="print")
    for seen in ("#districts .figures", "#rule-list dd", "#counted", ".leaflet-control-attribution"):
        expect(page.locator(seen).first).to_be_visible()
    paper, board = (page.locator(name).bounding_box() for name in (".map-area", "#scenario-map"))
    assert paper and board and board["width"] == paper["width"] == pytest.approx(182 / 25.4 * 96, abs=1)
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#by-district")).not_to_have_attribute("open", "")


def test_park_is_imagined_saved_compared_and_shared(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        open_page(page, city)
        page.get_by_role("button", name="New green space").press("Enter")
        page.get_by_role("button", name="Put one in the middle of the map").press("Enter")
        expect(page.locator("#steps li")).to_contain_text("New green space")
        expect(page.locator("#results .more").first).to_be_visible(timeout=WAIT_MS)
        assert green_area(page).startswith("+")
        save(page, "One hectare")
        page.get_by_role("button", name="Start anew").click()
        expect(page.locator("#steps li")).to_have_count(0)
        save(page, "Nothing at all")
        for name in ("One hectare", "Nothing at all"):
            page.get_by_label(f"Compare “{name}”").check()
            expect(page.get_by_label(f"Compare “{name}”")).to_be_checked()
        expect(page.locator("#comparison").get_by_role("columnheader")).to_have_text(
            ["Indicator", "Today", "One hectare", "Nothing at all"], timeout=WAIT_MS
        )
        page.get_by_role("button", name="Open “One hectare”").click()
        expect(page.locator("#steps li")).to_have_count(1)
        print_it(page)
        page.get_by_role("button", name="Share by link").click()
        expect(page.locator("#share-address")).to_be_visible()
        address = page.locator("#share-address").input_value()
    with watched_page(browser, **PHONE) as visitor:
        visitor.goto(f"{address}?lang=en")
        visitor.wait_for_selector("body[data-ready]", timeout=WAIT_MS)
        expect(visitor.get_by_role("heading", name="One hectare")).to_be_visible()
        expect(visitor.locator("#steps li")).to_contain_text("New green space")
        expect(visitor.locator(".figures .more").first).to_contain_text("+")


def test_polygon_is_drawn_by_pointer_and_taken_back(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        open_page(page, city)
        page.get_by_role("button", name="Erase green").click()
        box = page.locator("#scenario-map").bounding_box()
        x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 3
        for dx, dy in ((0, 0), (200, 0), (200, 160), (0, 160), (0, 0)):
            page.mouse.click(x + dx, y + dy)
            page.wait_for_timeout(100)
        expect(page.locator("#steps li")).to_contain_text("No green any more on")
        expect(page.locator("#results .less").first).to_be_visible(timeout=WAIT_MS)
        page.get_by_role("button", name="Take back").click()
        expect(page.locator("#steps li")).to_have_count(0)
        expect(page.locator("#results .less")).to_have_count(0, timeout=WAIT_MS)
        page.once("dialog", lambda dialog: dialog.accept())


def test_visitor_is_asked_to_sign_in(city: RunningCity, browser: Browser) -> None:
    with browser.new_context(**DESKTOP) as context:
        page = context.new_page()
        answer = page.goto(f"{city.url}/scenarios?lang=en")
        assert answer is not None and answer.status == 401
