"""One served Helsinki and one browser for all end-to-end tests; skipped where Chromium is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.e2e.browser import CHROMIUM, chromium
from tests.e2e.running_city import RunningCity, serve_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    if not CHROMIUM.is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium, or set CASAGIS_CHROMIUM")
    if not (ROOT / "frontend" / "static" / "build" / "map.js").is_file():
        pytest.skip("the front end is not built: npm ci && npm run build")
    with serve_city("helsinki", settings.DATABASES["default"], tmp_path_factory.mktemp("var")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(city: RunningCity) -> Iterator[Browser]:
    """Not for the session: while Playwright's synchronous driver lives, no other test can run an event loop."""
    with chromium() as started:
        yield started
