"""What waiting and overtime cost, if a vehicle leaves the yard as late as that ends its shift no later.

Pieces of a route are (duration, earliest and latest beginning with which it lasts no longer), joined as in Vidal,
Crainic, Gendreau and Prins (2013), section 4.2; a release is a window of the departure.
"""

from __future__ import annotations

from analysis.routes.search.kernels.compiled import compiled
from analysis.routes.search.model import (
    DEARER,
    EVER,
    FREE,
    FREE_FROM,
    NONE,
    PIECE,
    REST,
    UNTIL,
    WAY,
    WORK,
)


@compiled
def from_tip(m, here, c):
    """The way to column c of a vehicle that has tipped since it left row `here`: from the one disposal site, or by way
    of the best of several (`to_tip` is 0 then)."""
    return m.time[1, here, c] if m.tip_row == NONE else m.time[0, m.tip_row, c]


@compiled
def dearer(m, r, wait, end):
    """What a shift of slot r costs more that waits so long and ends then, in ticks."""
    cost = int(m.waiting * wait)
    if end > m.normal[r]:
        cost += int(m.overtime * (end - m.normal[r]))
    return cost


@compiled
def _joined(duration, early, late, way, more, opens, closes):
    """A piece, a way, and another piece, which are in time."""
    until = duration + way
    wait = max(opens - until - late, 0)
    return until + more + wait, max(opens - until, early) - wait, min(closes - until, late)


@compiled
def renew_waits(m, s, r):
    """Per visit the route up to the trip, the trip up to the visit's end, and all from its beginning on; at the first
    visit the route's work and what waiting and overtime cost."""
    k = m.clock[r]
    d, e, late = 0, m.begin[r], m.leaves[r]
    pd, pe, pl = 0, -EVER, EVER
    here, work = m.start[r], 0
    v = s.first[r]
    free = s.when[v, FREE_FROM]
    while v != NONE:
        t = m.task[v]
        w = s.when[v]
        c, service = m.column[t, w[WAY]], m.service[t, w[WAY]]
        if s.tip[v]:
            d, e, late = _joined(d, e, late, 0, 0, free, EVER)
            d, e, late = _joined(d, e, late, 0, pd, pe, pl)
            d, e, late = _joined(d, e, late, m.to_tip[here], 0, -EVER, EVER)
            pd, pe, pl = 0, -EVER, EVER
            work += m.to_tip[here]
            free = w[FREE_FROM]
        way = from_tip(m, here, c) if s.tip[v] else m.time[0, here, c]
        pd, pe, pl = _joined(pd, pe, pl, way, service, m.opens[t, k], m.closes[t, k])
        work += way + service
        w[UNTIL], w[UNTIL + 1], w[UNTIL + 2] = d, e, late
        w[PIECE], w[PIECE + 1], w[PIECE + 2] = pd, pe, pl
        here = m.row[t, w[WAY]]
        v = s.next[v]
    work += m.home[here]
    d, e, late = _joined(d, e, late, 0, 0, free, EVER)
    d, e, late = _joined(d, e, late, 0, pd, pe, pl)
    d, e, late = _joined(d, e, late, m.home[here], 0, -EVER, m.finish[r])
    first = s.when[s.first[r]]
    first[WORK], first[DEARER] = work, dearer(m, r, d - work, e + d)
    _rests(m, s, r)


@compiled
def _rests(m, s, r):
    k = m.clock[r]
    v = s.last[r]
    d, e, late = 0, -EVER, m.finish[r]
    way = m.home[m.row[m.task[v], s.when[v, WAY]]]
    while v != NONE:
        t = m.task[v]
        w = s.when[v]
        c = m.column[t, w[WAY]]
        d, e, late = _joined(m.service[t, w[WAY]], m.opens[t, k], m.closes[t, k], way, d, e, late)
        w[REST], w[REST + 1], w[REST + 2] = d, e, late
        u = s.before[v]
        if u != NONE:
            here = m.row[m.task[u], s.when[u, WAY]]
            if s.tip[v]:
                d, e, late = _joined(0, w[FREE_FROM], EVER, from_tip(m, here, c), d, e, late)
                way = m.to_tip[here]
            else:
                way = m.time[0, here, c]
        v = u


@compiled
def dearer_with(m, s, t, way, r, a, b, before, behind):
    """What the route's waiting and overtime cost with task t, in that direction, between visits a and b; it is known to
    be in time."""
    c, row, k = m.column[t, way], m.row[t, way], m.clock[r]
    free = m.release[t, k]
    if b != NONE and not behind:
        free = max(free, s.when[b, FREE_FROM])
    work = m.service[t, way]
    if s.first[r] != NONE:
        work += s.when[s.first[r], WORK]
    here = m.start[r]
    d, e, late = 0, m.begin[r], m.leaves[r]
    if a != NONE:
        w = s.when[a]
        here = m.row[m.task[a], w[WAY]]
        d, e, late = w[UNTIL], w[UNTIL + 1], w[UNTIL + 2]
        d, e, late = _joined(d, e, late, 0, 0, w[FREE] if before else max(w[FREE], free), EVER)
        d, e, late = _joined(d, e, late, 0, w[PIECE], w[PIECE + 1], w[PIECE + 2])
    if b != NONE:
        cb = m.column[m.task[b], s.when[b, WAY]]
        if s.tip[b]:
            work -= m.to_tip[here] + from_tip(m, here, cb)
        else:
            work -= m.time[0, here, cb]
    elif a != NONE:
        work -= m.home[here]
    into = m.time[0, here, c]
    if before:
        d, e, late = _joined(d, e, late, m.to_tip[here], 0, free, EVER)
        work += m.to_tip[here]
        into = from_tip(m, here, c)
    elif a == NONE:
        d, e, late = _joined(d, e, late, 0, 0, free, EVER)
    work += into
    d, e, late = _joined(d, e, late, into, m.service[t, way], m.opens[t, k], m.closes[t, k])
    if b == NONE:
        d, e, late = _joined(d, e, late, m.home[row], 0, -EVER, m.finish[r])
        return dearer(m, r, d - work - m.home[row], e + d)
    onto = m.time[0, row, cb]
    if behind:
        d, e, late = _joined(d, e, late, m.to_tip[row], 0, s.when[b, FREE_FROM], EVER)
        work += m.to_tip[row]
        onto = from_tip(m, row, cb)
    w = s.when[b]
    d, e, late = _joined(d, e, late, onto, w[REST], w[REST + 1], w[REST + 2])
    return dearer(m, r, d - work - onto, e + d)
