"""One served city for all tests of conformance and of clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.service import Site, site
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def iut(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The implementation under test."""
    if not (ROOT / "frontend" / "static" / "build" / "map.js").is_file():
        pytest.skip("the front end is not built, and pages need it: npm ci && npm run build")
    with site(tmp_path_factory.mktemp("var")) as running:
        yield running
