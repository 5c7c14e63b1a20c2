from __future__ import annotations

import json

import cql2
import pytest
from hypothesis import HealthCheck, given, settings

from tests.layers.cql2.expressions import random_rows, trees
from tests.layers.cql2.oracle import evaluate
from tests.layers.cql2.places import create_places, ids

ROWS = random_rows(40)


@pytest.fixture
def random_places(db):
    create_places({key: {n: v for n, v in row.items() if n != "id"} for key, row in ROWS.items()})


@given(tree=trees)
@settings(
    max_examples=600,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_filter_finds_what_the_oracle_finds_as_json_and_as_text(random_places, tree):
    expected = [key for key, row in ROWS.items() if evaluate(tree, row) is True]
    text = json.dumps(tree)
    assert ids(text, "cql2-json") == expected
    assert ids(cql2.parse_json(text).to_text()) == expected


def test_oracle_knows_three_values():
    unknown = {"op": "=", "args": [{"property": "levels"}, 1]}
    row = dict.fromkeys(["levels", "geom"])
    assert evaluate(unknown, row) is None
    assert evaluate({"op": "not", "args": [unknown]}, row) is None
    assert evaluate({"op": "or", "args": [unknown, True]}, row) is True
    assert evaluate({"op": "and", "args": [unknown, False]}, row) is False
    assert evaluate({"op": "and", "args": [unknown, True]}, row) is None
