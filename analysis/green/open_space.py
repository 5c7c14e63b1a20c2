"""SDG 11.7.1, part one: the share of built-up land that is open public space or street, each place counted once."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from analysis.green.coverage import same_crs
from analysis.green.patches import Patches
from analysis.green.people import percent
from analysis.green.plane import Floats

# Where a street's width is not known. An assumption, to be replaced by surveyed widths.
WIDTHS_M = {
    "motorway": 24.0,
    "trunk": 20.0,
    "primary": 18.0,
    "secondary": 14.0,
    "tertiary": 10.0,
    "unclassified": 7.0,
    "residential": 7.0,
    "living_street": 6.0,
    "service": 4.0,
    "pedestrian": 6.0,
    "track": 3.0,
    "cycleway": 2.5,
    "footway": 2.0,
    "steps": 2.0,
}
BUILT_M = 50.0
OPEN_SPACE_RULE = (
    "(open public space + land of streets, united) in built-up land, over built-up land: the variant"
    " 'within {built_m:g} m of a building' (not DEGURBA). Streets by their width, where it is not known by class"
    " (assumption)."
)


@dataclass(frozen=True, eq=False)
class OpenSpace:
    """Plane m² in each zone: built-up land, and of it what is open public space or street."""

    built_m2: Floats
    open_m2: Floats

    @property
    def share_pct(self) -> Floats:
        return percent(self.open_m2, self.built_m2)


def street_land(streets: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Polygons of the streets: half the width to each side, flat at the ends."""
    by_class = streets["street_class"].map(WIDTHS_M).fillna(WIDTHS_M["residential"]).to_numpy(np.float64)
    width = streets["width_m"].to_numpy(np.float64, na_value=np.nan)
    width = np.where(width > 0, width, by_class)
    return gpd.GeoSeries(
        shapely.buffer(streets.geometry.to_numpy(), width / 2, cap_style="flat"), crs=streets.crs
    )


def built_up(buildings: gpd.GeoSeries, within_m: float = BUILT_M) -> Patches:
    """The ground within so many metres of a building."""
    return Patches.of(
        gpd.GeoSeries(shapely.buffer(buildings.to_numpy(), within_m, quad_segs=2), crs=buildings.crs)
    )


def open_space(
    zones: gpd.GeoSeries, public: gpd.GeoSeries, streets: gpd.GeoDataFrame, buildings: gpd.GeoSeries
) -> OpenSpace:
    """Of each zone; all in one metric CRS."""
    built = built_up(buildings)
    land = street_land(streets)
    open_land = Patches.of(gpd.GeoSeries(np.concatenate([public.to_numpy(), land.to_numpy()]), crs=zones.crs))
    same_crs(zones, built, open_land)
    shapes = zones.to_numpy()
    of_zone = _cut(shapes, built)
    return OpenSpace(shapely.area(of_zone), open_land.plane_area_in(of_zone))


def _cut(zones: np.ndarray, built: Patches) -> np.ndarray:
    """The built-up part of each zone."""
    tree = shapely.STRtree(built.polygons)
    return np.array(
        [shapely.union_all(shapely.intersection(built.polygons[tree.query(zone)], zone)) for zone in zones],
        dtype=object,
    )
