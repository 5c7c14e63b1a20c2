"""Made-up streets on a plane: a depot, disposal sites, and edges between nearby points; seeded."""

from __future__ import annotations

import numpy as np

from analysis.routes import DisposalSite, RouteProblem, Task, Vehicle, Way

SPEED_M_PER_S = 8.0


def streets(
    count: int,
    fleet: tuple[Vehicle, ...],
    *,
    sites: int = 1,
    seed: int = 7,
    one_way: float = 0.2,
    load_kg: float = 300.0,
    extent_m: float = 3000.0,
    **more,
) -> RouteProblem:
    """Each street joins two places of its own; a share of them can be served one way only."""
    random = np.random.default_rng(seed)
    begin = random.uniform(0, extent_m, (count, 2))
    end = begin + random.uniform(-200, 200, (count, 2))
    at = np.vstack([random.uniform(0, extent_m, (1 + sites, 2)), begin, end])
    length_m = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    first = 1 + sites
    tasks = tuple(
        _street(n, first + n, first + count + n, length_m, load_kg, one_way=random.uniform() < one_way)
        for n in range(count)
    )
    tips = tuple(DisposalSite(f"tip{n}", 300.0) for n in range(sites))
    return RouteProblem("depot", tips, tasks, fleet, length_m / SPEED_M_PER_S, length_m, **more)


def _street(n: int, a: int, b: int, length_m: np.ndarray, load_kg: float, *, one_way: bool) -> Task:
    metres = float(length_m[a, b])
    service_s = 60.0 + metres / 2
    ways = (Way(a, b, service_s, metres), Way(b, a, service_s, metres))
    return Task(f"s{n}", ways[:1] if one_way else ways, load_kg, load_kg / 500)
