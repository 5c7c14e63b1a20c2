"""People where they live: district totals shared out over floor area and counted in 250 m cells, kept exactly."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from importers.synthetic.frames import Plane, feature_frame

CELL_M = 250.0
FLOOR_M2_PER_PERSON = 40.0
PEOPLE_PER_HOUSEHOLD = 3.5


def whole_shares(total: int, weights: np.ndarray) -> np.ndarray:
    """`total` as whole numbers in proportion to the weights (largest remainders); they add up to it exactly."""
    exact = total * weights / weights.sum()
    shares = np.floor(exact).astype(int)
    shares[np.argsort(shares - exact, kind="stable")[: total - shares.sum()]] += 1
    return shares


def people_in_buildings(floor_m2: np.ndarray, district: np.ndarray, totals: dict[str, int]) -> np.ndarray:
    """Inhabitants of each building (fractions), the floor area of each district sharing that district's total."""
    floor = pd.Series(floor_m2).groupby(district).transform("sum").to_numpy()
    total = pd.Series(district).map(totals).to_numpy(dtype=float)
    return np.divide(total * floor_m2, floor, out=np.zeros(len(floor_m2)), where=floor > 0)


def population_cells(
    districts: np.ndarray, codes: list[str], totals: dict[str, int], homes: np.ndarray, home_district: np.ndarray,
    people: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    """Cells of the plane cut along district limits: columns cell, district, geom, inhabitants.

    A district without homes shares its total evenly over its ground. Every district's cells add up to its total.
    """
    cells = pd.concat(
        [_cells_of(polygon, code) for polygon, code in zip(districts, codes, strict=True)], ignore_index=True
    )
    weight = np.zeros(len(cells))
    for code in codes:
        rows, own = np.flatnonzero(cells["district"] == code), home_district == code
        if not len(rows):
            continue
        weight[rows] = _weights(cells["geom"].to_numpy()[rows], homes[own], people[own])
        cells.loc[rows, "inhabitants"] = whole_shares(totals[code], weight[rows])
    return cells[cells["inhabitants"] > 0].reset_index(drop=True)


def _cells_of(polygon: shapely.Geometry, code: str) -> pd.DataFrame:
    west, south, east, north = np.array(polygon.bounds) // CELL_M
    column, row = (a.ravel() for a in np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1)))
    squares = shapely.box(column * CELL_M, row * CELL_M, (column + 1) * CELL_M, (row + 1) * CELL_M)
    pieces = shapely.intersection(squares, polygon)
    keep = shapely.area(pieces) > 1.0
    names = [f"E{int(c)}N{int(r)}" for c, r in zip(column[keep], row[keep], strict=True)]
    return pd.DataFrame({"cell": names, "district": code, "geom": pieces[keep], "inhabitants": 0.0})


def _weights(cells: np.ndarray, homes: np.ndarray, people: np.ndarray) -> np.ndarray:
    if people.sum() <= 0:
        return shapely.area(cells)
    home, cell = shapely.STRtree(cells).query_nearest(homes, all_matches=False)
    return np.bincount(cell, people[home], minlength=len(cells))


def grid_frame(cells: pd.DataFrame, plane: Plane, prefix: str) -> gpd.GeoDataFrame:
    ids = [
        f"{prefix}/{cell}-{district}" for cell, district in zip(cells["cell"], cells["district"], strict=True)
    ]
    return feature_frame(
        plane,
        cells["geom"].to_numpy(),
        ids,
        "synthetic",
        {"inhabitants": cells["inhabitants"].to_numpy(float)},
    )
