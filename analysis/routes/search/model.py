"""The flat arrays that the search works on: what is fixed, and what changes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

NO_WAY = 1 << 28  # ticks; beyond every shift, and a few of them still fit into 32 bits
MUST = 1 << 40  # ticks; dearer than any detour: what a task costs that must be served and is not
NONE = -1

# Places in State.numbers
COST, BEST, ABSENT, ITERATIONS, TOUCHED, SAVED, STAMP, BLINK = range(8)

# Columns of State.when, ticks: the earliest end of a visit's service, and its latest beginning with which all that
# follows is in time; when the vehicle is ready for the trip. Of the trip up to and with the visit: its end if the trip
# left ever so early; its length without waiting; the latest departure with which it is in time; when all of it is
# released. And when all of the trip from the visit on is released; in which direction the visit is served. Where
# waiting costs money, pieces of three numbers each (kernels/waiting.py): the route until the trip, the trip up to and
# with the visit, all from the visit on; and of the route, at its first visit, how long it works and what waiting and
# overtime cost.
END, LATEST, READY, EARLY, DRIVEN, LAST, FREE, FREE_FROM, WAY = range(9)
UNTIL, PIECE, REST, WORK, DEARER = 9, 12, 15, 18, 19
EVER = 1 << 50  # ticks; far from all days


class Model(NamedTuple):
    """The problem in whole numbers. n tasks, days, slots (day x vehicle: one route each), rows and columns.

    A visit is a task on a day: number task * days + day. Times and money are in ticks of time.
    """

    days: int
    vehicles: int
    tips: bool  # there are disposal sites: a tip may stand before every visit
    everywhere: bool  # insertion looks at every gap, not only beside near tasks
    has_prices: bool
    time: Array  # int32 (2, rows, columns): from the end of a place to the beginning of another; [1] is by way of
    # the best disposal site, its service included (absent where there are no sites)
    home: Array  # int64 (rows): to the end of the shift, emptied
    row: Array  # int32 (n, 2): where each way of the task ends; both the same where it has one way
    column: Array  # int32 (n, 2): where it begins
    service: Array  # int64 (n, 2)
    load: Array  # int64 (n, 2): grams, millilitres
    missing: Array  # int64 (n): what it costs to leave the task out
    least: Array  # int64 (n): what the task costs at least, wherever it goes or left out
    near: Array  # int32 (n, k): other tasks, nearest first
    into: Array  # int32 (n, n): the least from the end of another task (column) to the task (row); (0, 0): not known
    onto: Array  # int32 (n, n): the least from the task (row) to the beginning of another (column)
    price: Array  # int64 (n, vehicles), or (1, 1) where nothing has a price
    pattern: Array  # int64: sets of days as bits
    pattern_from: Array  # int32 (n + 1): the task's patterns are pattern[from[t]:from[t + 1]]
    task: Array  # int32 (visits): task of a visit
    start: Array  # int32 (slots): matrix row where the vehicle starts
    capacity: Array  # int64 (slots, 2)
    on_board: Array  # int64 (slots, 2) at the start
    limit: Array  # int64 (slots): longest working time
    normal: Array  # int64 (slots): the working time, or where clocks count the moment, from which on it is overtime
    fixed: Array  # int64 (slots): what it costs to use the vehicle
    kind: Array  # int32 (slots): slots of one kind are alike in everything
    overtime: float  # what a tick of overtime costs more than a tick
    spread: int  # the most that two shifts of a day may differ, in ticks; NONE: no bound
    timed: bool  # there are windows or releases: ways cost money, and clock times count; what follows is empty else
    waiting: float  # what a tick of waiting costs, in ticks
    money: Array  # int32 (2, rows, columns), as time: what the way costs, in ticks
    home_money: Array  # int64 (rows)
    to_tip: Array  # int64 (rows): to the one disposal site, its service included; 0 where there are several
    tip_row: int  # the one disposal site's row; NONE: time[1] is the way by the best of several
    clock: Array  # int32 (slots): which clock the vehicle goes by; each break stops one of its own
    opens: Array  # int64 (n, clocks), ticks after midnight, as all that follows
    closes: Array
    release: Array
    released: bool  # some tasks are released during the day: a tip may be there to leave earlier
    begin: Array  # int64 (slots)
    leaves: Array  # int64 (slots): the latest departure; trucks on the road drive on at once
    finish: Array


class State(NamedTuple):
    """A solution as linked lists of visits, with what is known per visit, and the best one found.

    `ahead[v, d]`: ticks from the shift's start to the end of visit v, served in direction d;
    `behind[v, d]`: from the beginning of v's service in direction d to the shift's end. Loads are of the trip: up to
    and with the visit, and from it on.
    """

    next: Array  # int32 (visits)
    before: Array
    tip: Array  # int8 (visits): tips before it
    route: Array  # int32 (visits): slot; NONE: not served
    ahead: Array  # int64 (visits, 2)
    behind: Array
    load_to: Array  # int64 (visits, 2)
    load_from: Array
    when: Array  # int64 (visits, times), or (visits, 0) where no clock counts
    first: Array  # int32 (slots)
    last: Array
    size: Array
    length: Array  # int64 (slots): working time
    prices: Array  # int64 (slots)
    cost: Array  # int64 (slots)
    absent: Array  # int32 (n): tasks not served, the first numbers[ABSENT]
    absences: Array  # int64 (n): how often a task was left out: who is hard to place
    band: Array  # int64 (days, 2): between which lengths the day's shifts are free of the price of unbalance
    weight: Array  # float64 (1): price of a tick beyond the band
    numbers: Array  # int64
    random: Array  # uint64 (1)
    touched: Array  # int32 (slots): routes changed in this iteration, in order
    is_touched: Array  # int8 (slots)
    saved: Array  # int32 (visits): their visits before the change
    saved_tip: Array  # int8
    saved_from: Array  # int32 (slots + 1)
    known: Array  # int64 (visits, 8 + times): ahead, behind, loads to and from each of them, when
    saved_cost: Array  # int64 (slots)
    saved_length: Array
    saved_prices: Array
    saved_absent: Array  # int32 (n)
    removed: Array  # int32 (n)
    key: Array  # float64 (n): order of insertion
    gaps: Array  # int32 (gaps, 3): slot, visit before, visit after
    stamp: Array  # int64 (visits + slots)
    seen: Array  # int64 (kinds)
    found: Array  # int64 (days, 6): cost, slot, visit before, tip before it, tip after it, direction
    best_next: Array
    best_tip: Array
    best_way: Array
    best_first: Array
    best_count: Array


def empty_state(model: Model, seed: int) -> State:
    """Nothing served. `seed` 0 or more."""
    visits, slots, n = len(model.task), len(model.start), len(model.service)
    times = (DEARER + 1 if model.waiting > 0.0 else UNTIL) if model.timed else 0
    state = State(
        next=_none(visits),
        before=_none(visits),
        tip=np.zeros(visits, dtype=np.int8),
        route=_none(visits),
        ahead=_ticks(visits, 2),
        behind=_ticks(visits, 2),
        load_to=_ticks(visits, 2),
        load_from=_ticks(visits, 2),
        when=_ticks(visits, times),
        first=_none(slots),
        last=_none(slots),
        size=np.zeros(slots, dtype=np.int32),
        length=_ticks(slots),
        prices=_ticks(slots),
        cost=_ticks(slots),
        absent=np.arange(n, dtype=np.int32),
        absences=_ticks(n),
        band=np.tile(np.array([0, NO_WAY], dtype=np.int64), (model.days, 1)),
        weight=np.zeros(1),
        numbers=_ticks(16),
        random=np.array([(seed + 1) * 0x9E3779B97F4A7C15 % (1 << 64)], dtype=np.uint64),
        touched=_none(slots),
        is_touched=np.zeros(slots, dtype=np.int8),
        saved=_none(visits),
        saved_tip=np.zeros(visits, dtype=np.int8),
        saved_from=np.zeros(slots + 1, dtype=np.int32),
        known=_ticks(visits, 8 + times),
        saved_cost=_ticks(slots),
        saved_length=_ticks(slots),
        saved_prices=_ticks(slots),
        saved_absent=_none(n),
        removed=_none(n),
        key=np.zeros(n),
        gaps=np.zeros((visits + 2 * slots + 2 * model.near.shape[1] + 2, 3), dtype=np.int32),
        stamp=_ticks(visits + slots),
        seen=_ticks(int(model.kind.max(initial=0)) + 1),
        found=_ticks(model.days, 6),
        best_next=_none(visits),
        best_tip=np.zeros(visits, dtype=np.int8),
        best_way=np.zeros(visits, dtype=np.int8),
        best_first=_none(slots),
        best_count=np.zeros(slots, dtype=np.int32),
    )
    state.numbers[ABSENT] = n
    state.numbers[COST] = state.numbers[BEST] = int(model.missing.sum())
    return state


def _none(size: int) -> Array:
    return np.full(size, NONE, dtype=np.int32)


def _ticks(*shape: int) -> Array:
    return np.zeros(shape, dtype=np.int64)
