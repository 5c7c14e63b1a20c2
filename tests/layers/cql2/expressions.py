"""Random rows and random trees of CQL2 over them, of few values, so that they meet often."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from tests.layers.cql2.places import place

_TEXTS = ("", "a", "A", "é", "E\u0301", "ab", "aB", "a_b", "a%", "a\\b", "it's", "مَدرسة", "مدرسة", "Σς")
_PATTERNS = ("", "%", "_", "a%", "%b", "A_", "é%", r"a\_b", r"a\%", r"a\\b", "%'%", "مدر%")
_DAYS = tuple(date(2026, 1, day) for day in range(1, 7))
_TIMES = tuple(datetime(2026, 1, day, hour, tzinfo=UTC) for day in range(1, 5) for hour in (0, 12))
_SHAPES = (
    "POINT (1 1)", "POINT (2 2)", "POINT (5 0)", "MULTIPOINT (1 1, 4 4)", "LINESTRING (0 0, 4 4)",
    "LINESTRING (0 4, 4 0)", "LINESTRING (0 0, 4 0)", "POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))",
    "POLYGON ((1 1, 3 1, 3 3, 1 3, 1 1))", "POLYGON ((2 0, 4 0, 4 2, 2 2, 2 0))",
    "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 3 1, 3 3, 1 3, 1 1))",
    "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((3 3, 4 3, 4 4, 3 4, 3 3)))",
)  # fmt: skip


def random_rows(count: int) -> dict[int, dict[str, Any]]:
    rng = random.Random(3)  # noqa: S311 (rows of a test)

    def some(values: Any) -> Any:
        return None if rng.random() < 0.15 else rng.choice(values)

    def tags() -> list[str]:
        return rng.sample(["a", "b", "c"], rng.randrange(4))

    return {
        key: place(
            id=key, name=some(_TEXTS), note=some(_TEXTS), levels=some(range(-3, 4)),
            width=some((-2.5, -1.0, 0.0, 0.5, 1.0, 3.0)), height=some((-0.25, 0.0, 2.0, 3.5)),
            open=some((True, False)), day=some(_DAYS), until=some(_DAYS), seen_at=some(_TIMES),
            gone_at=some(_TIMES), tags=some((tags(),)), days=some((["1"], ["1", "2"], [])), geom=some(_SHAPES),
        )
        for key in range(1, count + 1)
    }  # fmt: skip


def _op(op: str, *args: Any) -> dict[str, Any]:
    return {"op": op, "args": list(args)}


def _named(*names: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([{"property": name} for name in names])


def _ops(names: str, *args: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(_op, st.sampled_from(names.split()), *args)


COMPARISONS = "= <> < <= > >="
RELATIONS = (
    "t_after t_before t_contains t_disjoint t_during t_equals t_finishedby t_finishes"
    " t_intersects t_meets t_metby t_overlappedby t_overlaps t_startedby t_starts"
)
PLACE_RELATIONS = "s_intersects s_contains s_crosses s_disjoint s_equals s_overlaps s_touches s_within"
_literals = st.sampled_from([-2, -1, 0, 0.5, 1, 2, 3, 3.5])
numbers = st.recursive(
    _named("levels", "width", "height", "id") | _literals,
    lambda inner: _ops("+ - * / div %", inner, inner) | _ops("^", inner, st.sampled_from([-1, 0, 0.5, 2, 3])),
    max_leaves=4,
)
_plain = _named("name", "note") | st.sampled_from(_TEXTS)
texts = _plain | _ops("casei accenti", _plain) | _ops("casei", _ops("accenti", _plain))
_patterns = st.sampled_from(_PATTERNS)
patterns = _patterns | _ops("casei accenti", _patterns)
dates = _named("day", "until") | st.sampled_from([{"date": str(d)} for d in _DAYS])
stamps = _named("seen_at", "gone_at") | st.sampled_from(
    [{"timestamp": f"{t:%Y-%m-%dT%H:%M:%SZ}"} for t in _TIMES]
)
instants = dates | stamps
_pairs = st.tuples(st.sampled_from(_DAYS), st.sampled_from(_DAYS)).map(
    lambda ends: [str(d) for d in sorted(ends)]
)
_ends = st.tuples(_named("day", "seen_at") | st.just(".."), _named("until", "gone_at") | st.just("..")).map(
    list
)
intervals = (_pairs | _ends).map(lambda ends: {"interval": ends})
moments = instants | intervals
_sets = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3)
_corners = st.tuples(*[st.integers(0, 3)] * 2, *[st.integers(1, 2)] * 2)
shapes = _corners.map(lambda c: {"bbox": [c[0], c[1], c[0] + c[2], c[1] + c[3]]}) | st.sampled_from(
    [
        {"type": "Point", "coordinates": [1, 1]},
        {"type": "MultiPoint", "coordinates": [[1, 1], [4, 4]]},
        {"type": "LineString", "coordinates": [[0, 0], [4, 4]]},
        {"type": "LineString", "coordinates": [[0, 2], [4, 2], [4, 4]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]},
    ]
)
_leaves = st.one_of(
    st.booleans(),
    _named("open"),
    st.builds(lambda p: _op("isNull", p), _named("name", "width", "open", "geometry", "tags", "day")),
    _ops(COMPARISONS, numbers, numbers),
    _ops("between", numbers, numbers, numbers),
    _ops("in", numbers, st.lists(numbers, min_size=1, max_size=3)),
    _ops(COMPARISONS, texts, texts),
    _ops("in", texts, st.lists(texts, min_size=1, max_size=3)),
    _ops("like", texts, patterns),
    _ops(COMPARISONS, instants, instants),
    _ops("between", dates, dates, dates),
    _ops("between", stamps, stamps, stamps),
    _ops(RELATIONS, moments, moments),
    _ops(PLACE_RELATIONS, _named("geometry"), shapes),
    _ops(PLACE_RELATIONS, shapes, _named("geometry")),
    _ops("a_contains a_containedby a_equals a_overlaps", _named("tags"), _sets),
    _ops(
        "a_contains a_overlaps", _named("days"), st.lists(st.sampled_from([1, 2, 5]), min_size=1, max_size=2)
    ),
)
trees = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(lambda a: _op("not", a), inner),
        _ops("and or", inner, inner),
        st.builds(_op, st.sampled_from(["and", "or"]), inner, inner, inner),
        _ops("= <>", inner, inner),
    ),
    max_leaves=5,
)
