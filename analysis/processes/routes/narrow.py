"""Streets that only the smaller vehicles of a fleet reach: what is served there, and which vehicles serve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, dist

import geopandas as gpd

from analysis.processes.routes.fleet import Fleet
from analysis.processes.routes.ground import Ground, Grounds
from analysis.processes.routes.placed import item_of
from analysis.processes.routes.work import Work


@dataclass(frozen=True, eq=False)
class Part:
    """Items of a plan, and the vehicles that serve these and nothing else."""

    items: gpd.GeoDataFrame
    vehicles: tuple[str, ...]


def parts_by_size(work: Work, fleet: Fleet, grounds: Grounds) -> tuple[Part, ...]:
    """What the whole fleet reaches, and, per smaller size, what only vehicles up to that size reach.

    A smaller size gets the share of the vehicles that its items are of all items, at least one, and those whose depot
    is nearest; the others keep at least one. What nobody reaches stays with the first part, which tells why. A fleet
    of one size is one part.
    """
    smaller = _smaller(fleet)
    if not smaller:
        return (Part(work.items, tuple(fleet.vehicles)),)
    left, free, parts = _missed(work, grounds.widest, work.items), list(fleet.vehicles), []
    for candidates in smaller:
        still = _missed(work, grounds.of(candidates), left)
        reached = left[~left["key"].isin(still["key"])]
        if crew := _crew(reached, [v for v in candidates if v in free], work, fleet, len(free) - 1):
            parts.append(Part(reached, crew))
            free = [v for v in free if v not in crew]
            left = still
    narrow = {key for part in parts for key in part.items["key"]}
    rest = work.items[~work.items["key"].isin(narrow)]
    return (*([Part(rest, tuple(free))] if not rest.empty else []), *parts)


def _smaller(fleet: Fleet) -> list[tuple[str, ...]]:
    """Groups of vehicles that stay below the largest of the fleet, the ones with more vehicles first."""
    whole = fleet.size_of(fleet.vehicles)
    groups = {
        tuple(id for id, size in fleet.sizes.items() if size.fits(limit))
        for limit in set(fleet.sizes.values())
        if not whole.fits(limit)
    }
    return sorted(groups, key=lambda group: (-len(group), group))


def _missed(work: Work, ground: Ground, items: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if items.empty:
        return items
    missed = {item_of(miss.id) for miss in work.place(ground.network, items, 1).missed}
    return items[items["key"].isin(missed)]


def _crew(
    items: gpd.GeoDataFrame, candidates: Sequence[str], work: Work, fleet: Fleet, most: int
) -> tuple[str, ...]:
    """As many of the candidates as the items are worth, nearest depot first; none where there is nothing to do."""
    if items.empty or not candidates or most < 1:
        return ()
    worth = ceil(len(items) / len(work.items) * len(fleet.vehicles))
    near = sorted(candidates, key=lambda id: (_away_m(items, fleet, id), id))
    return tuple(near[: min(worth, most)])


def _away_m(items: gpd.GeoDataFrame, fleet: Fleet, vehicle: str) -> float:
    """From the vehicle's depot to the middle of the items."""
    depot, middles = fleet.depots[fleet.depot_of[vehicle]], items.geometry.centroid
    return dist((float(middles.x.mean()), float(middles.y.mean())), (depot.x_m, depot.y_m))
