"""Routes with time windows and releases: what is known at each visit, and the cheapest gap that is in time.

A trip may leave the depot or the disposal site no earlier than all it serves is released, so an insertion can delay the
visits before it. Each visit therefore also knows its part of the trip as a piece that any departure can be put before
(Vidal, Crainic, Gendreau and Prins, "A hybrid genetic algorithm with adaptive diversity management for a large class of
vehicle routing problems with time-windows", 2013): every gap is judged exactly in a few look-ups. A street is inserted
in the better direction, and keeps it while it stays.
"""

from __future__ import annotations

import numpy as np

from analysis.routes.search.kernels import waiting
from analysis.routes.search.kernels.chance import uniform
from analysis.routes.search.kernels.compiled import compiled
from analysis.routes.search.model import (
    BLINK,
    DRIVEN,
    EARLY,
    END,
    EVER,
    FREE,
    FREE_FROM,
    LAST,
    LATEST,
    NONE,
    READY,
    WAIT,
    WAY,
)

IMPOSSIBLE = 1 << 60  # a cost
OVERLOOKED = 0.01  # share of gaps


@compiled
def renew_timed(m, s, r):
    """Recompute the route of slot r from its links; where it is late, its length is IMPOSSIBLE."""
    s.tip[s.first[r]] = 0
    _releases(m, s, r)
    late = _ahead(m, s, r)
    _behind(m, s, r)
    s.cost[r] = s.length[r] + s.prices[r] + m.fixed[r]
    if m.waiting > 0.0:
        waiting.renew_waits(m, s, r)
        s.cost[r] += int(m.waiting * s.when[s.first[r], WAIT])
    if late:
        s.length[r] = s.cost[r] = IMPOSSIBLE


@compiled
def _releases(m, s, r):
    """Loads and releases of the trips from each visit on, and the prices."""
    kg, m3, free = 0, 0, -EVER
    s.prices[r] = 0
    v = s.last[r]
    while v != NONE:
        t = m.task[v]
        kg += m.load[t, 0]
        m3 += m.load[t, 1]
        free = max(free, m.release[t])
        s.load_from[v, 0], s.load_from[v, 1], s.when[v, FREE_FROM] = kg, m3, free
        if m.has_prices:
            s.prices[r] += m.price[t, r % m.vehicles]
        if s.tip[v]:
            kg, m3, free = 0, 0, -EVER
        v = s.before[v]


@compiled
def _ahead(m, s, r):
    """Earliest times, loads and pieces up to each visit, and the length; whether a visit or the end is late."""
    ready, at, length, late = m.begin[r], m.start[r], 0, False
    kg, m3, free, early, driven, last = 0, 0, -EVER, -EVER, 0, EVER
    here, leaves = at, ready
    v = s.first[r]
    leaves = max(ready, s.when[v, FREE_FROM])
    end = leaves
    while v != NONE:
        t, d = m.task[v], s.when[v, WAY]
        c = m.column[t, d]
        if s.tip[v]:
            length += m.money[1, here, c]
            ready = end + m.to_tip[here]
            here = m.tip_row
            leaves = end = max(ready, s.when[v, FREE_FROM])
            kg, m3, free, early, driven, last = 0, 0, -EVER, -EVER, 0, EVER
        else:
            length += m.money[0, here, c]
        way, service = m.time[0, here, c], m.service[t, d]
        last = min(last, m.closes[t] - driven - way)
        start = max(end + way, m.opens[t])
        late = late or start > m.closes[t]
        end = start + service
        early = max(early + way, m.opens[t]) + service
        driven += way + service
        kg += m.load[t, 0]
        m3 += m.load[t, 1]
        free = max(free, m.release[t])
        s.load_to[v, 0], s.load_to[v, 1] = kg, m3
        w = s.when[v]
        w[END], w[READY], w[EARLY], w[DRIVEN], w[LAST], w[FREE] = end, ready, early, driven, last, free
        here = m.row[t, d]
        v = s.next[v]
    s.length[r] = length + m.home_money[here]
    return late or end + m.home[here] > m.finish[r]


@compiled
def _behind(m, s, r):
    """The latest start of service at each visit with which all that follows is in time."""
    v = s.last[r]
    latest = m.finish[r] - m.home[m.row[m.task[v], s.when[v, WAY]]]
    while v != NONE:
        t, d = m.task[v], s.when[v, WAY]
        own = min(m.closes[t], latest - m.service[t, d])
        s.when[v, LATEST] = own
        u = s.before[v]
        if u != NONE:
            here = m.row[m.task[u], s.when[u, WAY]]
            if s.tip[v]:
                latest = own - m.time[0, m.tip_row, m.column[t, d]] - m.to_tip[here]
            else:
                latest = own - m.time[0, here, m.column[t, d]]
        v = u


@compiled
def _in_time(m, s, t, d, r, a, b, before, behind):
    """Whether task t may go in direction d between visits a and b, with a tip before or behind it."""
    c, here = m.column[t, d], m.row[t, d]
    free = m.release[t]
    if b != NONE and not behind:
        free = max(free, s.when[b, FREE_FROM])
    if a == NONE:
        end = max(m.begin[r], free) + m.time[0, m.start[r], c]
    else:
        w = s.when[a]
        if before:
            shorter = (
                b != NONE and not s.tip[b]
            )  # the trip up to a may leave without waiting for what follows
            end_a = max(max(w[READY], w[FREE]) + w[DRIVEN], w[EARLY]) if shorter else w[END]
            end = max(end_a + m.to_tip[m.row[m.task[a], w[WAY]]], free) + m.time[0, m.tip_row, c]
        else:
            leaves = max(w[READY], max(w[FREE], free))
            if leaves > w[LAST]:
                return False
            end = max(leaves + w[DRIVEN], w[EARLY]) + m.time[0, m.row[m.task[a], w[WAY]], c]
    if end > m.closes[t]:
        return False
    end = max(end, m.opens[t]) + m.service[t, d]
    if b == NONE:
        return end + m.home[here] <= m.finish[r]
    cb = m.column[m.task[b], s.when[b, WAY]]
    if behind:
        leaves = max(end + m.to_tip[here], s.when[b, FREE_FROM])
        return leaves + m.time[0, m.tip_row, cb] <= s.when[b, LATEST]
    return end + m.time[0, here, cb] <= s.when[b, LATEST]


@compiled
def _fits(m, s, t, r, a, b, before, behind):
    """Whether the trip that the task joins holds it."""
    kg, m3 = m.load[t, 0], m.load[t, 1]
    if a != NONE and not before:
        kg += s.load_to[a, 0]
        m3 += s.load_to[a, 1]
    if b != NONE and not behind:
        kg += s.load_from[b, 0]
        m3 += s.load_from[b, 1]
    return kg <= m.capacity[r, 0] and m3 <= m.capacity[r, 1]


@compiled
def find_timed(m, s, t, day, count):
    """The cheapest of the first `count` gaps for the task, into found[day]; IMPOSSIBLE where there is none.

    Tried are: no tip, one before the task, one behind it, both; a tip that is there already stays at one of the two.
    """
    gaps, money = s.gaps, m.money
    directions = 2 if m.column[t, 0] != m.column[t, 1] or m.row[t, 0] != m.row[t, 1] else 1
    best, best_gap, best_before, best_behind, best_way = IMPOSSIBLE, NONE, 0, 0, 0
    blink = s.numbers[BLINK]
    for i in range(count):
        if blink == 0:
            blink = int(np.log(1.0 - uniform(s.random)) / np.log(1.0 - OVERLOOKED))
            continue
        blink -= 1
        r, a, b = gaps[i, 0], gaps[i, 1], gaps[i, 2]
        tip = b != NONE and s.tip[b] == 1
        from_ = m.start[r] if a == NONE else m.row[m.task[a], s.when[a, WAY]]
        cb = NONE if b == NONE else m.column[m.task[b], s.when[b, WAY]]
        extra = m.price[t, r % m.vehicles] if m.has_prices else 0
        if a == NONE and b == NONE:
            extra += m.fixed[r]
        elif b == NONE:
            extra -= m.home_money[from_]
        else:
            extra -= money[s.tip[b], from_, cb]
        if m.waiting > 0.0 and s.first[r] != NONE:
            extra -= int(m.waiting * s.when[s.first[r], WAIT])
        for d in range(directions):
            c, here = m.column[t, d], m.row[t, d]
            # A tip more makes no way shorter: what is too dear without one is not looked at with one.
            least = extra + money[0, from_, c] + (m.home_money[here] if b == NONE else money[0, here, cb])
            if least >= best:
                continue
            for option in range(4):
                before, behind = option & 1, option >> 1
                if (before or behind) and not m.tips:
                    break
                if (before and a == NONE) or (behind and b == NONE) or (tip and option == 0):
                    continue
                cost = extra + money[before, from_, c]
                cost += m.home_money[here] if b == NONE else money[behind, here, cb]
                if (
                    cost >= best
                    or not _fits(m, s, t, r, a, b, before, behind)
                    or not _in_time(m, s, t, d, r, a, b, before, behind)
                ):
                    continue
                if m.waiting > 0.0:
                    cost += int(m.waiting * waiting.wait_with(m, s, t, d, r, a, b, before, behind))
                if cost < best:
                    best, best_gap, best_before, best_behind, best_way = cost, i, before, behind, d
                if option == 0:
                    break
    s.numbers[BLINK] = blink
    s.found[day, 0] = best
    if best_gap != NONE:
        s.found[day, 1], s.found[day, 2] = gaps[best_gap, 0], gaps[best_gap, 1]
        s.found[day, 3], s.found[day, 4], s.found[day, 5] = best_before, best_behind, best_way
