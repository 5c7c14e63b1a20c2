"""Ruin and recreate, accept by simulated annealing, keep the best."""

from __future__ import annotations

import numpy as np

from analysis.routes.search.kernels.chance import uniform
from analysis.routes.search.kernels.compiled import compiled
from analysis.routes.search.kernels.recreate import recreate
from analysis.routes.search.kernels.route import IMPOSSIBLE, renew
from analysis.routes.search.kernels.ruin import remove_task, ruin, undo
from analysis.routes.search.model import ABSENT, BEST, COST, ITERATIONS, MUST, NONE, SAVED, TOUCHED, WAY


@compiled
def improve(m, s, iterations, heat, squeeze):
    """So many iterations at one temperature (ticks); True as soon as `squeeze` is reached.

    With `squeeze` what counts first is to place every task that must be served (section 5.4 there): who is often left
    out weighs more, and the best solution stays as it is. (One kernel for both: each takes long to compile.)
    """
    may_fall = s.weight[0] > 0.0 or m.waiting > 0.0  # a task more may make a plan cheaper
    for _ in range(iterations):
        s.numbers[ITERATIONS] += 1
        absent = s.numbers[ABSENT]
        weight = _weight_of_absent(m, s) if squeeze else 0
        change = -_remember(m, s, absent)
        most = int(-heat * np.log(1.0 - uniform(s.random)))
        ruin(m, s)
        is_done = recreate(m, s, change + _change(s), IMPOSSIBLE if squeeze or may_fall else most)
        change += _change(s)
        for i in range(s.numbers[ABSENT]):
            change += m.missing[s.absent[i]]
        new_weight = _weight_of_absent(m, s) if squeeze else 0
        if is_done and (new_weight < weight or (new_weight == weight and change <= most)):
            s.numbers[COST] += change
            if squeeze:
                if new_weight == 0:
                    return True
            elif s.numbers[COST] < s.numbers[BEST]:
                keep(s)
        else:
            undo(s, absent)
        if squeeze:
            for i in range(s.numbers[ABSENT]):
                s.absences[s.absent[i]] += 1
    return False


@compiled
def _change(s):
    """What the touched routes cost more than before this iteration."""
    change = 0
    for k in range(s.numbers[TOUCHED]):
        change += s.cost[s.touched[k]] - s.saved_cost[k]
    return change


@compiled
def _weight_of_absent(m, s):
    weight = 0
    for i in range(s.numbers[ABSENT]):
        if m.missing[s.absent[i]] >= MUST:
            weight += 1 + s.absences[s.absent[i]]
    return weight


@compiled
def close(m, s, r):
    """Take all tasks out of the route of slot r, and let nobody use it (limit below 0)."""
    _remember(m, s, s.numbers[ABSENT])
    while s.first[r] != NONE:
        remove_task(m, s, m.task[s.first[r]])
    for k in range(s.numbers[TOUCHED]):
        renew(m, s, s.touched[k])
    m.limit[r] = -1
    total(m, s)


@compiled
def _remember(m, s, absent):
    """Begin an iteration; what the absent tasks cost now."""
    cost = 0
    for k in range(s.numbers[TOUCHED]):
        s.is_touched[s.touched[k]] = 0
    s.numbers[TOUCHED] = s.numbers[SAVED] = 0
    for i in range(absent):
        s.saved_absent[i] = s.absent[i]
        cost += m.missing[s.absent[i]]
    return cost


@compiled
def keep(s):
    """The solution is the best one now."""
    s.numbers[BEST] = s.numbers[COST]
    for v in range(len(s.next)):
        s.best_next[v] = s.next[v]
        s.best_tip[v] = s.tip[v]
        if s.when.shape[1] > 0:
            s.best_way[v] = s.when[v, WAY]
    for r in range(len(s.first)):
        s.best_first[r] = s.first[r]


@compiled
def restart(s):
    """The present solution is the best one, whatever it costs."""
    keep(s)


@compiled
def restore(m, s):
    """The best solution is the present one again; what it costs is computed anew, by the prices of now."""
    for v in range(len(s.route)):
        s.route[v] = NONE
    for r in range(len(s.first)):
        v, before, s.size[r] = s.best_first[r], NONE, 0
        s.first[r] = v
        while v != NONE:
            s.route[v], s.before[v], s.next[v], s.tip[v] = r, before, s.best_next[v], s.best_tip[v]
            if m.timed:
                s.when[v, WAY] = s.best_way[v]
            before, v = v, s.best_next[v]
            s.size[r] += 1
        s.last[r] = before
        renew(m, s, r)
    absent = 0
    for t in range(len(m.service)):
        served = False
        for v in range(t * m.days, (t + 1) * m.days):
            served = served or s.route[v] != NONE
        if not served:
            s.absent[absent] = t
            absent += 1
    s.numbers[ABSENT] = absent
    s.numbers[BEST] = IMPOSSIBLE
    total(m, s)


@compiled
def total(m, s):
    """Compute the cost of the present solution; keep it if it is the best."""
    cost = 0
    for r in range(len(s.cost)):
        cost += s.cost[r]
    for i in range(s.numbers[ABSENT]):
        cost += m.missing[s.absent[i]]
    s.numbers[COST] = cost
    if cost < s.numbers[BEST]:
        keep(s)
