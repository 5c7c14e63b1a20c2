"""Small street networks for the tests: streets by end points, and lattices."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString, Point

CRS = 32629


def streets(*rows: dict) -> gpd.GeoDataFrame:
    """Rows of external_id and geom (LineString or list of points), and what differs from a two-way residential."""
    usual = {
        "street_class": "residential",
        "one_way": "no",
        "access": "yes",
        "speed_kmh": 36.0,
        "max_height_m": np.nan,
        "max_weight_t": np.nan,
    }
    full = [{**usual, **row, "geom": LineString(row["geom"])} for row in rows]
    return gpd.GeoDataFrame(full, geometry="geom", crs=CRS)


def restrictions(*rows: tuple[str, str, str, tuple[float, float]]) -> gpd.GeoDataFrame:
    """Rows of kind, from_street, to_street, point."""
    names = ("kind", "from_street", "to_street", "geom")
    full = [
        {"external_id": f"r{i}", **dict(zip(names, row, strict=True))} | {"geom": Point(row[3])}
        for i, row in enumerate(rows)
    ]
    return gpd.GeoDataFrame(full, geometry="geom", crs=CRS)


def lattice(
    n: int, rng: np.random.Generator, *, one_way_share: float = 0.3, step_m: float = 100.0
) -> gpd.GeoDataFrame:
    """n x n crossings, jittered, so that no two drives take the same time; a share of the streets is one way."""
    at = {
        (i, j): (step_m * i + rng.uniform(-20, 20), step_m * j + rng.uniform(-20, 20))
        for i in range(n)
        for j in range(n)
    }
    pairs = [
        ((i, j), (i + di, j + dj)) for i, j in at for di, dj in ((1, 0), (0, 1)) if (i + di, j + dj) in at
    ]
    rows = []
    for k, (a, b) in enumerate(pairs):
        one_way = rng.choice(["forward", "backward"]) if rng.random() < one_way_share else "no"
        rows.append({"external_id": f"s{k}", "geom": [at[a], at[b]], "one_way": one_way})
    return streets(*rows)
