"""What the arc routing formats have in common: keywords, lists of edges and arcs, shortest ways between nodes."""

from __future__ import annotations

import gzip
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from analysis.routes.problem import Costs, DisposalSite, RouteProblem, RoutingError, Task, Vehicle, Way

GZIP = b"\x1f\x8b"
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
KEYED = re.compile(rf"([A-Za-z_]+)\s*[:=]?\s*({NUMBER.pattern})")
COMMA = re.compile(r"\d,\d")  # behind the ends of a street: a decimal comma, or digits in groups
COUNTED = re.compile(r"((NO_?N?_?)?REQ(UIRED)?_(EDGES|ARCS)|(ARISTAS|ARCOS)_(NO_?)?REQ)")
SECONDS = Costs(per_hour=3600.0, per_km=0.0, per_vehicle=0.0, per_overtime_hour=3600.0)


@dataclass(frozen=True)
class Link:
    """One street: an edge both ways, or an arc from `tail` to `head`; shape in the file's plane, if it has any."""

    tail: int
    head: int
    serve: float
    travel: float
    demand: tuple[float, ...]
    required: bool
    both_ways: bool
    shape: tuple[tuple[float, float], ...] = ()


@dataclass
class Sections:
    """A file in parts: the header's values by keyword, and the lines of its lists: number, list, text."""

    header: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[int, str, str]] = field(default_factory=list)

    def numbers(self, *keywords: str) -> list[float]:
        """The numbers behind the first of these keywords that the file has."""
        for keyword in keywords:
            if keyword in self.header:
                return [float(value) for value in NUMBER.findall(self.header[keyword])]
        return []

    def require(self, what: str, *keywords: str) -> list[float]:
        found = self.numbers(*keywords)
        if not found:
            raise RoutingError(f"The file does not state its {what}; add a line '{keywords[0]} : …'.")
        return found

    def capacity(self) -> list[float]:
        found = self.require("capacity", "CAPACITY", "CAPACIDAD")
        if min(found) <= 0:
            raise RoutingError(f"The capacity is {min(found):g}; it must be more than 0.")
        return found

    def depot(self) -> int:
        """The depot's node; 1 where the file says nothing."""
        stated = {"DEPOT", "DEPOSITO"} & set(self.header)
        return int(self.require("depot", *sorted(stated))[0]) if stated else 1

    def refuse_what_is_cut_off(self) -> None:
        """Compares the lists with the header's counts (REQ_EDGES, ARISTAS_NOREQ, …)."""
        listed = Counter((is_required(keyword), is_edge(keyword)) for _, keyword, _ in self.lines)
        for keyword, value in self.header.items():
            count = listed[is_required(keyword), is_edge(keyword)]
            if COUNTED.fullmatch(keyword) and value.strip().isdigit() and count < int(value):
                raise RoutingError(
                    f"{keyword} states {value.strip()}, but {count} are listed; the file is cut off."
                )


def text_of(source: Path | str) -> str:
    """The text itself, or that of the file, which may be gzipped; without its byte order mark."""
    if isinstance(source, Path):
        content = _unpacked(source.read_bytes())
        if b"\0" in content:
            raise RoutingError(
                "The file is not plain text; save it as UTF-8, or name the file inside the archive."
            )
        source = content.decode("utf-8", errors="replace")
    return source.removeprefix("\ufeff")


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(GZIP):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise RoutingError("The gzip file is damaged or cut off; fetch it again.") from None


def sections(text: str) -> Sections:
    """Keywords in any case, with or without colon, accents or spaces; lists begin with LIST… or LISTA…."""
    found, current = Sections(), ""
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line:
            continue
        if line[0] in "([" or NUMBER.match(line):
            if not current:
                raise RoutingError(f"Line {number}: {line[:40]!r} stands before any list of edges or arcs.")
            found.lines.append((number, current, line))
            continue
        keyword, value = _split(line)
        if keyword.startswith("LIST"):
            current = keyword
        elif keyword != "END":
            found.header[keyword] = value
    found.refuse_what_is_cut_off()
    return found


def _split(line: str) -> tuple[str, str]:
    parts = re.split(r"\s*[:=\t]\s*" if re.search(r"[:=\t]", line) else r"\s+", line, maxsplit=1)
    plain = unicodedata.normalize("NFKD", parts[0]).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "_", plain.upper()).strip("_"), parts[1] if len(parts) > 1 else ""


def is_required(keyword: str) -> bool:
    return not re.search(r"NO_?N?_?REQ", keyword)


def is_edge(keyword: str) -> bool:
    return "ARC" not in keyword


def links(found: Sections) -> list[Link]:
    """Lines like `(1, 2) serv_cost 8 trav_cost 5 demand 3`; `cost`, `coste` alone is both costs."""
    read = [_link(number, keyword, line) for number, keyword, line in found.lines]
    if not any(link.required for link in read):
        raise RoutingError(
            "The file lists no edge or arc to be served; it needs LIST_REQ_EDGES or LIST_REQ_ARCS."
        )
    return read


def _link(number: int, keyword: str, line: str) -> Link:
    ends = NUMBER.findall(line)[:2]
    behind = (
        line[line.index(ends[1], line.index(ends[0]) + len(ends[0])) + len(ends[1]) :]
        if len(ends) == 2
        else ""
    )
    if COMMA.search(behind):
        raise RoutingError(f"Line {number}: {line[:60]!r} has a comma in a number; write 13.5, or 1300.")
    keyed = {key.lower()[:3]: float(value) for key, value in KEYED.findall(behind)}
    bare = [float(value) for value in NUMBER.findall(behind)]
    required = is_required(keyword)
    try:
        if keyed:
            travel = keyed["tra"] if "tra" in keyed else keyed["cos"]
            serve, demand = keyed.get("ser", travel), keyed["dem"] if required else 0.0
        elif required:
            serve, travel, demand = bare[0], bare[-2], bare[-1]
        else:
            serve, travel, demand = 0.0, bare[-1], 0.0
        tail, head = (int(float(end)) for end in ends)
    except (KeyError, IndexError, ValueError):
        cure = "(from, to) serv_cost … trav_cost … demand …" if required else "(from, to) cost …"
        raise RoutingError(f"Line {number}: {line[:60]!r} is not of the form {cure!r}.") from None
    if min(serve, travel, demand) < 0:
        raise RoutingError(f"Line {number}: {line[:60]!r} has a cost or demand below 0.")
    return Link(tail, head, serve, travel, (demand,), required, is_edge(keyword))


def node_problem(
    read: Sequence[Link],
    *,
    depot: int,
    sites: Sequence[tuple[int, float]],
    capacity: float,
    shift_s: float,
    vehicles: int,
    costs: Costs = SECONDS,
) -> RouteProblem:
    """Places are nodes; an edge has a way in each direction. `sites`: node and tipping time.

    One matrix is both: kilometres cost nothing here.
    """
    tasks = [link for link in read if link.required]
    nodes = sorted({node for link in tasks for node in (link.tail, link.head)})
    first = 1 + len(sites)
    place = {node: first + number for number, node in enumerate(nodes)}
    time_s = shortest(read, [depot, *(node for node, _ in sites), *nodes])
    return RouteProblem(
        depot_id=str(depot),
        disposal_sites=tuple(DisposalSite(f"{n}:{node}", tip_s) for n, (node, tip_s) in enumerate(sites)),
        tasks=tuple(_task(number, link, place) for number, link in enumerate(tasks)),
        vehicles=fleet(vehicles, capacity, inf, shift_s),
        time_s=time_s,
        length_m=time_s,
        costs=costs,
    )


def fleet(count: int, capacity_kg: float, capacity_m3: float, shift_s: float) -> tuple[Vehicle, ...]:
    return tuple(Vehicle(f"v{n}", capacity_kg, capacity_m3, 0.0, shift_s) for n in range(1, count + 1))


def enough(loads: Iterable[float], capacity: float, stated: int) -> int:
    """Vehicles for any plan worth having, where a file leaves their number open."""
    return max(stated, ceil(1.5 * sum(loads) / capacity)) + 2


def _task(number: int, link: Link, place: dict[int, int]) -> Task:
    there = Way(place[link.tail], place[link.head], link.serve)
    back = Way(place[link.head], place[link.tail], link.serve)
    ways = (there, back) if link.both_ways else (there,)
    return Task(f"{number}:{link.tail}-{link.head}", ways, link.demand[0], 0.0)


def shortest(read: Collection[Link], places: Sequence[int]) -> npt.NDArray[np.float64]:
    """Seconds between nodes, in this order; inf where there is no way."""
    arcs: dict[tuple[int, int], float] = {}
    for link in read:
        for arc in ((link.tail, link.head), (link.head, link.tail))[: 2 if link.both_ways else 1]:
            arcs[arc] = min(link.travel, arcs.get(arc, inf))
    known = {node: number for number, node in enumerate(sorted({node for arc in arcs for node in arc}))}
    for node in places:
        if node not in known:
            raise RoutingError(f"Node {node} is on no edge or arc; correct the depot or the disposal sites.")
    at = np.array([(known[a], known[b]) for a, b in arcs]).T
    cost = np.maximum(np.fromiter(arcs.values(), float), 1e-9)  # scipy takes 0 for no arc
    graph = csr_matrix((cost, at), shape=(len(known), len(known)))
    rows = [known[node] for node in places]
    time_s = dijkstra(graph, indices=sorted(set(rows)))[:, rows]
    order = {row: number for number, row in enumerate(sorted(set(rows)))}
    return np.asarray(np.round(time_s[[order[row] for row in rows]], 6))
