"""One route: what is known at each of its visits, and what it costs."""

from __future__ import annotations

from analysis.routes.search.kernels.compiled import compiled
from analysis.routes.search.kernels.timed import renew_timed
from analysis.routes.search.model import NONE

IMPOSSIBLE = 1 << 60  # a cost, a price


@compiled
def priced(ticks, normal, overtime, low, high, weight):
    """What a shift of this length costs: its time, overtime dearer, and what it is out of balance."""
    cost = ticks
    if ticks > normal:
        cost += int(overtime * (ticks - normal))
    if weight > 0.0:
        if ticks > high:
            cost += int(weight * (ticks - high))
        elif ticks < low:
            cost += int(weight * (low - ticks))
    return cost


@compiled
def renew(m, s, r):
    """Recompute the route of slot r from its links; a tip that the loads do not need is dropped."""
    if s.size[r] == 0:
        s.length[r] = 0
        s.cost[r] = 0
        s.prices[r] = 0
        return
    if m.tips and not m.released:
        _drop_tips(m, s, r)
    if m.timed:
        renew_timed(m, s, r)
        return
    s.prices[r] = 0
    if m.has_prices:
        v = s.first[r]
        while v != NONE:
            s.prices[r] += m.price[m.task[v], r % m.vehicles]
            v = s.next[v]
    _look_ahead(m, s, r, s.first[r], NONE)
    _look_behind(m, s, r, s.last[r], NONE)
    _total(m, s, r)


@compiled
def renew_around(m, s, r, v):
    """The same after visit v was put into a route whose other visits are up to date."""
    if m.timed:
        renew_timed(m, s, r)
        return
    if m.has_prices:
        s.prices[r] += m.price[m.task[v], r % m.vehicles]
    _look_ahead(m, s, r, v, s.next[v])
    _look_behind(m, s, r, v, s.before[v])
    _total(m, s, r)


@compiled
def _total(m, s, r):
    v = s.first[r]
    t = m.task[v]
    f, at = s.tip[v], m.start[r]
    length = min(
        m.time[f, at, m.column[t, 0]] + s.behind[v, 0], m.time[f, at, m.column[t, 1]] + s.behind[v, 1]
    )
    day = r // m.vehicles
    s.length[r] = length
    s.cost[r] = (
        priced(length, m.normal[r], m.overtime, s.band[day, 0], s.band[day, 1], s.weight[0])
        + s.prices[r]
        + m.fixed[r]
    )


@compiled
def _drop_tips(m, s, r):
    """Join trips that fit into one; the loads from each visit on are computed on the way."""
    kg, m3 = 0, 0
    v = s.last[r]
    while v != NONE:
        t = m.task[v]
        kg += m.load[t, 0]
        m3 += m.load[t, 1]
        s.load_from[v, 0] = kg
        s.load_from[v, 1] = m3
        if s.tip[v]:
            kg, m3 = 0, 0
        v = s.before[v]
    kg, m3 = m.on_board[r, 0], m.on_board[r, 1]
    v = s.first[r]
    while v != NONE:
        t = m.task[v]
        if s.tip[v]:
            if kg + s.load_from[v, 0] <= m.capacity[r, 0] and m3 + s.load_from[v, 1] <= m.capacity[r, 1]:
                s.tip[v] = 0
            else:
                kg, m3 = 0, 0
        kg += m.load[t, 0]
        m3 += m.load[t, 1]
        v = s.next[v]


@compiled
def _look_ahead(m, s, r, v, known):
    """From visit v on. From `known` on the visits hold what was true before a change further ahead: where both
    directions came later by the same, all that follows does, and where a trip ends, loads are as before."""
    u = s.before[v]
    if u == NONE:
        kg, m3 = m.on_board[r, 0], m.on_board[r, 1]
        from0 = from1 = m.start[r]
        p0, p1 = 0, 0
    else:
        w = m.task[u]
        kg, m3 = s.load_to[u, 0], s.load_to[u, 1]
        from0, from1 = m.row[w, 0], m.row[w, 1]
        p0, p1 = s.ahead[u, 0], s.ahead[u, 1]
    is_known, later, parallel, trip = False, 0, False, True
    while v != NONE:
        t = m.task[v]
        is_known = is_known or v == known
        f = s.tip[v]
        if f:
            kg, m3 = 0, 0
            trip = trip and not (is_known and v != known)
        if trip:
            kg += m.load[t, 0]
            m3 += m.load[t, 1]
            s.load_to[v, 0], s.load_to[v, 1] = kg, m3
        if parallel:
            if later == 0 and not trip:
                return
            s.ahead[v, 0] += later
            s.ahead[v, 1] += later
        else:
            to0, to1 = m.column[t, 0], m.column[t, 1]
            a0 = min(p0 + m.time[f, from0, to0], p1 + m.time[f, from1, to0]) + m.service[t, 0]
            a1 = min(p0 + m.time[f, from0, to1], p1 + m.time[f, from1, to1]) + m.service[t, 1]
            p0, p1 = a0, a1
            if is_known:
                later = p0 - s.ahead[v, 0]
                parallel = p1 - s.ahead[v, 1] == later
            s.ahead[v, 0], s.ahead[v, 1] = p0, p1
            from0, from1 = m.row[t, 0], m.row[t, 1]
        v = s.next[v]


@compiled
def _look_behind(m, s, r, v, known):
    """From visit v back; `known` as in _look_ahead."""
    kg, m3 = 0, 0
    t = m.task[v]
    b = s.next[v]
    if b == NONE:
        out0, out1 = m.home[m.row[t, 0]], m.home[m.row[t, 1]]
    else:
        w, f = m.task[b], s.tip[b]
        q0, q1 = s.behind[b, 0], s.behind[b, 1]
        out0 = min(m.time[f, m.row[t, 0], m.column[w, 0]] + q0, m.time[f, m.row[t, 0], m.column[w, 1]] + q1)
        out1 = min(m.time[f, m.row[t, 1], m.column[w, 0]] + q0, m.time[f, m.row[t, 1], m.column[w, 1]] + q1)
        if not f:
            kg, m3 = s.load_from[b, 0], s.load_from[b, 1]
    is_known, later, parallel, trip = False, 0, False, True
    while v != NONE:
        t = m.task[v]
        is_known = is_known or v == known
        if trip:
            kg += m.load[t, 0]
            m3 += m.load[t, 1]
            s.load_from[v, 0], s.load_from[v, 1] = kg, m3
        f = s.tip[v]
        if f:
            kg, m3 = 0, 0
            trip = trip and not is_known
        u = s.before[v]
        if parallel:
            s.behind[v, 0] += later
            s.behind[v, 1] += later
            if later == 0 and not trip:
                return
        else:
            q0, q1 = out0 + m.service[t, 0], out1 + m.service[t, 1]
            if is_known:
                later = q0 - s.behind[v, 0]
                parallel = q1 - s.behind[v, 1] == later
            s.behind[v, 0], s.behind[v, 1] = q0, q1
            if u != NONE:
                w = m.task[u]
                to0, to1 = m.column[t, 0], m.column[t, 1]
                from0, from1 = m.row[w, 0], m.row[w, 1]
                out0 = min(m.time[f, from0, to0] + q0, m.time[f, from0, to1] + q1)
                out1 = min(m.time[f, from1, to0] + q0, m.time[f, from1, to1] + q1)
        v = u


@compiled
def link(s, r, a, v, b):
    """Put visit v between a and b of slot r; NONE is the route's end."""
    s.route[v] = r
    s.before[v] = a
    s.next[v] = b
    if a == NONE:
        s.first[r] = v
    else:
        s.next[a] = v
    if b == NONE:
        s.last[r] = v
    else:
        s.before[b] = v
    s.size[r] += 1


@compiled
def unlink(s, v):
    """Take visit v out of its route; a tip before it stays before the next."""
    r, a, b = s.route[v], s.before[v], s.next[v]
    if a == NONE:
        s.first[r] = b
    else:
        s.next[a] = b
    if b == NONE:
        s.last[r] = a
    else:
        s.before[b] = a
        if s.tip[v]:
            s.tip[b] = 1
    s.tip[v] = 0
    s.route[v] = NONE
    s.size[r] -= 1
