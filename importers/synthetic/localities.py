"""Districts for a city whose extract has none: the ground nearest to each named place, or four quarters by compass."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from importers.synthetic.frames import Plane, feature_frame, polygonal

_REACH_M = 60.0
_SMALLEST_M2 = 20_000.0
_POND_M2 = 10_000.0
_LEAST_STREETS = 0.03  # of all sections: a place with fewer lies at the edge of the extract
# The first of these groups with two places or more names the districts.
_PLACES = (
    ("borough", "suburb", "quarter"),
    ("neighbourhood", "village"),
    ("town", "hamlet", "city", "locality", "isolated_dwelling"),
)
_QUARTERS = (
    ("Sud-Ouest", "الجنوب الغربي", "South-west", 0, 0),
    ("Sud-Est", "الجنوب الشرقي", "South-east", 1, 0),
    ("Nord-Ouest", "الشمال الغربي", "North-west", 0, 1),
    ("Nord-Est", "الشمال الشرقي", "North-east", 1, 1),
)


def built_ground(lines: np.ndarray, water: np.ndarray, box: shapely.Polygon) -> shapely.Geometry:
    """Land of the box inside the streets' convex hull with a margin, less large water; without streets, the box's."""
    water = water[shapely.area(water) > _POND_M2]
    ground = box
    if len(lines):
        hull = shapely.buffer(shapely.convex_hull(shapely.multilinestrings(lines)), _REACH_M)
        ground = shapely.intersection(hull, box)
    land = shapely.difference(ground, shapely.union_all(water)) if len(water) else ground
    return land if land.area > _SMALLEST_M2 else ground


def place_districts(
    places: gpd.GeoDataFrame, ground: shapely.Geometry, lines: np.ndarray, plane: Plane
) -> gpd.GeoDataFrame | None:
    """One district around each place that streets surround, of the nearest ground; None with fewer than two places."""
    chosen = _chosen(places)
    if chosen is None:
        return None
    points = plane.to_plane(chosen.geometry.to_numpy())
    if len(lines):
        _, nearest = shapely.STRtree(points).query_nearest(
            shapely.line_interpolate_point(lines, 0.5, normalized=True), all_matches=False
        )
        central = np.bincount(nearest, minlength=len(points)) > _LEAST_STREETS * len(lines)
        chosen, points = chosen[central], points[central]
    if len(chosen) < 2:
        return None
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=ground))
    point, cell = shapely.STRtree(cells).query(points, predicate="intersects")
    point, first = np.unique(point, return_index=True)
    areas = np.array(
        [polygonal(area) for area in shapely.intersection(cells[cell[first]], ground)], dtype=object
    )
    large = shapely.area(areas) > _SMALLEST_M2
    if large.sum() < 2:
        return None
    rows = chosen.iloc[point[large]]
    ids = [f"{name}:district" for name in rows["external_id"]]
    return feature_frame(plane, areas[large], ids, "mixed", _names(rows))


def compass_districts(ground: shapely.Geometry, plane: Plane) -> gpd.GeoDataFrame:
    """The ground's quarters, two by two; those without land are left out."""
    west, south, east, north = ground.bounds
    x, y = np.linspace(west, east, 3), np.linspace(south, north, 3)
    boxes = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for *_, i, j in _QUARTERS]
    areas = np.array([polygonal(shapely.intersection(ground, box)) for box in boxes], dtype=object)
    some = shapely.area(areas) > 0
    names = pd.DataFrame([quarter[:3] for quarter in _QUARTERS], columns=["name_fr", "name_ar", "name_en"])[
        some
    ]
    ids = [f"synthetic:district/{name.lower()}" for name in names["name_en"]]
    return feature_frame(plane, areas[some], ids, "synthetic", names.to_dict("list"))


def _chosen(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    named = places[_any_name(places) != ""]
    groups = (named[named["place"].isin(group)].drop_duplicates(subset="geom") for group in _PLACES)
    return next((group for group in groups if len(group) >= 2), None)


def _any_name(places: pd.DataFrame) -> pd.Series:
    names = places[["name_fr", "name_en", "name_ar"]].fillna("")
    return names.where(names != "").bfill(axis=1).iloc[:, 0].fillna("")


def _names(places: pd.DataFrame) -> dict[str, list[str]]:
    """A proper name that a language lacks is written as another language has it."""
    known = _any_name(places)
    return {
        column: places[column].fillna("").where(places[column].fillna("") != "", known).tolist()
        for column in ("name_fr", "name_ar", "name_en")
    }
