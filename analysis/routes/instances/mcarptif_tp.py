"""Reads MCARPTIF-TP (residential waste with turn penalties): streets with shapes, two capacities, a shift limit."""

from __future__ import annotations

from dataclasses import replace
from math import atan2, ceil, degrees
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from analysis.routes.instances.carplib import NO_END_S
from analysis.routes.instances.mcarptif import SPARE
from analysis.routes.instances.network import (
    SECONDS,
    Link,
    Sections,
    fleet,
    is_edge,
    is_required,
    sections,
    shortest,
    text_of,
)
from analysis.routes.problem import DisposalSite, RouteProblem, RoutingError, Task, Way

STRAIGHT_DEG, U_TURN_DEG = 45.0, 135.0
BLOCK = 256  # sources of shortest ways at a time
AT_ONCE = 1e-9  # scipy takes a way of no time for no way

Point = tuple[float, float]


def read(source: Path | str) -> RouteProblem:
    """The problem of a file (or of its text): places are arcs, and turns are in the time between them.

    TURN_PENALTY lists the seconds of a turn: straight on (up to 45 degrees), right, left, U-turn (beyond 135), by the
    angle between the last segment of a street and the first of the next. No turn is counted at the depot and at
    disposal sites, nor on the way home from the last of these. CAPACITY and demand are volume, then weight. Shifts
    come first, as in mcarptif; plan.duration_s is the published route time. Raises RoutingError, with the line, for
    what cannot be read.
    """
    found = sections(text_of(source))
    arcs, tasks = _arcs(_links(found))
    capacity = found.capacity()
    (depot, *_) = found.require("depot", "DEPOT", "DEPOSITO")
    tipping = found.numbers("DUMPING_COST") or [0.0]
    nodes = [int(node) for node in found.numbers("DUMPING_SITES", "DUMPING_SITE", "IFS")]
    (limit, *_) = found.numbers("MAX_DURATION", "MAX_TRIP", "MAX_TIME") or [0.0]
    halts = [int(depot), *nodes]
    ways = sorted({arc for own in tasks for arc in own})
    place = {arc: len(halts) + number for number, arc in enumerate(ways)}
    time_s = _travel(arcs, _penalties(found), halts, ways)
    work_s = sum(arcs[own[0]].serve for own in tasks)
    return RouteProblem(
        depot_id=str(int(depot)),
        disposal_sites=tuple(
            DisposalSite(f"{n}:{node}", tipping[min(n, len(tipping) - 1)]) for n, node in enumerate(nodes)
        ),
        tasks=tuple(_task(number, own, arcs, place) for number, own in enumerate(tasks)),
        vehicles=fleet(
            ceil(SPARE * work_s / (limit or NO_END_S)) + 1, capacity[-1], capacity[0], limit or NO_END_S
        ),
        time_s=time_s,
        length_m=time_s,
        costs=replace(SECONDS, per_vehicle=limit),
    )


def _penalties(found: Sections) -> list[float]:
    """Straight on, right, left, back; a file that states none has none."""
    stated = found.numbers("TURN_PENALTY") or [0.0] * 4
    if len(stated) < 4:
        raise RoutingError(
            f"TURN_PENALTY has {len(stated)} numbers; it needs 4: straight on, right, left, U-turn."
        )
    return stated


def _links(found: Sections) -> list[Link]:
    return [_link(number, keyword, line) for number, keyword, line in found.lines]


def _link(number: int, keyword: str, line: str) -> Link:
    try:
        tail, head, serve, travel, volume, weight, *shape = line.split(None, 6)
        points = tuple(_point(pair) for pair in shape[0].split(",")) if shape else ()
        demand = (float(volume), float(weight))
        required, edge = is_required(keyword), is_edge(keyword)
        return Link(int(tail), int(head), float(serve), float(travel), demand, required, edge, points)
    except (ValueError, IndexError):
        form = "from to service travel volume weight x1 y1,x2 y2,…"
        raise RoutingError(f"Line {number}: {line[:60]!r} is not of the form {form!r}.") from None


def _point(pair: str) -> Point:
    x, y = pair.split()
    return float(x), float(y)


def _arcs(links: list[Link]) -> tuple[list[Link], list[tuple[int, ...]]]:
    """Every direction of every street, and for each street to be served the numbers of its arcs."""
    arcs: list[Link] = []
    tasks: list[tuple[int, ...]] = []
    for link in links:
        own = [link]
        if link.both_ways:
            own.append(replace(link, tail=link.head, head=link.tail, shape=link.shape[::-1]))
        if link.required:
            tasks.append(tuple(range(len(arcs), len(arcs) + len(own))))
        arcs.extend(own)
    if not tasks:
        raise RoutingError(
            "The file lists no edge or arc to be served; it needs LIST_REQ_EDGES or LIST_REQ_ARCS."
        )
    return arcs, tasks


def _task(number: int, own: tuple[int, ...], arcs: list[Link], place: dict[int, int]) -> Task:
    first = arcs[own[0]]
    ways = tuple(Way(place[arc], place[arc], arcs[arc].serve) for arc in own)
    volume, weight = first.demand
    return Task(f"{number}:{first.tail}-{first.head}", ways, weight, volume)


def _travel(
    arcs: list[Link], penalties: list[float], halts: list[int], ways: list[int]
) -> npt.NDArray[np.float64]:
    """Seconds from the end of each place to the beginning of each: first the halts (nodes), then the ways (arcs).

    Shortest ways in the graph whose nodes are arcs, left when they are driven to their end; a halt is a node to leave
    from and another one to arrive at.
    """
    leave, arrive = len(arcs), len(arcs) + len(halts)
    links = [*_turns(arcs, penalties), *_halts(arcs, halts, leave, arrive)]
    rows, columns, costs = (np.array(part) for part in zip(*links, strict=True))
    size = arrive + len(halts)
    graph = csr_matrix((np.maximum(costs, AT_ONCE), (rows, columns)), shape=(size, size))
    sources = [*range(leave, arrive), *ways]
    targets = [*range(arrive, size), *ways]
    last_s = np.array(
        [0.0] * len(halts) + [arcs[arc].travel for arc in ways]
    )  # a way ends where its arc begins
    time_s = np.vstack(
        [
            dijkstra(graph, indices=sources[at : at + BLOCK])[:, targets]
            for at in range(0, len(sources), BLOCK)
        ]
    )
    time_s = np.round(time_s - last_s, 6)
    time_s[: len(halts), : len(halts)] = shortest(
        arcs, halts
    )  # published routes count no turn on the way home
    np.fill_diagonal(time_s, 0.0)
    return np.asarray(time_s)


def _turns(arcs: list[Link], penalties: list[float]) -> list[tuple[int, int, float]]:
    leaving: dict[int, list[int]] = {}
    for number, arc in enumerate(arcs):
        leaving.setdefault(arc.tail, []).append(number)
    return [
        (a, b, turn_s(arc.shape, arcs[b].shape, penalties) + arcs[b].travel)
        for a, arc in enumerate(arcs)
        for b in leaving.get(arc.head, ())
    ]


def _halts(arcs: list[Link], halts: list[int], leave: int, arrive: int) -> list[tuple[int, int, float]]:
    known = {arc.tail for arc in arcs} | {arc.head for arc in arcs}
    found: list[tuple[int, int, float]] = []
    for number, node in enumerate(halts):
        if node not in known:
            raise RoutingError(f"Node {node} is on no edge or arc; correct DEPOT or DUMPING_SITES.")
        found += [(leave + number, a, arc.travel) for a, arc in enumerate(arcs) if arc.tail == node]
        found += [(a, arrive + number, 0.0) for a, arc in enumerate(arcs) if arc.head == node]
        found += [(leave + number, arrive + other, 0.0) for other, to in enumerate(halts) if to == node]
    return found


def turn_s(before: tuple[Point, ...], behind: tuple[Point, ...], penalties: list[float]) -> float:
    """The penalty of turning from one street into another; none where shapes are unknown."""
    if len(before) < 2 or len(behind) < 2:
        return 0.0
    (ax, ay), (bx, by) = before[-2:]
    (cx, cy), (dx, dy) = behind[:2]
    x, y, u, v = bx - ax, by - ay, dx - cx, dy - cy
    angle = degrees(atan2(x * v - y * u, x * u + y * v))  # to the left is positive
    straight, right, left, back = penalties[:4]
    if abs(angle) <= STRAIGHT_DEG:
        return straight
    if abs(angle) > U_TURN_DEG:
        return back
    return left if angle > 0 else right
