"""Parcels for a city that has none: blocks of its real streets, shared out among its real buildings."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from importers.synthetic import parcels
from importers.synthetic.frames import polygon_parts

_FRONTAGE_M, _LARGEST_M2 = 32.0, 400_000.0
_NOT_A_LIMIT = frozenset({"footway", "steps", "cycleway", "track"})
_USES = {
    "commercial": ("commercial", "retail", "office", "supermarket", "hotel", "kiosk"),
    "industrial": ("industrial", "warehouse", "hangar"),
    "public": ("church", "cathedral", "chapel", "mosque", "synagogue", "temple", "school", "university", "college",
               "kindergarten", "hospital", "public", "civic", "government", "train_station", "transportation",
               "museum", "theatre", "stadium", "sports_hall"),
}  # fmt: skip
_USE_OF_BUILDING = {building: use for use, buildings in _USES.items() for building in buildings}


def lots_of_city(
    streets: pd.DataFrame, footprints: np.ndarray, buildings: gpd.GeoDataFrame | None, greens: np.ndarray,
    water: np.ndarray, rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Polygons of the plane and their land use.

    A block with several buildings is divided between them; one with a single building or mostly green stays whole;
    one without either is divided along its streets. Buildings outside all blocks stand on ground of their own shape.
    """
    blocks = _blocks(streets, water)
    if not len(blocks):
        return blocks, np.empty(0, object)
    count = (
        _count_inside(blocks, shapely.centroid(footprints)) if len(footprints) else np.zeros(len(blocks), int)
    )
    green = _inside(shapely.point_on_surface(blocks), greens)
    several, bare = (count >= 2) & ~green, (count == 0) & ~green
    shared, _ = (
        parcels.lots_around_buildings(blocks[several], footprints) if several.any() else (blocks[:0], None)
    )
    divided = _divided(blocks[bare], rng)
    lots = np.concatenate([blocks[~several & ~bare], shared, divided])
    lots = np.concatenate([lots, _under_other_buildings(lots, footprints)])
    return lots, _uses(lots, footprints, buildings, greens)


def _blocks(streets: pd.DataFrame, water: np.ndarray) -> np.ndarray:
    limits = streets[~streets["street_class"].isin(_NOT_A_LIMIT) & (streets["bridge_level"] == 0)]
    if limits.empty:
        return np.empty(0, object)
    lines = limits["line"].to_numpy()
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines, grid_size=0.01))))
    faces = faces[shapely.area(faces) < _LARGEST_M2]
    blocks = parcels.blocks_between(faces, lines, limits["width_m"].to_numpy()) if len(faces) else faces
    if not len(water) or not len(blocks):
        return blocks
    return polygon_parts(shapely.difference(blocks, shapely.union_all(water)), 150.0)[0]


def _under_other_buildings(lots: np.ndarray, footprints: np.ndarray) -> np.ndarray:
    alone = footprints[~_inside(shapely.point_on_surface(footprints), lots)]
    if not len(alone):
        return alone
    grounds = shapely.difference(
        shapely.get_parts(shapely.union_all(alone, grid_size=0.01)), shapely.union_all(lots)
    )
    return polygon_parts(grounds, 25.0)[0]


def _divided(blocks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if not len(blocks):
        return blocks
    depth = np.tile([0.6, 0.9], (len(blocks), 1))
    return parcels.lots_in_blocks(blocks, np.full(len(blocks), _FRONTAGE_M), depth, rng).polygons


def _count_inside(polygons: np.ndarray, points: np.ndarray) -> np.ndarray:
    polygon, _ = shapely.STRtree(points).query(polygons, predicate="contains")
    return np.bincount(polygon, minlength=len(polygons))


def _inside(points: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    inside = np.zeros(len(points), bool)
    if len(polygons):
        inside[shapely.STRtree(polygons).query(points, predicate="within")[0]] = True
    return inside


def _uses(
    lots: np.ndarray, footprints: np.ndarray, buildings: gpd.GeoDataFrame | None, greens: np.ndarray
) -> np.ndarray:
    """Green by place, else by the first building on the lot, else other."""
    use = np.full(len(lots), "other", dtype=object)
    if buildings is not None and len(footprints):
        lot, building = shapely.STRtree(shapely.centroid(footprints)).query(lots, predicate="contains")
        lot, first = np.unique(lot, return_index=True)
        kinds = buildings["use"].fillna("").to_numpy()[building[first]]
        use[lot] = [_USE_OF_BUILDING.get(kind, "residential") for kind in kinds]
    use[_inside(shapely.point_on_surface(lots), greens) & (use == "other")] = "green"
    return use
