"""Reads CARPLIB (gdb, val, kshs, egl, BMCV): undirected arc routing, one depot, one trip per vehicle."""

from __future__ import annotations

from pathlib import Path

from analysis.routes.instances.network import enough, links, node_problem, sections, text_of
from analysis.routes.problem import RouteProblem, RoutingError

NO_END_S = 1e9
TIPPING = ("DUMPING_SITES", "DUMPING_SITE", "IFS", "DUMPING_COST", "MAX_TRIP", "MAX_DURATION", "MAX_TIME")


def read(source: Path | str) -> RouteProblem:
    """The problem of a file (or of its text) in the format of the Universitat de Valencia's CARPLIB, 2005.

    Keywords are Spanish or English. `coste` is paid for serving an edge and for passing it; plan.cost is the sum of
    both over all routes, as in the published tables. The number of vehicles is open there, and so it is here.
    Raises RoutingError, with the line, for what cannot be read.
    """
    found = sections(text_of(source))
    read = links(found)
    if any(any(found.numbers(keyword)) for keyword in TIPPING):
        raise RoutingError("The file states tipping or a limit of the shift; read it as mcarptif.")
    (capacity, *_) = found.capacity()
    depot = found.depot()
    (stated, *_) = found.numbers("VEHICLES", "VEHICULOS") or [1.0]
    loads = [link.demand[0] for link in read]
    return node_problem(
        read,
        depot=depot,
        sites=(),
        capacity=capacity,
        shift_s=NO_END_S,
        vehicles=enough(loads, capacity, int(stated)),
    )
