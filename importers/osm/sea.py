"""The sea, closed from coastlines and a box. OpenStreetMap draws coastlines with water on their right side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis_core.geometry import BBox
from importers.osm.extract import Way

# An open end of the coast this near to the edge of the data was cut there (degrees; about 500 m of latitude).
REACH = 0.005
_ASIDE = 1e-9  # degrees to step off an edge, far below the file's own precision of 1e-7


@dataclass(frozen=True)
class Sea:
    """Faces of water, from west to east, and how many ends of the coast were left open inside the box."""

    faces: tuple[shapely.Polygon, ...]
    open_ends: int


def close_sea(coastlines: list[Way], box: BBox) -> Sea:
    """`box` must lie inside the extent of the data; beyond it nothing is known."""
    frame = shapely.box(*box.as_tuple())
    coast = _coast_lines(coastlines, frame)
    if not coast:
        return Sea((), 0)
    mended, open_ends = _reach_the_edge(coast, frame)
    edges = shapely.unary_union([frame.exterior, *mended])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    return Sea(tuple(_wet(faces, mended)), open_ends)


def _coast_lines(coastlines: list[Way], frame: shapely.Polygon) -> list[shapely.LineString]:
    """Lines inside the frame, joined along their direction; a missing node ends a line."""
    runs = [run for way in coastlines for run in _known_runs(way)]
    if not runs:
        return []
    joined = shapely.line_merge(shapely.MultiLineString(runs), directed=True)
    inside = shapely.get_parts(shapely.clip_by_rect(shapely.get_parts(joined), *frame.bounds))
    return [line for line in shapely.get_parts(inside) if line.geom_type == "LineString" and line.length > 0]


def _known_runs(way: Way) -> list[shapely.LineString]:
    runs: list[list[tuple[float, float]]] = [[]]
    for place in way.places:
        if place is None:
            runs.append([])
        elif not runs[-1] or runs[-1][-1] != place:
            runs[-1].append(place)
    return [shapely.LineString(run) for run in runs if len(run) > 1]


def _reach_the_edge(
    coast: list[shapely.LineString], frame: shapely.Polygon
) -> tuple[list[shapely.LineString], int]:
    """Open ends near the frame are drawn on to it; the others are counted."""
    mended, open_ends = [], 0
    for line in coast:
        places = list(line.coords)
        if not line.is_closed:
            first, last = (_on_edge(place, frame) for place in (places[0], places[-1]))
            open_ends += (first is None) + (last is None)
            places = [first or places[0], *places, last or places[-1]]
        mended.append(shapely.remove_repeated_points(shapely.LineString(places)))
    return mended, open_ends


def _on_edge(place: tuple[float, ...], frame: shapely.Polygon) -> tuple[float, ...] | None:
    """The nearest point of the frame; None beyond REACH."""
    point = shapely.Point(place)
    if frame.exterior.distance(point) > REACH:
        return None
    return shapely.get_coordinates(shapely.shortest_line(frame.exterior, point))[0].tolist()


def _wet(faces: np.ndarray, coast: list[shapely.LineString]) -> list[shapely.Polygon]:
    """Faces that have more metres of coast with their inside on the right than on the left."""
    middles, rights, lengths = _coast_edges(coast)
    right = _face_lengths(faces, middles + rights * _ASIDE, lengths)
    left = _face_lengths(faces, middles - rights * _ASIDE, lengths)
    return sorted(faces[right > left], key=lambda face: face.bounds)


def _coast_edges(coast: list[shapely.LineString]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle, unit vector to the right, and length of every edge, in degrees."""
    starts, ends = (
        np.vstack([shapely.get_coordinates(line)[cut] for line in coast])
        for cut in (slice(None, -1), slice(1, None))
    )
    along = ends - starts
    lengths = np.hypot(along[:, 0], along[:, 1])
    along /= lengths[:, None]
    return (starts + ends) / 2, np.column_stack([along[:, 1], -along[:, 0]]), lengths


def _face_lengths(faces: np.ndarray, points: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Summed length of the edges whose point lies in each face."""
    point, face = shapely.STRtree(faces).query(shapely.points(points), predicate="within")
    return np.bincount(face, weights=lengths[point], minlength=len(faces))
