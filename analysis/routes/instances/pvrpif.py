"""Reads PVRP-IF (Taverna and Tilk 2025): containers visited several times in a horizon, tipping on the way, GeoJSON."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from analysis.routes.instances.network import fleet, text_of
from analysis.routes.problem import Costs, DisposalSite, RouteProblem, RoutingError, Task, Way

S_PER_UNIT = 60.0  # the files count in minutes
DRIVEN = Costs(per_hour=0.0, per_km=1.0, per_vehicle=0.0, per_overtime_hour=0.0)


def read(source: Path | str) -> RouteProblem:
    """The problem of a file (or of its text).

    plan.cost is the published one: minutes on the road, without service (so one "kilometre" is a minute). A customer
    of frequency f in a horizon of H days is visited every H/f days, on any first day, as all published solutions do it;
    its demand is picked up at each visit. `maxDuration` bounds a shift with service; every route ends emptied.
    Raises RoutingError for what cannot be read.
    """
    try:
        return _problem(json.loads(text_of(source)))
    except json.JSONDecodeError as error:
        raise RoutingError(f"Line {error.lineno}: the file is not JSON ({error.msg}).") from None
    except (KeyError, TypeError) as error:
        raise RoutingError(f"The file lacks {error}; it needs 'info', 'features' and 'duration'.") from None


def _problem(document: dict[str, Any]) -> RouteProblem:
    info, points = document["info"], [feature["properties"] for feature in document["features"]]
    by_kind = {kind: [p for p in points if p["type"] == kind] for kind in {p["type"] for p in points}}
    customers, sites = by_kind.get("customer", []), by_kind.get("intermediateFacility", [])
    if len(by_kind.get("depot", [])) != 1:
        raise RoutingError("The file needs exactly one feature of type 'depot'.")
    order = [int(p["id"]) for p in (*by_kind["depot"], *sites, *customers)]
    minutes = np.asarray(document["duration"], dtype=np.float64)
    if minutes.ndim != 2 or max(order) >= min(minutes.shape):
        raise RoutingError(f"'duration' is of {minutes.shape}; it needs a row and a column per feature.")
    minutes = minutes[np.ix_(order, order)]
    days = int(info["planningHorizon"])
    first = 1 + len(sites)
    return RouteProblem(
        depot_id=str(order[0]),
        disposal_sites=tuple(DisposalSite(str(p["id"]), float(p["service"]) * S_PER_UNIT) for p in sites),
        tasks=tuple(_task(p, first + n, days) for n, p in enumerate(customers) if float(p["frequency"]) > 0),
        vehicles=fleet(
            int(info["numVehicles"]), float(info["maxCapacity"]), inf, float(info["maxDuration"]) * S_PER_UNIT
        ),
        time_s=minutes * S_PER_UNIT,
        length_m=minutes * 1000.0,
        costs=DRIVEN,
        days=days,
    )


def _task(properties: dict[str, Any], place: int, days: int) -> Task:
    way = Way(place, place, float(properties["service"]) * S_PER_UNIT)
    patterns = evenly(int(float(properties["frequency"])), days)
    return Task(str(properties["id"]), (way,), float(properties["demand"]), 0.0, patterns=patterns)


def evenly(frequency: int, days: int) -> tuple[frozenset[int], ...]:
    """The sets of so many days with equal distances, the horizon taken as a circle (where that cannot be: nearly)."""
    if not 0 < frequency <= days:
        raise RoutingError(f"A frequency of {frequency} does not fit into {days} days.")
    starts = (
        tuple(sorted((first + visit * days // frequency) % days for visit in range(frequency)))
        for first in range(days)
    )
    return tuple(frozenset(pattern) for pattern in sorted(set(starts)))
