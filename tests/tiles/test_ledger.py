"""The ledger: what a state still stands for, by hand and against the plain definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tiles.grids import Bounds
from tiles.ledger import MOST_CHANGES, Change, Ledger

NOWHERE = Bounds(1, 1, 0, 0)
coordinates = st.integers(0, 8)
boxes = (
    st.none()
    | st.builds(lambda x, y, w, h: Bounds(x, y, x + w, y + h), *[coordinates] * 4)
    | st.just(NOWHERE)
)


def moment(revision: int) -> str:
    return f"{revision}.a" if revision else "0"


def changes(first: int, *bounds: Bounds | None) -> list[Change]:
    return [Change(first + n, moment(first + n), box) for n, box in enumerate(bounds)]


def ledger_of(*bounds: Bounds | None) -> Ledger:
    ledger = Ledger()
    ledger.learn("trees", len(bounds), moment(len(bounds)), changes(1, *bounds))
    return ledger


def meet(a: Bounds | None, b: Bounds) -> bool:
    if a is None:
        return True
    return (
        a.min_x <= a.max_x
        and max(a.min_x, b.min_x) <= min(a.max_x, b.max_x)
        and max(a.min_y, b.min_y) <= min(a.max_y, b.max_y)
    )


@given(
    st.lists(boxes, max_size=6),
    st.integers(0, 6),
    st.integers(0, 6),
    boxes.filter(lambda b: b not in {None, NOWHERE}),
)
def test_what_no_later_change_meets_is_unchanged(told: list, since: int, split: int, asked: Bounds) -> None:
    since, split = min(since, len(told)), min(split, len(told))
    ledger = ledger_of(*told[:split])
    if told[split:]:
        ledger.learn("trees", len(told), moment(len(told)), changes(split + 1, *told[split:]))
    expected = not any(meet(box, asked) for box in told[since:])
    assert ledger.unchanged_since(["trees"], moment(since), asked) is expected


def test_state_of_another_database_or_of_the_future_is_not_known() -> None:
    ledger = ledger_of(NOWHERE, NOWHERE)
    box = Bounds(0, 0, 1, 1)
    assert ledger.unchanged_since(["trees"], "1.a", box)
    assert not ledger.unchanged_since(["trees"], "1.b", box)
    assert not ledger.unchanged_since(["trees"], "3.a", box)
    assert not ledger.unchanged_since(["trees"], "", box)
    assert not ledger.unchanged_since(["trees", "streets"], "2.a", box)
    assert ledger.unchanged_since(["trees", "streets"], "2.a-0", box)


def test_gap_in_the_log_ends_what_can_be_looked_back_to() -> None:
    ledger = ledger_of(NOWHERE)
    ledger.learn("trees", 4, moment(4), changes(3, NOWHERE, NOWHERE))
    box = Bounds(0, 0, 1, 1)
    known = [ledger.unchanged_since(["trees"], moment(revision), box) for revision in range(5)]
    assert known == [False, False, False, True, True]


def test_collection_that_began_anew_forgets_its_past() -> None:
    ledger = ledger_of(NOWHERE, NOWHERE, NOWHERE)
    ledger.learn("trees", 1, "1.later", [])
    assert not ledger.unchanged_since(["trees"], moment(1), Bounds(0, 0, 1, 1))
    assert ledger.unchanged_since(["trees"], "1.later", Bounds(0, 0, 1, 1))


def test_memory_is_bounded_and_the_older_half_goes_first() -> None:
    ledger = ledger_of(*[NOWHERE] * (MOST_CHANGES + 1))
    assert not ledger.unchanged_since(["trees"], moment(1), None)
    assert ledger.unchanged_since(["trees"], moment(MOST_CHANGES // 2 + 10), None)


def test_number_tells_any_two_ledgers_and_moments_apart() -> None:
    first, second = ledger_of(), ledger_of()
    assert first.number != second.number
    before = first.number
    first.learn("trees", 1, "1.a", changes(1, None))
    assert first.number != before
