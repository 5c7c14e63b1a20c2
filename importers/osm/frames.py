"""The door of OpenStreetMap import: a file and a city's box in, one frame per collection and a report out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_core.city import City
from gis_core.geometry import BBox
from importers.osm.districts import finest_level
from importers.osm.extract import Extract, Thing, read_extract
from importers.osm.mapping import NAMED, SHAPES, Shape, columns_of, fractions
from importers.osm.names import NameRule
from importers.osm.sea import close_sea
from importers.osm.streets import Section, split_streets
from importers.osm.turns import Turn, resolve_turns

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright"
SOURCE = "openstreetmap"
_CRS = 4326


@dataclass(frozen=True)
class OsmReport:
    """Counts by collection: features made, geometries repaired, and objects skipped by reason."""

    features: Mapping[str, int]
    repaired: Mapping[str, int]
    skipped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class OsmFrames:
    """`frames` are ready for load_features; `places` are named nodes (place, population, name_*, geom)."""

    frames: dict[str, gpd.GeoDataFrame]
    places: gpd.GeoDataFrame
    report: OsmReport


def read_osm(path: Path, city: City, on_progress: Callable[[str], None] = lambda _message: None) -> OsmFrames:
    """What the file holds of the city, clipped to its box.

    Raises InvalidInput for a file that is missing, broken, empty or of another place.
    """
    extract = read_extract(path, city.bbox, lambda count: on_progress(f"{path.name}: {count:,} objects read"))
    on_progress(f"{path.name}: building features")
    return _Frames(extract, city).build()


class _Frames:
    def __init__(self, extract: Extract, city: City) -> None:
        self.extract = extract
        self.box = city.bbox
        self.names = NameRule(city.languages, city.country)
        self.things: dict[str, list[Thing]] = defaultdict(list)
        for thing in extract.things:
            self.things[thing.collection].append(thing)

    def build(self) -> OsmFrames:
        sections = split_streets(self.extract, self.box)
        frames = {"streets": self._streets(sections)}
        frames["turn-restrictions"] = _turn_frame(resolve_turns(self.extract, sections))
        for collection, shape in SHAPES.items():
            if shape is not Shape.LINE:
                frames[collection] = self._features(collection)
        frames["water"] = pd.concat([frames["water"], self._sea()], ignore_index=True)
        places = frames.pop("places").drop(columns="source")
        frames["districts"] = finest_level(frames["districts"], frames["streets"], self.extract)
        return OsmFrames(frames, places, self._report(frames))

    def _streets(self, sections: list[Section]) -> gpd.GeoDataFrame:
        rows = [
            {"external_id": s.external_id, **s.way.sets, **self.names.columns(s.way.tags)} for s in sections
        ]
        return _frame("streets", rows, [s.line for s in sections])

    def _features(self, collection: str) -> gpd.GeoDataFrame:
        things = self.things[collection]
        shapes = np.array([thing.geom for thing in things], dtype=object)
        if SHAPES[collection] is Shape.AREA:
            shapes = self._areas(collection, shapes)
        else:
            shapes = self._points(collection, shapes)
        kept = [(thing, geom) for thing, geom in zip(things, shapes, strict=True) if geom is not None]
        rows = [self._rows(thing) for thing, _geom in kept]
        geoms = [geom for rows_of_one, (_thing, geom) in zip(rows, kept, strict=True) for _row in rows_of_one]
        return _frame(collection, [row for rows_of_one in rows for row in rows_of_one], geoms)

    def _rows(self, thing: Thing) -> list[dict[str, Any]]:
        """One row; a waste amenity gives one for each fraction."""
        if thing.collection == "waste-containers":
            return [{"external_id": f"{thing.osm_id}:{f}", "fraction": f} for f in fractions(thing.tags)]
        named = self.names.columns(thing.tags) if thing.collection in NAMED else {}
        return [{"external_id": thing.osm_id, **thing.sets, **named}]

    def _points(self, collection: str, shapes: np.ndarray) -> np.ndarray:
        points = np.array(
            [g if g.geom_type == "Point" else g.point_on_surface() for g in shapes], dtype=object
        )
        inside = shapely.intersects(points, shapely.box(*self.box.as_tuple()))
        self._skip_outside(collection, ~inside)
        return np.where(inside, points, None)

    def _areas(self, collection: str, shapes: np.ndarray) -> np.ndarray:
        """MultiPolygons inside the box; invalid ones are repaired, and of the outcome only polygons are kept."""
        invalid = ~shapely.is_valid(shapes)
        self.extract.repaired[collection] += int(invalid.sum())
        shapes[invalid] = shapely.make_valid(shapes[invalid])
        frame = shapely.box(*self.box.as_tuple())
        crossing = ~shapely.within(shapes, frame)
        shapes[crossing] = shapely.intersection(shapes[crossing], frame)
        areas = np.array([multipolygon(g) for g in shapes], dtype=object)
        self._skip_outside(collection, np.equal(areas, None))
        return areas

    def _skip_outside(self, collection: str, outside: np.ndarray) -> None:
        if outside.any():
            self.extract.skip(collection, "outside the city's box", int(outside.sum()))

    def _sea(self) -> gpd.GeoDataFrame:
        known = self._known_box()
        sea = close_sea(self.extract.coastlines, known)
        if sea.open_ends:
            self.extract.skip("water", "an open end of the coast inside the box", sea.open_ends)
        blank = {"name_fr": "", "name_ar": "", "name_en": ""}
        rows = [{"external_id": f"osm:sea:{n}", **blank} for n in range(len(sea.faces))]
        return _frame("water", rows, [multipolygon(face) for face in sea.faces])

    def _known_box(self) -> BBox:
        """Where the city's box and the data overlap: beyond it nobody knows land from sea."""
        data = self.extract.declared_box or self._data_box()
        ours = self.box
        return BBox(
            max(ours.west, data.west),
            max(ours.south, data.south),
            min(ours.east, data.east),
            min(ours.north, data.north),
        )

    def _data_box(self) -> BBox:
        ways = [*self.extract.streets, *self.extract.coastlines]
        places = [place for way in ways for place in way.places if place]
        return BBox.of(shapely.MultiPoint(places).bounds) if places else self.box

    def _report(self, frames: Mapping[str, gpd.GeoDataFrame]) -> OsmReport:
        skipped: dict[str, dict[str, int]] = {}
        for (collection, reason), number in sorted(self.extract.skipped.items()):
            if number:
                skipped.setdefault(collection, {})[reason] = number
        return OsmReport(
            {name: len(frame) for name, frame in frames.items()}, dict(self.extract.repaired), skipped
        )


def multipolygon(geom: shapely.Geometry) -> shapely.MultiPolygon | None:
    """The polygons of a geometry; None where there is none."""
    polygons = [
        p
        for part in shapely.get_parts(geom)
        for p in shapely.get_parts(part)
        if p.geom_type == "Polygon" and p.area
    ]
    return shapely.MultiPolygon(polygons) if polygons else None


def _turn_frame(turns: list[Turn]) -> gpd.GeoDataFrame:
    rows = [
        {"external_id": t.external_id, "kind": t.kind, "from_street": t.from_street, "to_street": t.to_street}
        for t in turns
    ]
    return _frame("turn-restrictions", rows, [t.geom for t in turns])


_COLUMNS = {
    "turn-restrictions": ("kind", "from_street", "to_street"),
    "waste-containers": ("fraction",),
}


def _frame(collection: str, rows: list[dict[str, Any]], geoms: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    """Columns in a fixed order, the same with and without rows."""
    named = ("name_fr", "name_ar", "name_en") if collection in NAMED else ()
    columns = ["external_id", *_COLUMNS.get(collection, columns_of(collection)), *named]
    data = pd.DataFrame(rows, columns=columns, dtype=object)
    return gpd.GeoDataFrame(
        data.assign(source=SOURCE), geometry=gpd.GeoSeries(geoms, crs=_CRS)
    ).rename_geometry("geom")
