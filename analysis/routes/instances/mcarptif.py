"""Reads MCARPTIF and MCARP (Lpr, mval, Act, Cen): edges and arcs, tipping sites, a limit of the shift."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import Path

from analysis.routes.instances.carplib import NO_END_S
from analysis.routes.instances.network import SECONDS, Link, enough, links, node_problem, sections, text_of
from analysis.routes.problem import RouteProblem

SPARE = 1.5  # vehicles per shift's worth of work


def read(source: Path | str) -> RouteProblem:
    """The problem of a file (or of its text) as Belenguer et al. 2006 and Willemse and Joubert 2016 publish them.

    Shifts come first, seconds second: a vehicle costs as many seconds as its shift may last (MAX_TRIP), so
    `instances.benchmark_cost` takes that off again. Tipping costs DUMPING_COST each time; a file without disposal
    sites but with that cost tips at the depot. The number of vehicles is open.
    Raises RoutingError, with the line, for what cannot be read.
    """
    found = sections(text_of(source))
    read = links(found)
    (capacity, *_) = found.capacity()
    depot = found.depot()
    tipping = found.numbers("DUMPING_COST") or [0.0]
    nodes = [int(node) for node in found.numbers("DUMPING_SITES", "DUMPING_SITE", "IFS")]
    if not nodes and tipping[0] > 0:
        nodes = [depot]
    (limit, *_) = found.numbers("MAX_TRIP", "MAX_DURATION", "MAX_TIME") or [0.0]
    sites = [(node, tipping[min(n, len(tipping) - 1)]) for n, node in enumerate(nodes)]
    return node_problem(
        read,
        depot=depot,
        sites=sites,
        capacity=capacity,
        shift_s=limit or NO_END_S,
        vehicles=_vehicles(read, capacity, limit, sum(found.numbers("VEHICLES")), bool(sites)),
        costs=replace(SECONDS, per_vehicle=limit),
    )


def _vehicles(read: list[Link], capacity: float, limit: float, stated: float, sites: bool) -> int:
    if not (sites and limit):
        return enough([link.demand[0] for link in read], capacity, int(stated))
    return max(int(stated), ceil(SPARE * sum(link.serve for link in read if link.required) / limit)) + 1
