"""Debian's Chromium, and a page that remembers everything its console complained about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path(os.environ.get("CASAGIS_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def watched_page(browser: Browser, **context: Any) -> Iterator[Page]:
    """Fails at the end if the console had an error or warning, a script threw, or the policy was violated."""
    complaints: list[str] = []
    with browser.new_context(locale="en-GB", **context) as opened:
        page = opened.new_page()
        page.on("console", lambda line: line.type in {"error", "warning"} and complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
    assert complaints == [], complaints


def open_map(page: Page, url: str) -> None:
    """Open the map and wait until its layers are drawn."""
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
