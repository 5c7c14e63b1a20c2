"""What tests of processes share."""

from __future__ import annotations

import pytest

from analysis.processes.routes.ground import forget_grounds


@pytest.fixture(autouse=True)
def no_ground_of_another_test() -> None:
    forget_grounds()
