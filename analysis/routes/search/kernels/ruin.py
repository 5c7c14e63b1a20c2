"""Take strings of neighbouring visits out of a few routes (Christiaens and Vanden Berghe 2020, section 5.1)."""

from __future__ import annotations

from analysis.routes.search.kernels.chance import below, uniform
from analysis.routes.search.kernels.compiled import compiled
from analysis.routes.search.kernels.route import renew, unlink
from analysis.routes.search.model import ABSENT, NONE, SAVED, TOUCHED

REMOVED = 10.0  # tasks on average
LONGEST = 10.0  # string
SPLIT = 0.5  # share of strings with a part in the middle that stays
GROW = 0.01  # chance that this part grows by one more


@compiled
def touch(s, r):
    """Remember the route of slot r as it was before this iteration."""
    if s.is_touched[r]:
        return
    s.is_touched[r] = 1
    k = s.numbers[TOUCHED]
    s.touched[k] = r
    s.saved_cost[k], s.saved_length[k], s.saved_prices[k] = s.cost[r], s.length[r], s.prices[r]
    at = s.saved_from[k]
    v = s.first[r]
    while v != NONE:
        s.saved[at] = v
        s.saved_tip[at] = s.tip[v]
        for d in range(2):
            s.known[at, d] = s.ahead[v, d]
            s.known[at, 2 + d] = s.behind[v, d]
            s.known[at, 4 + d] = s.load_to[v, d]
            s.known[at, 6 + d] = s.load_from[v, d]
        for w in range(s.when.shape[1]):
            s.known[at, 8 + w] = s.when[v, w]
        at += 1
        v = s.next[v]
    s.saved_from[k + 1] = at
    s.numbers[TOUCHED] = k + 1
    s.numbers[SAVED] = at


@compiled
def undo(s, absent):
    """Bring all touched routes and the first `absent` absent tasks back."""
    touched = s.numbers[TOUCHED]
    for k in range(touched):
        v = s.first[s.touched[k]]
        while v != NONE:
            s.route[v] = NONE
            v = s.next[v]
    for k in range(touched):
        r, start, end = s.touched[k], s.saved_from[k], s.saved_from[k + 1]
        before = NONE
        for at in range(start, end):
            v = s.saved[at]
            s.route[v], s.before[v], s.tip[v] = r, before, s.saved_tip[at]
            s.next[v] = s.saved[at + 1] if at + 1 < end else NONE
            for d in range(2):
                s.ahead[v, d] = s.known[at, d]
                s.behind[v, d] = s.known[at, 2 + d]
                s.load_to[v, d] = s.known[at, 4 + d]
                s.load_from[v, d] = s.known[at, 6 + d]
            for w in range(s.when.shape[1]):
                s.when[v, w] = s.known[at, 8 + w]
            before = v
        s.first[r] = s.saved[start] if end > start else NONE
        s.last[r] = before
        s.size[r] = end - start
        s.cost[r], s.length[r], s.prices[r] = s.saved_cost[k], s.saved_length[k], s.saved_prices[k]
    s.numbers[ABSENT] = absent
    for i in range(absent):
        s.absent[i] = s.saved_absent[i]


@compiled
def remove_task(m, s, t):
    """Take all visits of the task out; their routes have to be renewed afterwards."""
    for v in range(t * m.days, (t + 1) * m.days):
        if s.route[v] != NONE:
            touch(s, s.route[v])
            unlink(s, v)
    k = s.numbers[ABSENT]
    s.absent[k] = t
    s.numbers[ABSENT] = k + 1


@compiled
def ruin(m, s):
    """Remove strings around a random task; several from one route where it is long."""
    n = len(m.service)
    random = s.random
    served, used = 0, 0
    for r in range(len(s.size)):
        if s.size[r] > 0:
            served += s.size[r]
            used += 1
    if used == 0:
        return
    longest = min(LONGEST, served / used)
    strings = int(1.0 + uniform(random) * (4.0 * REMOVED / (1.0 + longest) - 1.0))
    seed = below(random, n)
    first = _a_visit(m, s, seed)
    if first != NONE:
        _remove_string(m, s, first, longest)
        strings -= 1
    for i in range(m.near.shape[1]):
        if strings <= 0:
            break
        t = m.near[seed, i]
        v = _a_visit(m, s, t)
        if v == NONE:
            continue
        r = s.route[v]
        if s.is_touched[r] and s.size[r] < 3 * longest:
            continue
        _remove_string(m, s, v, longest)
        strings -= 1
    for k in range(s.numbers[TOUCHED]):
        renew(m, s, s.touched[k])


@compiled
def _a_visit(m, s, t):
    """A random one of the task's visits; NONE where it has none."""
    if m.days == 1:
        return t if s.route[t] != NONE else NONE
    offset = below(s.random, m.days)
    for i in range(m.days):
        v = t * m.days + (offset + i) % m.days
        if s.route[v] != NONE:
            return v
    return NONE


@compiled
def _remove_string(m, s, v, longest):
    """A string of the route around visit v, of random length, in half of the cases with a part that stays."""
    random = s.random
    r = s.route[v]
    size = s.size[r]
    length = int(1.0 + uniform(random) * min(float(size), longest))
    length = min(length, size)
    stay = 0
    if length > 1 and length < size and uniform(random) < SPLIT:
        stay = 1
        while length + stay < size and uniform(random) < GROW:
            stay += 1
    total = length + stay
    u = v  # to the beginning of a window of `total` visits that holds v
    back = below(random, total)
    while back > 0 and s.before[u] != NONE:
        u = s.before[u]
        back -= 1
    # where the route's end is too near, the window moves to its beginning
    ahead, w = 1, u
    while ahead < total and s.next[w] != NONE:
        w = s.next[w]
        ahead += 1
    while ahead < total and s.before[u] != NONE:
        u = s.before[u]
        ahead += 1
    stay_from = 1 + below(random, length - 1) if stay > 0 else total
    touch(s, r)
    for i in range(total):
        if u == NONE:
            break
        following = s.next[u]
        if i < stay_from or i >= stay_from + stay:
            remove_task(m, s, m.task[u])
        u = following
