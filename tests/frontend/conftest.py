"""Pages for these tests: translations compiled, static files by their plain names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.frontend.messages import compile_catalogues

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(scope="session", autouse=True)
def _compiled_catalogues() -> None:
    compile_catalogues()


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any) -> None:
    """The manifest of hashed names exists only after collectstatic."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN}
