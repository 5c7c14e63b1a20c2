from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gis_core.errors import InvalidInput
from layers.cql2 import compile_filter
from layers.cql2.parse import MAX_DEPTH, MAX_LENGTH
from tests.layers.cql2.places import FIELDS, ids


def refusal(text: str, lang: str = "cql2-text", **options) -> str:
    options = {"geometry": True, "fields": FIELDS, **options}
    with pytest.raises(InvalidInput) as caught:
        compile_filter(text, lang=lang, **options)
    return caught.value.detail


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("secret = 1", "There is no property 'secret'. Known: id, name, note,"),
        ("search_key = 'x'", "There is no property 'search_key'"),
        ("geom_3857 IS NULL", "There is no property 'geom_3857'"),
        ("levels = '3'", "= compares like with like: levels is a number, '3' is text; write a number without quotes."),
        ("name = 3", "name is text, 3 is a number; write text in single quotes."),
        ("levels > DATE('2026-01-01')", "levels is a number, 2026-01-01 is a date"),
        ("day = '2026-01-10'", "day is a date, '2026-01-10' is text; write DATE('YYYY-MM-DD')."),
        ("seen_at > '2026-01-10T00:00:00Z'", "write TIMESTAMP('YYYY-MM-DDThh:mm:ssZ')."),
        ("open = 1", "open is a boolean, 1 is a number; write TRUE or FALSE."),
        ("open > FALSE", "> does not order TRUE and FALSE; use = or <>."),
        ("name", "must be true or false; name is text."),
        ("levels AND open", "must be true or false; levels is a number."),
        ("NOT levels", "must be true or false"),
        ("1", "must be true or false; 1 is a number."),
        ("levels = NULL", "write IS NULL."),
        ("name BETWEEN 1 AND 2", "BETWEEN compares like with like"),
        ("open BETWEEN FALSE AND TRUE", "BETWEEN needs values with an order; open is a boolean."),
        ("levels IN (1, 'a')", "IN compares like with like: levels is a number, 'a' is text"),
        ("levels LIKE '3%'", "LIKE needs text; levels is a number."),
        ("name LIKE note", "LIKE needs a pattern in single quotes"),
        (r"name LIKE 'x\'", r"must not end with a single \;"),
        ("ACCENTI(name) LIKE ACCENTI('x\\\u0301')", r"must not end with a single \;"),
        (f"name LIKE '{'%' * 501}'", "at most 500 characters"),
        ("CASEI(levels) = 'x'", "CASEI needs text; levels is a number."),
        ("levels + name = 3", "+ needs numbers on both sides; name is text."),
        ("levels = 1e301", "must lie between"),
        ("more = 'x'", "more is an object. Use IS NULL."),
        ("tags = 'x'", "tags is an array. Use A_EQUALS"),
        ("geometry = POINT(1 1)", "geometry is a geometry. Use S_EQUALS"),
        ("opens = '25:00'", "'25:00' is not a time of day; write hh:mm or hh:mm:ss."),
        ("opens > 8", "opens is a time of day, 8 is a number; write 'hh:mm'."),
        ("A_CONTAINS(name, ('x'))", "A_CONTAINS needs arrays, such as ('a', 'b'); name is text."),
        ("A_CONTAINS(tags, ('x', 1))", "An array holds either numbers or texts"),
        ("S_INTERSECTS(name, POINT(1 1))", "S_INTERSECTS needs geometries; name is text."),
        ("S_INTERSECTS(geometry, geometry, geometry)", "S_INTERSECTS takes 2 arguments; here it has 3."),
        ("S_INTERSECTS(geometry, LINESTRING(1 1))", "at least 2 positions"),
        ("S_INTERSECTS(geometry, LINESTRING(1 1, 1 1))", "LineString is not valid"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1)))", "ends where it starts; close it."),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 2 2, 2 0, 0 2, 0 0)))", "not valid: Self-intersection[1 1]. Mend it."),
        ("S_INTERSECTS(geometry, POLYGON EMPTY)", "an empty one meets nothing."),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", "BBOX takes 4 numbers"),
        ("S_INTERSECTS(geometry, BBOX(1, 5, 2, 4))", "south 5.0 lies north of north 4.0; swap them."),
        ("S_INTERSECTS(geometry, POINT(1 1001))", "lies outside of EPSG:4326; check filter-crs."),
        ("S_TOUCHES(geometry, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(3 3, 4 4)))", "use one kind."),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POINT(1 2))))", "cannot contain another"),
        ("T_AFTER(name, DATE('2026-01-01'))", "T_AFTER needs DATE('…')"),
        ("T_AFTER(day, '2026-01-01')", "'2026-01-01' is text."),
        ("T_AFTER(opens, DATE('2026-01-01'))", "opens is a time of day."),
        ("day = DATE('2026-02-30')", "'2026-02-30' is not a date; write YYYY-MM-DD."),
        ("day = DATE('2026-2-3')", "write YYYY-MM-DD."),
        ("day = DATE('0000-01-01')", "is not a date"),
        ("seen_at = TIMESTAMP('2026-01-10')", "is not a timestamp; write YYYY-MM-DDThh:mm:ssZ."),
        ("seen_at = TIMESTAMP('2026-01-10T25:00:00Z')", "is not a timestamp"),
        ("seen_at = TIMESTAMP('0001-01-01T00:00:00+12:00')", "is not a timestamp"),
        ("T_DURING(day, INTERVAL('2026-02-01', '2026-01-01'))", "ends (2026-01-01) before it starts"),
        ("T_DURING(day, INTERVAL('yesterday', '..'))", "'yesterday' is not a date"),
        ("T_DURING(day, INTERVAL(name, '..'))", "An interval ends at dates or timestamps; name is text."),
        ("day = INTERVAL('2026-01-01', '..')", "the interval is an interval. Use T_EQUALS"),
        ("INTERVAL(day, '..') IS NULL", "ask it of each end"),
        ("sleep(10) = 1", "There is no operator or function 'sleep'. Known: and, or, not,"),
        ("pg_sleep(10)", "There is no operator or function 'pg_sleep'"),
        ("name || 'x' = 'y'", "The filter is not CQL2"),
        ("levels = NaN", "There is no property 'NaN'"),
        ("levels = 1; DROP", "The filter is not CQL2: check quotes, operators and brackets from '; DROP' on."),
        ("levels = = (1 + (2))", "from '= ( (…) )' on."),
        ("(levels = 1 AND (open))) x", "closes a bracket"),
        ("(open AND (open)) x", "from 'x' on."),
        ("levels =", "The filter is not CQL2: it ends where more is expected; complete it."),
        ("", "The filter is not CQL2: it ends where more is expected"),
        ("(levels = 1", "leaves brackets open: 1; close them."),
        ("levels = 1)", "closes a bracket that was not opened"),
        ("name = 'a\x00b'", "NUL"),
        ("name = 'a\ud800b'", "half a pair"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_with_its_cure(expression, told):
    assert told in refusal(expression)


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ("{", "The filter is not JSON"),
        ('{"op": "a_contains", "args": [{"property": "tags"}, "x"]}', "A_CONTAINS needs arrays"),
        ('{"op": "=", "args": [{"timestamp": "2026-01-10T10:00:00"}, {"property": "seen_at"}]}', "is not a timestamp"),
        ("[]", "must be true or false"),
        ("null", "IS NULL"),
        ('"open"', "must be true or false"),
        ("{}", "is no expression of CQL2"),
        ('{"op": "="}', "= needs its arguments as a list"),
        ('{"op": "=", "args": [1]}', "= takes 2 arguments; here it has 1."),
        ('{"op": ["="], "args": [1, 1]}', "There is no operator or function"),
        ('{"op": "in", "args": [{"property": "levels"}, []]}', "IN needs a list of at least one value"),
        ('{"op": "in", "args": [{"property": "levels"}, 3]}', "IN needs a list"),
        ('{"op": "and", "args": []}', "AND needs at least one argument."),
        ('{"property": ["id"]}', "There is no property ['id']"),
        ('{"property": null}', "There is no property None"),
        ('{"op": "=", "args": [{"property": "levels"}, NaN]}', "NaN, which is no number of JSON"),
        ('{"op": "=", "args": [{"property": "levels"}, -Infinity]}', "no number of JSON"),
        ('{"op": "=", "args": [{"property": "levels"}, 1e999]}', "must lie between"),
        ('{"op": "=", "args": [{"property": "levels"}, ' + "9" * 5000 + "]}", "not JSON"),
        ('{"op": "=", "args": [{"property": "levels"}, ' + "9" * 500 + "]}", "must lie between"),
        ('{"op": "=", "args": [{"property": "name"}, "\\u0000"]}', "NUL"),
        ('{"op": "=", "args": [{"property": "name"}, "\\ud800"]}', "half a pair"),
        ('{"op": "=", "args": [{"date": 5}, {"property": "day"}]}', "5 is not a date"),
        ('{"op": "t_after", "args": [{"interval": "x"}, {"property": "day"}]}', "An interval has two ends"),
    ],
)  # fmt: skip
def test_json_that_is_no_filter_is_refused(tree, told):
    assert told in refusal(tree, "cql2-json")


@pytest.mark.parametrize(
    ("literal", "told"),
    [
        ('{"type": "Point"}', "needs coordinates"),
        ('{"type": "Point", "coordinates": [1, true]}', "A position"),
        ('{"type": "Point", "coordinates": [1]}', "A position"),
        ('{"type": "Point", "coordinates": [1, 1e400]}', "outside"),
        ('{"type": "Polygon", "coordinates": [1, 2]}', "coordinates"),
        ('{"type": ["Point"], "coordinates": [1, 2]}', "geometry is"),
        ('{"type": "Circle", "coordinates": [1, 2]}', "'Circle' is not"),
        ('{"type": "GeometryCollection", "geometries": []}', "needs"),
        ('{"bbox": "1,2,3,4"}', "BBOX takes 4 numbers"),
    ],
)  # fmt: skip
def test_json_that_is_no_geometry_is_refused(literal, told):
    tree = f'{{"op": "s_within", "args": [{{"property": "geom"}}, {literal}]}}'
    assert told in refusal(tree, "cql2-json")


def test_unknown_language_is_refused():
    assert refusal("true", "ecql") == "filter-lang='ecql' is not known; use cql2-text or cql2-json."


def test_collection_without_geometry_has_none_to_name():
    assert "There is no property 'geometry'" in refusal("geometry IS NULL", geometry=False)
    told = refusal("S_INTERSECTS(name, POINT(1 1))", geometry=False)
    assert told == "S_INTERSECTS needs geometries and this collection has none; name is text."


def test_hidden_field_is_as_unknown_as_one_that_never_was():
    seen = tuple(f for f in FIELDS if f.name != "note")
    hidden = refusal("note = 'x'", fields=seen)
    assert hidden == refusal("nope = 'x'", fields=seen).replace("nope", "note")


EXHAUSTING = [
    "x" * (MAX_LENGTH + 1),
    "(" * (MAX_DEPTH + 1) + "open" + ")" * (MAX_DEPTH + 1),
    "(" * 9_000,
    "CASEI(" * 300,
    "NOT " * 2_000 + "open",
    "NOT\u3000" * 2_000 + "open",
    "-" * 9_000 + "levels = 1",
    "levels" + "=levels" * 2_000,
    "levels" + "+levels" * 2_000 + "=1",
    "levels" + " div levels" * 1_000 + "=1",
    "levels IN " * 1_000,
    "POINT(" * 3_000,
    "GEOMETRYCOLLECTION(" * 1_000,
    "'" * 9_999,
    "(" * 90 + "levels = =" + ")" * 90,
    "f((" * 45 + "levels = =" + "))" * 45,
    "NOT (" * 90 + "levels = =" + ")" * 90,
    "(" * 60 + "1" + ",2)" * 60 + " =",
]
# A small stack, as an overflow would end the process, and a limit of processor time.
EXHAUST = """
import django, json, os, resource, sys, threading
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings"); django.setup()
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from layers.cql2.parse import parse_filter
from gis_core.errors import InvalidInput
def run():
    for text in json.load(sys.stdin):
        try: parse_filter(text, "cql2-text"); print("read")
        except InvalidInput: print("refused")
threading.stack_size(1024 * 1024)
thread = threading.Thread(target=run); thread.start(); thread.join()
"""


def test_text_built_to_exhaust_the_parser_is_refused_at_once():
    run = subprocess.run(
        [sys.executable, "-c", EXHAUST],
        input=json.dumps(EXHAUSTING).encode(),
        capture_output=True,
        timeout=60,
    )
    assert (run.returncode, run.stdout.decode().split()) == (0, ["refused"] * len(EXHAUSTING)), run.stderr


@pytest.mark.parametrize("opened", ['{"op":"not","args":[', "[", '{"a":'])
def test_json_nested_too_deep_is_refused(opened):
    assert refusal(opened * 900, "cql2-json").startswith(("The filter is not JSON", "The filter is nested"))
    closed = "".join({"{": "}", "[": "]"}.get(c, "") for c in reversed(opened))
    assert "nested more than 100 deep" in refusal(opened * 250 + "1" + closed * 250, "cql2-json")


def test_deep_but_allowed_filter_is_answered(places):
    assert ids("(" * 90 + "levels = 3" + ")" * 90) == [1]
    assert ids("NOT (" * 90 + "levels = 3" + ")" * 90) == [1]
    assert ids(" OR ".join(f"(levels = {n} AND open)" for n in range(700))) == [1]
    assert ids(" OR ".join(f"levels = {n}" for n in range(1_000))) == [1, 3]
    assert ids(f"levels IN ({', '.join(str(-n) for n in range(3_000))})") == [2, 3]
    assert ids("levels" + " + 1" * 90 + " = 93") == [1]


def test_too_many_positions_are_refused():
    ring = [[n / 10_000, 0] for n in range(2_000)] + [[1, 1], [0, 0]]
    tree = {"op": "s_within", "args": [{"property": "geom"}, {"type": "MultiPoint", "coordinates": ring * 3}]}
    text = json.dumps(tree, separators=(",", ":"))
    assert f"at most {MAX_LENGTH}" in refusal(text, "cql2-json")
