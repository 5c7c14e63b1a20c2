"""What tests of processes share."""

from __future__ import annotations

import pytest

from analysis.processes.routes.day import forget_days
from analysis.processes.routes.ground import forget_grounds
from analysis.processes.routes.stored import forget_plans
from tests.analysis.processes.town import load_town


@pytest.fixture(autouse=True)
def nothing_kept_of_another_test() -> None:
    forget_grounds()
    forget_plans()
    forget_days()


@pytest.fixture(autouse=True)
def districts_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A town of 30 containers would be one zone: what plans of several do is tested on it all the same."""
    monkeypatch.setattr("analysis.routes.fleet.TOGETHER", 0)


@pytest.fixture
def town() -> None:
    load_town()
