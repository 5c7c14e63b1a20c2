"""The table that the expressions of CQL2 are tried on."""

import pytest

from tests.layers.cql2.places import create_places


@pytest.fixture
def places(db: None) -> None:
    create_places()
