"""Which administrative level serves as the city's districts."""

from __future__ import annotations

import geopandas as gpd
import shapely

from importers.osm.extract import Extract

COVERED = 0.5  # of the street sections inside the city's box: sea and open country do not count


def finest_level(limits: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, extract: Extract) -> gpd.GeoDataFrame:
    """The limits of the finest level (the largest number) that holds most streets; none where no level does."""
    levels = sorted(limits["admin_level"].unique(), reverse=True)
    shares = {level: _share(limits[limits.admin_level == level], streets) for level in levels}
    chosen = next((level for level in levels if shares[level] > COVERED), None)
    for level in levels:
        if level != chosen:
            number = int((limits.admin_level == level).sum())
            extract.skip("districts", f"level {level} is not the finest that holds most streets", number)
    return limits[limits.admin_level == chosen].drop(columns="admin_level").reset_index(drop=True)


def _share(limits: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> float:
    area = shapely.union_all(limits.geom.array)
    shapely.prepare(area)
    return float(shapely.intersects(area, streets.geom.array).mean()) if len(streets) else 0.0
