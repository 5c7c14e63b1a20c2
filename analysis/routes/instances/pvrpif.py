"""Reads PVRP-IF (Taverna and Tilk 2025): containers visited several times in a horizon, tipping on the way, GeoJSON."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

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
        document = json.loads(text_of(source))
        if not isinstance(document, dict):
            raise RoutingError("The file is no GeoJSON object with 'info', 'features' and 'duration'.")
        return _problem(document)
    except json.JSONDecodeError as error:
        raise RoutingError(f"Line {error.lineno}: the file is not JSON ({error.msg}).") from None
    except KeyError as error:
        raise RoutingError(f"The file lacks {error}; it needs 'info', 'features' and 'duration'.") from None


def _problem(document: dict[str, Any]) -> RouteProblem:
    info, points = document["info"], [feature["properties"] for feature in document["features"]]
    by_kind = {kind: [p for p in points if p["type"] == kind] for kind in {p["type"] for p in points}}
    customers, sites = by_kind.get("customer", []), by_kind.get("intermediateFacility", [])
    if len(by_kind.get("depot", [])) != 1:
        raise RoutingError("The file needs exactly one feature of type 'depot'.")
    if unknown := set(by_kind) - {"depot", "intermediateFacility", "customer"}:
        raise RoutingError(
            f"A feature is of type {min(unknown)!r}, which is none of depot, customer, intermediateFacility."
        )
    order = [int(p["id"]) for p in (*by_kind["depot"], *sites, *customers)]
    minutes = _matrix(document["duration"], order)
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


def _matrix(rows: list[list[float]], order: list[int]) -> npt.NDArray[np.float64]:
    """Minutes between the features, which are numbered by their ids."""
    if len(set(order)) < len(order):
        raise RoutingError("Two features have the same id.")
    if {len(row) for row in rows} != {len(rows)} or max(order) >= len(rows):
        raise RoutingError("'duration' needs a row and a column per feature.")
    minutes = np.asarray(rows, dtype=np.float64)
    if not (minutes >= 0).all():
        row, column = np.argwhere(~(minutes >= 0))[0]
        raise RoutingError(
            f"'duration' is {minutes[row, column]:g} from {row} to {column}; it must be 0 or more."
        )
    return minutes


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
