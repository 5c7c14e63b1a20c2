"""Route problems on a plane: straight-line travel at 10 m/s, seeded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.routes import DisposalSite, RouteProblem, Task, Vehicle, container

SPEED_M_PER_S = 10.0
HOUR_S = 3600.0


def vehicles(
    count: int, *, kg: float = 1000.0, m3: float = 10.0, hours: float = 8.0, **more
) -> tuple[Vehicle, ...]:
    start_s = 6 * HOUR_S
    return tuple(Vehicle(f"v{i}", kg, m3, start_s, start_s + hours * HOUR_S, **more) for i in range(count))


def containers(
    count: int, *, kg: float = 100.0, m3: float = 0.5, service_s: float = 60.0
) -> tuple[Task, ...]:
    """Containers at the places behind one depot and one disposal site."""
    return tuple(container(f"c{i}", 2 + i, kg, m3, service_s) for i in range(count))


def problem(
    *,
    tasks: tuple[Task, ...],
    fleet: tuple[Vehicle, ...],
    sites: tuple[DisposalSite, ...] = (DisposalSite("tip", 600.0),),
    seed: int = 7,
    extent_m: float = 4000.0,
    xy_m: np.ndarray | None = None,
    **more,
) -> RouteProblem:
    size = 1 + len(sites) + len(tasks)
    tasks = tuple(_at(task, place) for place, task in enumerate(tasks, start=1 + len(sites)))
    at = (
        np.random.default_rng(seed).uniform(0, extent_m, (size, 2))
        if xy_m is None
        else np.asarray(xy_m, float)
    )
    length_m = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    length_m *= np.random.default_rng(seed + 1).uniform(1.0, 1.3, (size, size))  # one way is not the other
    np.fill_diagonal(length_m, 0.0)
    return RouteProblem("depot", sites, tasks, fleet, length_m / SPEED_M_PER_S, length_m, **more)


def _at(task: Task, place: int) -> Task:
    return replace(task, ways=tuple(replace(way, enter=place, leave=place) for way in task.ways))
