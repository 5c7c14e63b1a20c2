"""How long a vehicle waits at least, if it leaves the yard as late as that ends its shift no later.

Pieces of a route are (duration, earliest and latest beginning with which it lasts no longer), joined as in Vidal,
Crainic, Gendreau and Prins (2013), section 4.2; a release is a window of the departure.
"""

from __future__ import annotations

from analysis.routes.search.kernels.compiled import compiled
from analysis.routes.search.model import (
    EVER,
    FREE,
    FREE_FROM,
    NONE,
    PIECE,
    REST,
    UNTIL,
    WAIT,
    WAY,
    WORK,
)


@compiled
def _joined(duration, early, late, way, more, opens, closes):
    """A piece, a way, and another piece, which are in time."""
    until = duration + way
    wait = max(opens - until - late, 0)
    return until + more + wait, max(opens - until, early) - wait, min(closes - until, late)


@compiled
def renew_waits(m, s, r):
    """Per visit the route up to the trip, the trip up to the visit's end, and all from its beginning on; at the first
    visit the route's work and waiting."""
    d, e, late = 0, m.begin[r], EVER
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
            here, free = m.tip_row, w[FREE_FROM]
        way = m.time[0, here, c]
        pd, pe, pl = _joined(pd, pe, pl, way, service, m.opens[t], m.closes[t])
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
    first[WORK], first[WAIT] = work, d - work
    _rests(m, s, r)


@compiled
def _rests(m, s, r):
    v = s.last[r]
    d, e, late = 0, -EVER, m.finish[r]
    way = m.home[m.row[m.task[v], s.when[v, WAY]]]
    while v != NONE:
        t = m.task[v]
        w = s.when[v]
        c = m.column[t, w[WAY]]
        d, e, late = _joined(m.service[t, w[WAY]], m.opens[t], m.closes[t], way, d, e, late)
        w[REST], w[REST + 1], w[REST + 2] = d, e, late
        u = s.before[v]
        if u != NONE:
            here = m.row[m.task[u], s.when[u, WAY]]
            if s.tip[v]:
                d, e, late = _joined(0, w[FREE_FROM], EVER, m.time[0, m.tip_row, c], d, e, late)
                way = m.to_tip[here]
            else:
                way = m.time[0, here, c]
        v = u


@compiled
def wait_with(m, s, t, way, r, a, b, before, behind):
    """The route's waiting with task t, in that direction, between visits a and b; it is known to be in time."""
    c, row = m.column[t, way], m.row[t, way]
    free = m.release[t]
    if b != NONE and not behind:
        free = max(free, s.when[b, FREE_FROM])
    work = m.service[t, way]
    if s.first[r] != NONE:
        work += s.when[s.first[r], WORK]
    here = m.start[r]
    d, e, late = 0, m.begin[r], EVER
    if a != NONE:
        w = s.when[a]
        here = m.row[m.task[a], w[WAY]]
        d, e, late = w[UNTIL], w[UNTIL + 1], w[UNTIL + 2]
        d, e, late = _joined(d, e, late, 0, 0, w[FREE] if before else max(w[FREE], free), EVER)
        d, e, late = _joined(d, e, late, 0, w[PIECE], w[PIECE + 1], w[PIECE + 2])
    if b != NONE:
        cb = m.column[m.task[b], s.when[b, WAY]]
        if s.tip[b]:
            work -= m.to_tip[here] + m.time[0, m.tip_row, cb]
        else:
            work -= m.time[0, here, cb]
    elif a != NONE:
        work -= m.home[here]
    if before:
        d, e, late = _joined(d, e, late, m.to_tip[here], 0, free, EVER)
        work += m.to_tip[here]
        here = m.tip_row
    elif a == NONE:
        d, e, late = _joined(d, e, late, 0, 0, free, EVER)
    work += m.time[0, here, c]
    d, e, late = _joined(d, e, late, m.time[0, here, c], m.service[t, way], m.opens[t], m.closes[t])
    if b == NONE:
        d, e, late = _joined(d, e, late, m.home[row], 0, -EVER, m.finish[r])
        return d - work - m.home[row]
    if behind:
        d, e, late = _joined(d, e, late, m.to_tip[row], 0, s.when[b, FREE_FROM], EVER)
        work += m.to_tip[row]
        row = m.tip_row
    w = s.when[b]
    d, e, late = _joined(d, e, late, m.time[0, row, cb], w[REST], w[REST + 1], w[REST + 2])
    return d - work - m.time[0, row, cb]
