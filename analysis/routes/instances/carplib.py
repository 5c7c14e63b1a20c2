"""Reads CARPLIB (gdb, val, kshs, egl, BMCV): undirected arc routing, one depot, one trip per vehicle."""

from __future__ import annotations

from pathlib import Path

from analysis.routes.instances.network import enough, links, node_problem, sections, text_of
from analysis.routes.problem import RouteProblem

NO_END_S = 1e9


def read(source: Path | str) -> RouteProblem:
    """The problem of a file (or of its text) in the format of the Universitat de Valencia's CARPLIB, 2005.

    Keywords are Spanish or English. `coste` is paid for serving an edge and for passing it; plan.cost is the sum of
    both over all routes, as in the published tables. The number of vehicles is open there, and so it is here.
    Raises RoutingError, with the line, for what cannot be read.
    """
    found = sections(text_of(source))
    read = links(found)
    (capacity, *_) = found.require("capacity", "CAPACITY", "CAPACIDAD")
    (depot, *_) = found.numbers("DEPOT", "DEPOSITO") or [1.0]
    (stated, *_) = found.numbers("VEHICLES", "VEHICULOS") or [1.0]
    loads = [link.demand[0] for link in read]
    return node_problem(
        read,
        depot=int(depot),
        sites=(),
        capacity=capacity,
        shift_s=NO_END_S,
        vehicles=enough(loads, capacity, int(stated)),
    )
