"""Put absent tasks back, each where it costs least now; here and there a gap is overlooked (blinks)."""

from __future__ import annotations

import numpy as np

from analysis.routes.search.kernels.chance import uniform
from analysis.routes.search.kernels.compiled import compiled
from analysis.routes.search.kernels.route import IMPOSSIBLE, link, priced, renew_around
from analysis.routes.search.kernels.ruin import touch
from analysis.routes.search.kernels.timed import find_timed
from analysis.routes.search.model import ABSENT, BLINK, NONE, STAMP, WAY

OVERLOOKED = 0.01  # share of gaps
MOST_ABSENT = 40  # tasks that find no place; then the others wait for the next iteration


@compiled
def recreate(m, s, change, most):
    """Insert the absent tasks in a random one of four orders (section 5.2 of the paper).

    `change` is what the solution costs without them, less what it did before. False, with the solution half done, as
    soon as it will have become dearer by more than `most`: each task that is still to come has a least cost.
    """
    k = s.numbers[ABSENT]
    _sort(m, s, k)
    for i in range(k):
        change += m.least[s.removed[i]]
    left, failed = 0, 0
    for i in range(k):
        if change > most:
            return False
        t = s.removed[i]
        cost = IMPOSSIBLE if failed >= MOST_ABSENT else _insert(m, s, t)
        if cost == IMPOSSIBLE:
            s.absent[left] = t
            cost = m.missing[t]
            left += 1
            failed += 1
        change += cost - m.least[t]
    s.numbers[ABSENT] = left
    return change <= most


@compiled
def _sort(m, s, k):
    """Absent tasks into `removed`: at random, largest first, farthest first, nearest first; those with windows also by
    the shortest, the earliest and the last to close."""
    u = uniform(s.random) * (17.0 if m.timed else 11.0)
    for i in range(k):
        t = s.absent[i]
        if u < 4.0:
            s.key[i] = uniform(s.random)
        elif u < 8.0:
            s.key[i] = -float(m.load[t, 0] + m.load[t, 1])
        elif u < 11.0:
            far = float(m.home[m.row[t, 0]])
            s.key[i] = -far if u < 10.0 else far
        elif u < 13.0:
            s.key[i] = float(m.closes[t, 0] - m.opens[t, 0])
        else:
            s.key[i] = float(m.opens[t, 0]) if u < 15.0 else -float(m.closes[t, 0])
    for i in range(k):
        t, key = s.absent[i], s.key[i]
        j = i
        while j > 0 and s.key[j - 1] > key:
            s.key[j], s.removed[j] = s.key[j - 1], s.removed[j - 1]
            j -= 1
        s.key[j], s.removed[j] = key, t


@compiled
def _insert(m, s, t):
    """Put the task where it costs least, and return that; IMPOSSIBLE, and nothing, where no place is worth it."""
    best, best_pattern = m.missing[t], NONE
    days = 0
    for p in range(m.pattern_from[t], m.pattern_from[t + 1]):
        days |= m.pattern[p]
    for day in range(m.days):
        if days >> day & 1:
            _find(m, s, t, day)
    for p in range(m.pattern_from[t], m.pattern_from[t + 1]):
        cost = 0
        for day in range(m.days):
            if m.pattern[p] >> day & 1:
                cost += s.found[day, 0]
        if cost < best:
            best, best_pattern = cost, p
    if best_pattern == NONE:
        return IMPOSSIBLE
    for day in range(m.days):
        if m.pattern[best_pattern] >> day & 1:
            _put(m, s, t, day)
    return best


@compiled
def _put(m, s, t, day):
    r, a = s.found[day, 1], s.found[day, 2]
    v = t * m.days + day
    b = s.first[r] if a == NONE else s.next[a]
    touch(s, r)
    link(s, r, a, v, b)
    s.tip[v] = s.found[day, 3]
    if m.timed:
        s.when[v, WAY] = s.found[day, 5]
    if b != NONE:
        s.tip[b] = s.found[day, 4]
    renew_around(m, s, r, v)


@compiled
def _gaps(m, s, t, day):
    """List where the task could go that day: all gaps, or those beside near tasks and at the ends of routes."""
    gaps, count = s.gaps, 0
    s.numbers[STAMP] += 1
    stamp = s.numbers[STAMP]
    # Where clocks count, an empty vehicle comes first: of two ways as long, the one that leaves more time.
    for r in range(day * m.vehicles, (day + 1) * m.vehicles if m.timed else 0):
        if s.size[r] == 0 and m.limit[r] >= 0:
            s.seen[m.kind[r]] = stamp
            gaps[count, 0], gaps[count, 1], gaps[count, 2] = r, NONE, NONE
            count += 1
            break
    r = _next_route(m, s, t, day, day * m.vehicles - 1)
    while r != NONE:
        a, v = NONE, s.first[r]
        while v != NONE and m.everywhere:
            gaps[count, 0], gaps[count, 1], gaps[count, 2] = r, a, v
            count += 1
            a, v = v, s.next[v]
        if v != NONE:
            gaps[count, 0], gaps[count, 1], gaps[count, 2] = r, NONE, v
            s.stamp[v] = stamp
            count += 1
        gaps[count, 0], gaps[count, 1], gaps[count, 2] = r, s.last[r], NONE
        count += 1
        r = _next_route(m, s, t, day, r)
    if not m.everywhere:
        count = _gaps_beside(m, s, t, day, count, stamp)
    return count


@compiled
def _next_route(m, s, t, day, slot):
    """The day's next slot after `slot` that may serve and can hold the task, one empty one of each kind, or NONE."""
    for r in range(slot + 1, (day + 1) * m.vehicles):
        if m.limit[r] < 0 or (m.has_prices and m.price[t, r % m.vehicles] >= IMPOSSIBLE):
            continue
        v = s.first[r]
        if not m.tips and not _holds(m, s, t, r, v):
            continue
        if v == NONE:
            if s.seen[m.kind[r]] == s.numbers[STAMP]:
                continue
            s.seen[m.kind[r]] = s.numbers[STAMP]
        return r
    return NONE


@compiled
def _holds(m, s, t, r, v):
    """Whether the vehicle holds the task beside all from visit v on."""
    kg, m3 = m.on_board[r, 0] + m.load[t, 0], m.on_board[r, 1] + m.load[t, 1]
    if v != NONE:
        kg += s.load_from[v, 0]
        m3 += s.load_from[v, 1]
    return kg <= m.capacity[r, 0] and m3 <= m.capacity[r, 1]


@compiled
def _gaps_beside(m, s, t, day, count, stamp):
    gaps = s.gaps
    for i in range(m.near.shape[1]):
        v = m.near[t, i] * m.days + day
        r = s.route[v]
        if r == NONE or (m.has_prices and m.price[t, r % m.vehicles] >= IMPOSSIBLE):
            continue
        if not m.tips and not _holds(m, s, t, r, s.first[r]):
            continue
        if s.stamp[v] != stamp:
            s.stamp[v] = stamp
            gaps[count, 0], gaps[count, 1], gaps[count, 2] = r, s.before[v], v
            count += 1
        b = s.next[v]
        if b != NONE and s.stamp[b] != stamp:
            s.stamp[b] = stamp
            gaps[count, 0], gaps[count, 1], gaps[count, 2] = r, v, b
            count += 1
    return count


@compiled
def _find(m, s, t, day):
    """The cheapest gap for the task on that day, into found[day]; its cost IMPOSSIBLE where there is none.

    Each gap is priced exactly over the directions of all tasks of the route.
    """
    s.found[day, 0] = IMPOSSIBLE
    if m.timed:
        find_timed(m, s, t, day, _gaps(m, s, t, day))
        return
    low, high, weight = s.band[day, 0], s.band[day, 1], s.weight[0]
    enter, leave = (m.column[t, 0], m.column[t, 1]), (m.row[t, 0], m.row[t, 1])
    own = (enter, leave, (m.service[t, 0], m.service[t, 1]), (m.load[t, 0], m.load[t, 1]))
    best, blink = IMPOSSIBLE, s.numbers[BLINK]
    is_bounded = m.everywhere and weight == 0.0
    count = _begin_gaps(m, s, t, day)
    i, r, a, b = -1, day * m.vehicles - 1, NONE, NONE
    while True:
        if not m.everywhere:
            i += 1
            if i == count:
                break
            r, a, b = s.gaps[i, 0], s.gaps[i, 1], s.gaps[i, 2]
        elif b != NONE:
            a, b = b, s.next[b]
        else:
            r = _next_route(m, s, t, day, r)
            if r == NONE:
                break
            a, b = NONE, s.first[r]
        if blink == 0:
            blink = int(np.log(1.0 - uniform(s.random)) / np.log(1.0 - OVERLOOKED))
            continue
        blink -= 1
        if is_bounded and best < IMPOSSIBLE and _least_more(m, s, t, r, a, b) >= best:
            continue
        length, before, behind = _length_with(m, s, own, r, a, b)
        if length > m.limit[r]:
            continue
        cost = (
            priced(length, m.normal[r], m.overtime, low, high, weight) + s.prices[r] + m.fixed[r] - s.cost[r]
        )
        if m.has_prices:
            cost += m.price[t, r % m.vehicles]
        if cost < best:
            best = cost
            found = s.found[day]
            found[0], found[1], found[2], found[3], found[4] = cost, r, a, before, behind
    s.numbers[BLINK] = blink


@compiled
def _begin_gaps(m, s, t, day):
    """How many gaps are listed; where every gap is tried none is, and the routes are walked along."""
    if m.everywhere:
        s.numbers[STAMP] += 1
        return 0
    return _gaps(m, s, t, day)


@compiled
def _least_more(m, s, t, r, a, b):
    """What the task costs at least between visits a and b, in four look-ups; 0 in an empty route."""
    if a == NONE and b == NONE:
        return 0
    more = min(m.service[t, 0], m.service[t, 1]) - s.length[r]
    if a == NONE:
        at = m.start[r]
        more += min(m.time[0, at, m.column[t, 0]], m.time[0, at, m.column[t, 1]])
    else:
        more += min(s.ahead[a, 0], s.ahead[a, 1]) + m.into[t, m.task[a]]
    if b == NONE:
        more += min(m.home[m.row[t, 0]], m.home[m.row[t, 1]])
    else:
        more += min(s.behind[b, 0], s.behind[b, 1]) + m.onto[t, m.task[b]]
    if m.has_prices:
        more += m.price[t, r % m.vehicles]
    return more


@compiled
def _length_with(m, s, own, r, a, b):
    """The shift with the task between visits a and b, and whether there is a tip before the task and one behind it.

    There is none where the loads allow it, else one, before or behind, else both; IMPOSSIBLE where it fits nowhere.
    """
    _, (r0, r1), _, (kg, m3) = own
    fits, fits_before, fits_behind, can_tip = True, False, False, False
    if m.tips:  # else the whole route was found to hold it
        fits, fits_before, fits_behind, can_tip = _fits(m, s, kg, m3, r, a, b)
    if not fits:
        if kg > m.capacity[r, 0] or m3 > m.capacity[r, 1]:
            return IMPOSSIBLE, 0, 0
        fits_behind = fits_behind and can_tip
        fits_before = fits_before and b != NONE
        if not fits_behind and not fits_before and not can_tip:
            return IMPOSSIBLE, 0, 0
    x0 = x1 = y0 = y1 = IMPOSSIBLE
    if fits or fits_before:
        x0, x1 = _until(m, s, own, r, a, 0)
    if not fits and (fits_behind or not fits_before):
        y0, y1 = _until(m, s, own, r, a, 1)
    if b == NONE:
        h0, h1 = m.home[r0], m.home[r1]
        return (min(x0 + h0, x1 + h1), 0, 0) if fits else (min(y0 + h0, y1 + h1), 1, 0)
    length, before, behind = IMPOSSIBLE, 0, 0
    if fits or fits_behind:
        out0, out1 = _onward(m, s, own, b, 0)
        if fits:
            return min(x0 + out0, x1 + out1), 0, 0
        length, before = min(y0 + out0, y1 + out1), 1
    if fits_before or not fits_behind:
        out0, out1 = _onward(m, s, own, b, 1)
        if not fits_before:
            return min(y0 + out0, y1 + out1), 1, 1
        other = min(x0 + out0, x1 + out1)
        if other < length:
            length, before, behind = other, 0, 1
    return length, before, behind


@compiled
def _fits(m, s, kg, m3, r, a, b):
    """Whether the trip holds the task, with what is before and behind it, with what is before, with what is behind; and
    whether anything is on board before it."""
    cap_kg, cap_m3 = m.capacity[r, 0], m.capacity[r, 1]
    if a == NONE:
        a_kg, a_m3 = m.on_board[r, 0] + kg, m.on_board[r, 1] + m3
    else:
        a_kg, a_m3 = s.load_to[a, 0] + kg, s.load_to[a, 1] + m3
    if b == NONE:
        b_kg, b_m3 = 0, 0
    else:
        b_kg, b_m3 = s.load_from[b, 0], s.load_from[b, 1]
    return (
        a_kg + b_kg <= cap_kg and a_m3 + b_m3 <= cap_m3,
        a_kg <= cap_kg and a_m3 <= cap_m3,
        kg + b_kg <= cap_kg and m3 + b_m3 <= cap_m3,
        a != NONE or a_kg > kg or a_m3 > m3,
    )


@compiled
def _until(m, s, own, r, a, tip):
    """From the shift's start to the end of the task in either direction, after visit a, by way of a tip or without."""
    (c0, c1), _, (s0, s1), _ = own
    time = m.time
    if a == NONE:
        at = m.start[r]
        return time[tip, at, c0] + s0, time[tip, at, c1] + s1
    u = m.task[a]
    a0, a1 = m.row[u, 0], m.row[u, 1]
    p0, p1 = s.ahead[a, 0], s.ahead[a, 1]
    return (
        min(p0 + time[tip, a0, c0], p1 + time[tip, a1, c0]) + s0,
        min(p0 + time[tip, a0, c1], p1 + time[tip, a1, c1]) + s1,
    )


@compiled
def _onward(m, s, own, b, tip):
    """From the end of the task in either direction to the shift's end, before visit b, by way of a tip or without."""
    _, (r0, r1), _, _ = own
    time = m.time
    w = m.task[b]
    b0, b1 = m.column[w, 0], m.column[w, 1]
    q0, q1 = s.behind[b, 0], s.behind[b, 1]
    return (
        min(time[tip, r0, b0] + q0, time[tip, r0, b1] + q1),
        min(time[tip, r1, b0] + q0, time[tip, r1, b1] + q1),
    )
