"""The account page in real Chromium: a token made by keyboard alone, copied, used and revoked; and on a phone."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import DESKTOP, PHONE, watched_page
from tests.e2e.running_city import PLANNER, RunningCity

pytestmark = pytest.mark.e2e


def sign_in(page: Page, city: RunningCity) -> None:
    page.goto(f"{city.url}/login?lang=en&next=/account")
    page.get_by_label("User name").fill(PLANNER[0])
    page.get_by_label("Password").fill(PLANNER[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.url}/account")


def make_token(page: Page, name: str) -> str:
    """By keyboard: name, scope (the second of two), lifetime as it stands, no overwriting, send."""
    page.get_by_label("What is it for?").focus()
    page.keyboard.type(name)
    for key in ("Tab", "ArrowDown", "Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    return page.get_by_label("The new token").input_value()


def status_with(city: RunningCity, secret: str) -> int:
    return httpx.get(f"{city.url}/jobs", auth=(PLANNER[0], secret)).status_code


def test_token_is_made_copied_used_and_revoked(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP, permissions=["clipboard-read", "clipboard-write"]) as page:
        sign_in(page, city)
        secret = make_token(page, "My QGIS")
        page.locator("[data-copy=secret]").click()
        expect(page.locator("[data-copy=secret]")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == secret
        assert status_with(city, secret) == 200
        page.goto(f"{city.url}/account")
        card = page.get_by_role("listitem").filter(has_text="My QGIS")
        expect(card).to_contain_text("Read and change")
        expect(page.get_by_text(secret)).to_have_count(0)
        card.get_by_role("button", name="Revoke My QGIS").click()
        expect(page.get_by_role("status").filter(has_text="revoked")).to_be_visible()
        assert status_with(city, secret) == 401


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_account_fits_a_phone(city: RunningCity, browser: Browser, language: str) -> None:
    with watched_page(browser, **PHONE) as page:
        sign_in(page, city)
        page.goto(f"{city.url}/?lang={language}")
        page.locator(".account a.user").click()
        page.wait_for_url(f"{city.url}/account")
        make_token_by_touch(page)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
        for target in page.locator(
            "main :is(button, select, input:not([type=checkbox], [type=hidden]))"
        ).all():
            if target.is_visible():
                assert target.bounding_box()["height"] >= 42


def make_token_by_touch(page: Page) -> None:
    page.locator("#id_name").fill("phone")
    page.locator("form:has(#id_name) button[type=submit]").tap()
    expect(page.locator("#secret")).to_be_visible()
