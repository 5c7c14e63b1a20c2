"""Whatever is written, a filter is answered or refused, and changes nothing."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import shapely
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gis_core.errors import InvalidInput
from layers.cql2 import compile_filter, spatial
from layers.cql2.terms import shown
from tests.layers.cql2.places import FIELDS, PLACES, TYPES, ids

FUZZ = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
INJECTIONS = (
    "'; DROP TABLE place; --",
    "' OR 1=1 --",
    "%s",
    "%(name)s",
    "{}",
    "{a}",
    '"; --',
    "\\'",
    "$$",
    "\x00",
)
literals = st.text(max_size=30) | st.sampled_from(INJECTIONS)
WORDS = (
    *TYPES, "id", "geometry", "AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS", "NULL", "TRUE", "=", "<>", "<", ">=",
    "+", "-", "*", "/", "%", "^", "div", "(", ")", ",", "1", "-2.5", "1e300", "0", "'a'", "'%'", "''", '"name"',
    "CASEI(", "ACCENTI(", "S_INTERSECTS(", "S_TOUCHES(", "T_DURING(", "A_EQUALS(", "POINT(1 1)", "BBOX(0,0,2,2)",
    "POLYGON((0 0,1 0,1 1,0 0))", "DATE('2026-01-10')", "TIMESTAMP('2026-01-10T00:00:00Z')",
    "INTERVAL('2026-01-01','..')", "INTERVAL(day,until)", "POINT", "GEOMETRYCOLLECTION(", "foo(", "''", "\\",
)  # fmt: skip
JSON_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | literals
    | st.sampled_from([{"property": name} for name in (*TYPES, "id", "geometry")]),
    lambda inner: st.lists(inner, max_size=3)
    | st.fixed_dictionaries({
        "op": st.sampled_from(["and", "or", "not", "=", "<", "like", "in", "between", "isNull", "+", "/", "^", "casei",
                               "s_intersects", "s_equals", "t_after", "t_during", "a_contains", "div", "%"]),
        "args": st.lists(inner, max_size=3),
    })
    | st.dictionaries(st.sampled_from(["type", "coordinates", "bbox", "date", "interval", "x"]), inner, max_size=2),
    max_leaves=12,
)  # fmt: skip


def asked(text: str, lang: str = "cql2-text") -> list[int] | None:
    """The ids, or None where it was refused; anything else that is raised fails the test."""
    try:
        with transaction.atomic():
            return ids(text, lang)
    except InvalidInput as error:
        assert error.detail
        return None


def everything() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM place ORDER BY id")
        return cursor.fetchall()


@given(literal=literals)
@example("\\")
@FUZZ
def test_no_literal_is_more_than_a_literal(places, literal):
    before = everything()
    quoted = literal.replace("'", "''")
    same = sorted(key for key, row in PLACES.items() if row["name"] == literal)
    for lang, text in (
        ("cql2-text", f"name = '{quoted}'"),
        ("cql2-json", json.dumps({"op": "=", "args": [{"property": "name"}, literal]})),
    ):
        found = asked(text, lang)
        assert found == same or (found is None and ("\x00" in literal or "'" in literal))
    for text in (
        f"name LIKE '{quoted}'",
        f"CASEI(ACCENTI(name)) LIKE CASEI(ACCENTI('%{quoted}'))",
        f"A_CONTAINS(tags, ('{quoted}', 'b'))",
        f"day > DATE('{quoted}')",
        f"T_AFTER(seen_at, TIMESTAMP('{quoted}'))",
        f"T_DURING(seen_at, INTERVAL('{quoted}', '..'))",
        f"opens = '{quoted}'",
        f"name IN ('{quoted}', 'b')",
    ):
        asked(text)
    assert everything() == before


@given(name=literals)
@FUZZ
def test_no_name_is_more_than_a_name(places, name):
    before = everything()
    tree = json.dumps({"op": "isNull", "args": [{"property": name}]})
    known = {*TYPES, "id", "geometry", "geom"}
    if name not in known and name.isprintable() and len(name) < 50:
        with pytest.raises(InvalidInput) as caught:
            compile_filter(tree, lang="cql2-json", fields=FIELDS, geometry=True)
        assert f"There is no property {shown(name)}" in caught.value.detail
    asked(f'"{name}" = 1')
    asked(f"{name} = 1")
    asked(f"{name}(name) = 1")
    asked(json.dumps({"op": name, "args": [{"property": "name"}, 1]}), "cql2-json")
    assert everything() == before


@given(text=st.text(max_size=200) | st.sampled_from(INJECTIONS))
@FUZZ
def test_any_text_is_answered_or_refused(places, text):
    asked(text)
    asked(text, "cql2-json")
    asked(f"levels = 3 AND {text}")


@given(words=st.lists(st.sampled_from(WORDS), max_size=14))
@settings(FUZZ, max_examples=800)
def test_any_row_of_words_is_answered_or_refused(places, words):
    asked(" ".join(words))


@given(tree=JSON_TREES)
@settings(FUZZ, max_examples=600)
def test_any_json_is_answered_or_refused(places, tree):
    asked(json.dumps(tree), "cql2-json")


@given(
    operators=st.lists(st.sampled_from(["+", "-", "*", "/", "%", "div", "^"]), min_size=1, max_size=6),
    operands=st.lists(
        st.sampled_from(
            ["levels", "width", "height", "id", "0", "-1", "1e300", "1e-300", "9223372036854775807", "0.1"]
        ),
        min_size=7,
        max_size=7,
    ),
    left=st.booleans(),
)
@settings(FUZZ, max_examples=400)
def test_no_arithmetic_leaves_the_range_of_numbers(places, operators, operands, left):
    made = operands[0]
    for operator, operand in zip(operators, operands[1:], strict=False):
        made = f"({made} {operator} {operand})" if left else f"({operand} {operator} {made})"
    assert asked(f"{made} > 1") is not None


@pytest.mark.parametrize("srid", [4326, 3857, 26191, 26192, 32629])
def test_no_valid_area_of_any_crs_is_too_much_for_the_database(places, srid):
    """Stars that cross themselves, made valid: their nodes are rounded, so their transforms are at times invalid."""
    rng = random.Random(srid)  # noqa: S311 (places of a test)
    edge = {4326: 180, 3857: 2e7}.get(srid, 1e7)
    for _ in range(150):
        star = shapely.Polygon([(rng.uniform(-edge, edge), rng.uniform(-edge, edge)) for _ in range(8)])
        literal = json.loads(shapely.to_geojson(shapely.make_valid(star)))
        args = [{"property": "geometry"}, literal]
        trees = [{"op": op, "args": args[:: rng.choice((1, -1))]} for op in spatial.FUNCTIONS]
        with transaction.atomic():
            assert ids(json.dumps({"op": "or", "args": trees}), "cql2-json", crs_srid=srid) == [1, 2, 3, 5]
