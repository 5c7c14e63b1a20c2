"""Frames that `load_features` takes: degrees rounded to 1e-7, multipolygons, an identifier and a source per row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gis_core.geometry import BBox

DEGREE_DECIMALS = 7  # about 1 cm; equal points of the plane stay equal in degrees


@dataclass(frozen=True)
class Plane:
    """The way between degrees (EPSG:4326, longitude first) and a city's metric plane."""

    metric_crs: int

    @cached_property
    def _transformer(self) -> Transformer:
        return Transformer.from_crs(4326, self.metric_crs, always_xy=True)

    def to_plane(self, geoms: Any) -> Any:
        return shapely.transform(
            geoms, lambda xy: np.column_stack(self._transformer.transform(xy[:, 0], xy[:, 1]))
        )

    def to_degrees(self, geoms: Any) -> Any:
        return shapely.transform(geoms, self._degrees)

    def _degrees(self, xy: np.ndarray) -> np.ndarray:
        degrees = self._transformer.transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        return np.round(np.column_stack(degrees), DEGREE_DECIMALS)


def identifiers(prefix: str, count: int) -> list[str]:
    """`casa:tree/000001` and so on, in the order of the rows."""
    return [f"{prefix}/{number:06d}" for number in range(1, count + 1)]


def feature_frame(
    plane: Plane, geoms_m: np.ndarray, ids: list[str], source: str, columns: Mapping[str, Any]
) -> gpd.GeoDataFrame:
    """Geometries of the plane as a frame in degrees; areas become valid multipolygons."""
    geoms = multipolygons(plane.to_degrees(np.asarray(geoms_m, dtype=object)))
    return gpd.GeoDataFrame(
        {"external_id": ids, "source": source, **columns}, geometry=geoms, crs=4326
    ).rename_geometry("geom")


def inside_box(frame: pd.DataFrame, bbox: BBox) -> pd.DataFrame:
    """Generated rows only inside the city's box: areas are cut, points and lines beyond it left out. Real rows stay."""
    if "geom" not in frame or not len(frame):
        return frame
    box, geoms = shapely.box(*bbox.as_tuple()), frame["geom"].to_numpy().copy()
    beyond = ~shapely.covers(box, geoms) & frame["source"].isin(["synthetic", "mixed"]).to_numpy()
    if not beyond.any():
        return frame
    cut = np.array([polygonal(geom) for geom in shapely.intersection(geoms[beyond], box)], dtype=object)
    geoms[beyond] = multipolygons(shapely.transform(cut, lambda xy: np.round(xy, DEGREE_DECIMALS)))
    frame = frame.assign(geom=gpd.GeoSeries(geoms, index=frame.index, crs=4326))
    return frame[~shapely.is_empty(geoms)].reset_index(drop=True)


def table_frame(ids: list[str], source: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({"external_id": ids, "source": source, **columns})


def multipolygons(geoms: np.ndarray) -> np.ndarray:
    """Polygons (degrees) made valid on the same grid and wrapped; points and lines as they are."""
    areal = shapely.get_dimensions(geoms) == 2
    if not areal.any():
        return geoms
    broken = areal & ~shapely.is_valid(geoms)
    geoms = geoms.copy()
    mended = shapely.set_precision(shapely.make_valid(geoms[broken]), 10.0**-DEGREE_DECIMALS)
    geoms[broken] = [polygonal(geom) for geom in mended]
    single = shapely.get_type_id(geoms) == shapely.GeometryType.POLYGON
    geoms[single] = shapely.multipolygons(geoms[single], indices=np.arange(single.sum()))
    return geoms


def polygonal(geom: shapely.Geometry) -> shapely.Geometry:
    """The areas of a mixed geometry, as one multipolygon."""
    parts = shapely.get_parts(shapely.get_parts(geom))
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])


def polygon_parts(geoms: np.ndarray, min_area_m2: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Single polygons of at least so many m², and from which geometry each comes."""
    parts, index = shapely.get_parts(geoms, return_index=True)
    nested, outer = shapely.get_parts(parts, return_index=True)
    keep = (shapely.get_dimensions(nested) == 2) & (shapely.area(nested) > min_area_m2)
    return nested[keep], index[outer[keep]]
