"""Ways become sections from junction to junction, cut at the city's box."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import shapely

from gis_core.geometry import BBox
from importers.osm.extract import Extract, Way

Place = tuple[float, float]


@dataclass(frozen=True)
class Section:
    """A piece of a way. `start` and `end` are node ids; None where the box or the file cuts the way."""

    way: Way
    number: int
    line: shapely.LineString
    start: int | None
    end: int | None

    @property
    def external_id(self) -> str:
        return f"osm:way/{self.way.id}:{self.number}"


def split_streets(extract: Extract, box: BBox) -> list[Section]:
    """Sections of all street ways, numbered along each way from 0."""
    junctions = find_junctions(extract.streets)
    sections: list[Section] = []
    for way in extract.streets:
        pieces = [p for refs, line in _cut_at_junctions(way, junctions) for p in _clip(refs, line, box)]
        sections += [Section(way, n, line, refs[0], refs[1]) for n, (refs, line) in enumerate(pieces)]
        if not pieces:
            extract.skip("streets", "outside the city's box")
    return sections


def find_junctions(ways: Iterable[Way]) -> set[int]:
    """Nodes of two or more ways, nodes that a way meets twice, and every end of a way."""
    seen: Counter[int] = Counter()
    for way in ways:
        seen.update(_without_repeats(way.refs))
        seen.update((way.refs[0], way.refs[-1]))
    return {ref for ref, number in seen.items() if number > 1}


def _without_repeats(refs: tuple[int, ...]) -> list[int]:
    """A node drawn twice in a row by mistake is no junction."""
    return [ref for n, ref in enumerate(refs) if n == 0 or ref != refs[n - 1]]


def _cut_at_junctions(
    way: Way, junctions: set[int]
) -> Iterator[tuple[tuple[int | None, int | None], shapely.LineString]]:
    """Runs of known places between junctions; a node missing from the file ends a run."""
    run: list[tuple[int, Place]] = []
    for ref, place in zip(way.refs, way.places, strict=True):
        if place is None:
            yield from _line(run, junctions)
            run = []
            continue
        run.append((ref, place))
        if ref in junctions and len(run) > 1:
            yield from _line(run, junctions)
            run = [(ref, place)]
    yield from _line(run, junctions)


def _line(
    run: list[tuple[int, Place]], junctions: set[int]
) -> Iterator[tuple[tuple[int | None, int | None], shapely.LineString]]:
    places = [place for n, (_ref, place) in enumerate(run) if n == 0 or place != run[n - 1][1]]
    if len(places) > 1:
        ends = [ref if ref in junctions else None for ref in (run[0][0], run[-1][0])]
        yield (ends[0], ends[1]), shapely.LineString(places)


def _clip(
    ends: tuple[int | None, int | None], line: shapely.LineString, box: BBox
) -> Iterator[tuple[tuple[int | None, int | None], shapely.LineString]]:
    """The parts inside the box, in the direction and order of the line; a cut end has no node."""
    west, south, east, north = line.bounds
    if west >= box.west and south >= box.south and east <= box.east and north <= box.north:
        yield ends, line
        return
    inside = shapely.get_parts(shapely.clip_by_rect(line, *box.as_tuple()))
    parts = [part for part in inside if part.geom_type == "LineString" and part.length > 0]
    for part in sorted(parts, key=lambda p: line.project(shapely.Point(p.coords[0]))):
        start = ends[0] if part.coords[0] == line.coords[0] else None
        end = ends[1] if part.coords[-1] == line.coords[-1] else None
        yield (start, end), part
