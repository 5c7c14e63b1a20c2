"""Reads an OpenStreetMap file (.osm.pbf, .osm, .opl) once and keeps what the mapping table asks for, inside a box.

Memory: the location of every node of the file (16 bytes each) and the kept objects; the rest streams past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import osmium
import shapely
from osmium.filter import EntityFilter, IdFilter, KeyFilter
from shapely.geometry.base import BaseGeometry

from gis_core.errors import InvalidInput
from gis_core.geometry import BBox
from importers.osm.mapping import SHAPES, Rule, Shape, filter_keys, properties, rules_for

Tags = dict[str, str]
TICK = 50_000  # objects between two calls of on_progress
_CURE = (
    "Take a complete extract in .osm.pbf, for example from a download of your region cut with osmium-tool."
)


@dataclass(frozen=True)
class Way:
    """A street or coastline. `refs` are node ids; a place is None where the file lacks the node."""

    id: int
    tags: Tags
    refs: tuple[int, ...]
    places: tuple[tuple[float, float] | None, ...]
    sets: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Thing:
    """A point or area with the collection and field values that the table gives it."""

    osm_id: str
    collection: str
    tags: Tags
    sets: dict[str, object]
    geom: BaseGeometry


@dataclass(frozen=True)
class Restriction:
    """A relation type=restriction as it stands in the file: members as (type, id, role)."""

    id: int
    tags: Tags
    members: tuple[tuple[str, int, str], ...]


@dataclass
class Extract:
    """What was kept of one file. `skipped` and `repaired` count by collection (and reason)."""

    path: Path
    declared_box: BBox | None
    streets: list[Way] = field(default_factory=list)
    coastlines: list[Way] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    objects: int = 0  # with a key of the table, anywhere in the file

    def skip(self, collection: str, reason: str, number: int = 1) -> None:
        self.skipped[collection, reason] += number


def read_extract(
    path: Path, box: BBox, on_progress: Callable[[int], None] = lambda _objects: None
) -> Extract:
    """Everything of the table whose extent meets `box`.

    Raises InvalidInput, naming the file and the cure, for a missing, broken or empty file and one that lies elsewhere.
    """
    extract = Extract(path, declared_box(path))
    if extract.declared_box and not _meet(extract.declared_box.as_tuple(), box):
        raise InvalidInput(_elsewhere(path, extract.declared_box.as_tuple(), box))
    with _readable(path):
        broken = _Pass(extract, box, on_progress).run()
        _assemble(extract, broken, box)
    if not extract.objects:
        raise InvalidInput(
            f"{path}: the file holds no street, building, tree or anything else we map. {_CURE}"
        )
    if not (extract.streets or extract.things):
        raise InvalidInput(_elsewhere(path, None, box))
    return extract


def declared_box(path: Path) -> BBox | None:
    """The box in the file's header; None where it has none. Raises InvalidInput for a missing or broken file."""
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file. Give the path of an .osm.pbf extract.")
    with _readable(path):
        box = osmium.FileProcessor(path).header.box()
    if not box.valid():
        return None
    return BBox(box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """osmium says everything by RuntimeError: truncated and corrupt files, and files of another format."""
    try:
        yield
    except RuntimeError as error:
        raise InvalidInput(
            f"{path}: this OpenStreetMap file cannot be read ({error}). Download it again. {_CURE}"
        ) from error


def _elsewhere(path: Path, extent: tuple[float, ...] | None, box: BBox) -> str:
    where = f"it covers {_degrees(extent)}" if extent else "nothing in it lies there"
    return (
        f"{path}: the extract does not meet the city's box {_degrees(box.as_tuple())}: {where}. "
        "Take an extract of this city, or make a city file for this one: python -m importers.new_city FILE."
    )


def _degrees(box: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.4f}" for value in box)


def _meet(bounds: tuple[float, ...], box: BBox) -> bool:
    west, south, east, north = bounds
    return west <= box.east and east >= box.west and south <= box.north and north >= box.south


@dataclass
class _Broken:
    """Areas that osmium could not assemble, with the ways they are made of, for a second look."""

    areas: dict[str, tuple[Tags, list[Rule], tuple[int, ...]]] = field(default_factory=dict)


class _Pass:
    """One run over the file; each kind of object has its method."""

    def __init__(self, extract: Extract, box: BBox, on_progress: Callable[[int], None]) -> None:
        self.extract = extract
        self.box = box
        self.on_progress = on_progress
        self.wkb = osmium.geom.WKBFactory()
        self.members: dict[int, tuple[int, ...]] = {}  # way ids of area relations
        self.emitted: set[int] = set()
        self.relations: dict[int, tuple[Tags, list[Rule]]] = {}
        self.broken = _Broken()

    def run(self) -> _Broken:
        keys = KeyFilter(
            *filter_keys(),
            "restriction",
            "restriction:motorcar",
            "restriction:hgv",
            "restriction:conditional",
        )
        processor = (
            osmium.FileProcessor(self.extract.path).with_areas(KeyFilter(*filter_keys())).with_filter(keys)
        )
        for count, item in enumerate(processor, 1):
            if count % TICK == 0:
                self.on_progress(count)
            self._take(item)
        self._report_incomplete()
        return self.broken

    def _take(self, item: osmium.osm.OSMObject) -> None:
        if item.is_node():
            self._node(item)
        elif item.is_way():
            self._way(item)
        elif item.is_area():
            self._area(item)
        else:
            self._relation(item)

    def _node(self, node: osmium.osm.Node) -> None:
        tags = dict(node.tags)
        rules = rules_for(tags, Shape.POINT)
        self.extract.objects += bool(rules)
        lon, lat = node.location.lon, node.location.lat
        if rules and _meet((lon, lat, lon, lat), self.box):
            self._keep(f"osm:node/{node.id}", tags, rules, shapely.Point(lon, lat))

    def _way(self, way: osmium.osm.Way) -> None:
        tags = dict(way.tags)
        if tags.get("natural") == "coastline" and (coast := self._inside(way, tags)):
            self.extract.coastlines.append(coast)
        lines, areas = rules_for(tags, Shape.LINE), rules_for(tags, Shape.AREA)
        self.extract.objects += bool(lines or areas)
        if lines:
            self._street(way, tags, lines[0])
        elif "highway" in tags:
            self.extract.skip("streets", f"highway={tags['highway']} is no street")
        if areas:
            self._check_area(way, tags, areas)

    def _street(self, way: osmium.osm.Way, tags: Tags, rule: Rule) -> None:
        if street := self._inside(way, tags):
            self.extract.streets.append(replace(street, sets=properties(rule, tags)))
        elif sum(node.location.valid() for node in way.nodes) < 2:
            self.extract.skip("streets", "reaches beyond the file")

    def _check_area(self, way: osmium.osm.Way, tags: Tags, rules: list[Rule]) -> None:
        """Ways meant as areas that osmium will not hand over as such."""
        if not all(node.location.valid() for node in way.nodes):
            self._skip_all(rules, "reaches beyond the file")
        elif not way.is_closed():
            self._open_way(way, tags, rules)
        elif len(way.nodes) < 4:
            self._skip_all(rules, "encloses no area")

    def _open_way(self, way: osmium.osm.Way, tags: Tags, rules: list[Rule]) -> None:
        """A bench drawn as a line stands at its middle; an area that is not closed is none.

        Lines of administrative limits are parts of relations and need no word.
        """
        placed = [rule for rule in rules if SHAPES[rule.collection] is Shape.PLACE]
        areas = [r for r in rules if r not in placed and r.collection != "districts"]
        self._skip_all(areas, "a line, not an area")
        if placed and (line := self._inside(way, tags)):
            middle = shapely.LineString(line.places).interpolate(0.5, normalized=True)
            self._keep(f"osm:way/{way.id}", tags, placed, middle)

    def _inside(self, way: osmium.osm.Way, tags: Tags) -> Way | None:
        """The way, if its extent meets the box."""
        nodes = [(n.ref, n.location) for n in way.nodes]
        places = tuple((place.lon, place.lat) if place.valid() else None for _ref, place in nodes)
        known = [place for place in places if place]
        if len(known) < 2:
            return None
        xs, ys = zip(*known, strict=True)
        kept = _meet((min(xs), min(ys), max(xs), max(ys)), self.box)
        return Way(way.id, tags, tuple(ref for ref, _place in nodes), places) if kept else None

    def _relation(self, relation: osmium.osm.Relation) -> None:
        tags = dict(relation.tags)
        members = tuple((m.type, m.ref, m.role) for m in relation.members)
        if str(tags.get("type", "")).startswith("restriction"):
            self.extract.restrictions.append(Restriction(relation.id, tags, members))
        elif tags.get("type") in {"multipolygon", "boundary"}:
            rules = rules_for(tags, Shape.AREA)
            if rules:
                self.relations[relation.id] = tags, rules
                self.members[relation.id] = tuple(ref for kind, ref, _role in members if kind == "w")

    def _area(self, area: osmium.osm.Area) -> None:
        if not area.from_way():
            self.emitted.add(area.orig_id())
        tags = dict(area.tags)
        rules = rules_for(tags, Shape.AREA)
        if not rules:
            return
        self.extract.objects += 1
        osm_id = f"osm:{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
        if area.num_rings()[0] == 0:
            ways = (area.orig_id(),) if area.from_way() else ()
            self.broken.areas[osm_id] = tags, rules, ways
            return
        geom = shapely.from_wkb(self.wkb.create_multipolygon(area))
        if _meet(geom.bounds, self.box):
            self._keep(osm_id, tags, rules, geom)

    def _keep(self, osm_id: str, tags: Tags, rules: list[Rule], geom: BaseGeometry) -> None:
        self.extract.things += [Thing(osm_id, r.collection, tags, properties(r, tags), geom) for r in rules]

    def _skip_all(self, rules: list[Rule], reason: str) -> None:
        for rule in rules:
            self.extract.skip(rule.collection, reason)

    def _report_incomplete(self) -> None:
        """Relations of which the file lacks a way never come as areas; broken ones get their ways from here."""
        for relation_id, (tags, rules) in self.relations.items():
            key = f"osm:relation/{relation_id}"
            if key in self.broken.areas:
                self.broken.areas[key] = tags, rules, self.members[relation_id]
            elif relation_id not in self.emitted:
                self._skip_all(rules, "reaches beyond the file")


def _assemble(extract: Extract, broken: _Broken, box: BBox) -> None:
    """Build the areas that osmium refused out of their lines: crossing rings become the faces they enclose."""
    wanted = {way for _tags, _rules, ways in broken.areas.values() for way in ways}
    lines = _lines_of(extract.path, wanted) if wanted else {}
    for osm_id, (tags, rules, ways) in broken.areas.items():
        parts = [lines[way] for way in ways if way in lines]
        geom = shapely.build_area(shapely.unary_union(parts)) if parts else shapely.Polygon()
        for rule in rules:
            if geom.is_empty:
                extract.skip(rule.collection, "encloses no area")
            elif _meet(geom.bounds, box):
                extract.repaired[rule.collection] += 1
                extract.things.append(Thing(osm_id, rule.collection, tags, properties(rule, tags), geom))


def _lines_of(path: Path, way_ids: set[int]) -> dict[int, shapely.LineString]:
    processor = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    processor.with_filter(EntityFilter(osmium.osm.WAY)).with_filter(IdFilter(way_ids))
    lines = {}
    for way in processor:
        places = [(n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()]
        if len(places) > 1:
            lines[way.id] = shapely.LineString(places)
    return lines
