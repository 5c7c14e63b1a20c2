"""Where the next green spaces serve most: maximum coverage under a budget, solved with its gap; greedy beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.green.nearness import LINE
from analysis.green.plane import Floats, Geometries
from analysis.green.polygons import Positions
from analysis.green.walk import Entrances, Places, WalkNetwork, find_entrances, walk_distances


@dataclass(frozen=True, eq=False)
class Choice:
    """Rows of the chosen sites, the one that adds most people for its money first; what each adds to those before it;
    what they cost together, and how far from the best they may be.

    `gap` is a share of the best possible number of people: 0 is proven best, NaN is not known.
    """

    sites: Positions
    added: Floats
    cost: float
    gap: float

    @property
    def served(self) -> float:
        """By all of them together."""
        return float(self.added.sum())


def serves(
    sites: Geometries,
    xy: Floats,
    by: str,
    distance_m: float,
    plane_m: float,
    network: WalkNetwork | None = None,
    places: Places | None = None,
) -> sp.csr_matrix:
    """Sites x people: 1 where a person at `xy` (n, 2) would have the site within `distance_m`, by line or on foot."""
    site, person = shapely.STRtree(shapely.points(xy)).query(
        sites, predicate="dwithin", distance=distance_m * plane_m
    )
    if by != LINE and network is not None and places is not None:
        kept = _on_foot(sites, site, person, distance_m, network, places)
        site, person = site[kept], person[kept]
    shape = (len(sites), len(xy))
    return sp.csr_matrix((np.ones(len(site)), (site, person)), shape=shape)


def newly_served(table: sp.csr_matrix, people: Floats) -> Floats:
    """By each site for itself."""
    return np.asarray(table @ people, dtype=np.float64)


def choose_greedily(
    table: sp.csr_matrix, people: Floats, cost: Floats, budget: float, most: int | None = None
) -> Choice:
    """Again and again the site that serves most more people for its money, as long as one can be paid; `most` sites."""
    rest, left = people.astype(np.float64), float(budget)
    chosen: list[int] = []
    added: list[float] = []
    for _ in range(len(cost) if most is None else min(most, len(cost))):
        gain = np.where(cost <= left, table @ rest, 0.0)
        gain[chosen] = 0.0
        best = int(np.argmax(gain / cost))
        if gain[best] <= 0:
            break
        chosen.append(best)
        added.append(float(gain[best]))
        left -= cost[best]
        rest[table[best].indices] = 0.0
    return Choice(np.array(chosen, dtype=np.intp), np.array(added), float(cost[chosen].sum()), np.nan)


def choose_best(
    table: sp.csr_matrix,
    people: Floats,
    cost: Floats,
    budget: float,
    seconds: float = 30.0,
    most: int | None = None,
) -> Choice:
    """By HiGHS: the most people that the budget and `most` sites can serve; never worse than greedy, whatever the time.

    A site that adds nobody to the others is left out.
    """
    greedy = choose_greedily(table, people, cost, budget, most)
    groups, weight = _groups(table, people)
    found = _solve(groups, weight, cost, budget, seconds, most)
    sites = np.flatnonzero(found.x[: len(cost)] > 0.5) if found.x is not None else greedy.sites
    ordered = choose_greedily(table[sites], people, cost[sites], np.inf)
    best = Choice(sites[ordered.sites], ordered.added, ordered.cost, 0.0)
    best = best if best.served >= greedy.served else greedy
    bound = -found.mip_dual_bound if found.mip_dual_bound is not None else float(weight.sum())
    gap = max(0.0, 1 - best.served / bound) if bound > 0 else 0.0
    return replace(best, gap=gap if gap > 1e-9 else 0.0)


def _solve(
    groups: sp.csr_matrix, weight: Floats, cost: Floats, budget: float, seconds: float, most: int | None
) -> Any:
    """Site x_i is bought or not; a group of people y_j is served as far as a site that serves it is bought."""
    sites, count = groups.shape
    aim = np.concatenate([np.zeros(sites), -weight])
    served = sp.hstack([-groups.T, sp.identity(count)], format="csr")
    whole = np.concatenate([np.ones(sites), np.zeros(count)])
    paid = np.concatenate([cost, np.zeros(count)])
    limits = [
        LinearConstraint(served, ub=np.zeros(count)),
        LinearConstraint(paid, ub=budget),
        LinearConstraint(whole, ub=sites if most is None else most),
    ]
    return milp(
        aim, constraints=limits, integrality=whole, bounds=Bounds(0, 1), options={"time_limit": seconds}
    )


def _groups(table: sp.csr_matrix, people: Floats) -> tuple[sp.csr_matrix, Floats]:
    """People whom the same sites serve are one: fewer unknowns, the same best. Who is served by none is left out."""
    by_person = table.T.tocsr()
    by_person.sort_indices()
    rows: dict[bytes, int] = {}
    group = np.full(len(people), -1, dtype=np.intp)
    for person in np.flatnonzero(np.diff(by_person.indptr)):
        key = by_person.indices[by_person.indptr[person] : by_person.indptr[person + 1]].tobytes()
        group[person] = rows.setdefault(key, len(rows))
    inside = group >= 0
    weight = np.bincount(group[inside], weights=people[inside], minlength=len(rows)).astype(np.float64)
    first = np.zeros(len(rows), dtype=np.intp)
    first[group[inside][::-1]] = np.flatnonzero(inside)[::-1]
    return table[:, first].tocsr(), weight


def _on_foot(
    sites: Geometries,
    site: Positions,
    person: Positions,
    distance_m: float,
    network: WalkNetwork,
    places: Places,
) -> npt.NDArray[np.bool_]:
    """Of the pairs that are near by line, those that are near on foot: a search from each site's entrances."""
    entrances: Entrances = find_entrances(sites, network)
    near = np.zeros(len(site), dtype=np.bool_)
    order = np.argsort(site, kind="stable")
    for row, pairs in zip(*_runs(site[order], order), strict=True):
        there = person[pairs]
        of_pairs = Places(places.edge[there], places.before_m[there], places.leg_m[there])
        doors = entrances.xy[entrances.green == row]
        near[pairs] = np.isfinite(walk_distances(network, of_pairs, doors, distance_m))
    return near


def _runs(values: Positions, order: Positions) -> tuple[Positions, list[Positions]]:
    """Each value once, and the positions that have it."""
    unique, start = np.unique(values, return_index=True)
    return unique, np.split(order, start[1:])
