"""A seeded city of parcels, streets, green spaces and trees inside Casablanca's box: the same rows every time."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from gis_core.geometry import BBox
from layers.catalog.parcels.model import Parcel
from layers.catalog.trees.model import Tree

SEED = 20_261
MARGIN = 0.02  # degrees kept free along the city's box
SPECIES = (
    "Ficus microcarpa",
    "Phoenix dactylifera",
    "Washingtonia filifera",
    "Jacaranda mimosifolia",
    "Olea europaea",
)


@dataclass(frozen=True)
class Size:
    """How many parcels; streets, green spaces and trees follow from it."""

    name: str
    parcels: int

    @property
    def counts(self) -> dict[str, int]:
        return {"streets": self.parcels // 10, "green-spaces": self.parcels // 10, "trees": self.parcels // 2}


QUICK = Size("quick", 20_000)
FULL = Size("full", 400_000)


def city(size: Size, box: BBox) -> dict[str, gpd.GeoDataFrame]:
    """Collection -> frame, ready for load_features."""
    rng = np.random.default_rng(SEED)
    inner = BBox(box.west + MARGIN, box.south + MARGIN, box.east - MARGIN, box.north - MARGIN)
    counts = size.counts
    return {
        "parcels": parcels(rng, size.parcels, inner),
        "streets": streets(rng, counts["streets"], inner),
        "green-spaces": greens(rng, counts["green-spaces"], inner),
        "trees": trees(rng, counts["trees"], inner),
    }


def parcels(rng: np.random.Generator, count: int, box: BBox) -> gpd.GeoDataFrame:
    """A crooked chessboard without gaps: neighbours share corners and the bend in the middle of each side."""
    columns = int(np.ceil(np.sqrt(count)))
    rows = int(np.ceil(count / columns))
    grid = _crooked(rng, 2 * columns + 1, 2 * rows + 1, box)
    i, j = np.divmod(np.arange(count), columns)
    ring = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0)]
    corners = np.stack([grid[2 * i + di, 2 * j + dj] for di, dj in ring], axis=1)
    return _frame(
        "parcel",
        shapely.multipolygons(shapely.polygons(corners)[:, np.newaxis]),
        reference=[f"T{n}/56" for n in range(count)],
        land_use=_pick(rng, Parcel.LandUse.values, count),
        owner_kind=_pick(rng, Parcel.Owner.values, count),
        green_share_pct=np.round(rng.uniform(0, 100, count), 1),
    )


def _crooked(rng: np.random.Generator, columns: int, rows: int, box: BBox) -> np.ndarray:
    """Nodes [row, column, xy] of a grid over the box, each moved by at most a fifth of the way to the next."""
    x = np.linspace(box.west, box.east, columns)
    y = np.linspace(box.south, box.north, rows)
    nodes = np.stack(np.meshgrid(x, y), axis=-1)
    step = np.array([x[1] - x[0], y[1] - y[0]])
    return nodes + rng.uniform(-0.2, 0.2, nodes.shape) * step


def streets(rng: np.random.Generator, count: int, box: BBox) -> gpd.GeoDataFrame:
    """Winding lines of ten points, some 200 m long."""
    turns = rng.normal(0, 0.3, (count, 9)).cumsum(axis=1) + rng.uniform(0, 2 * np.pi, (count, 1))
    steps = np.stack([np.cos(turns), np.sin(turns)], axis=-1) * 0.00022
    start = _anywhere(rng, count, box)[:, np.newaxis]
    lines = np.concatenate([start, start + steps.cumsum(axis=1)], axis=1)
    return _frame(
        "street",
        shapely.linestrings(lines),
        name_fr=[f"Rue {n}" for n in range(count)],
        street_class=_pick(rng, ("residential", "tertiary", "service"), count),
        speed_kmh=rng.choice([20.0, 40.0, 60.0], count),
    )


def greens(rng: np.random.Generator, count: int, box: BBox) -> gpd.GeoDataFrame:
    """Round shapes of forty corners, 20 to 120 m wide."""
    angle = np.linspace(0, 2 * np.pi, 41)
    radius = rng.uniform(0.0001, 0.0006, (count, 1)) * rng.uniform(0.7, 1.0, (count, 41))
    radius[:, -1] = radius[:, 0]
    ring = (
        np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
        + _anywhere(rng, count, box)[:, np.newaxis]
    )
    return _frame(
        "green",
        shapely.multipolygons(shapely.polygons(ring)[:, np.newaxis]),
        name_fr=[f"Parc {n}" for n in range(count)],
        kind=_pick(rng, ("park", "garden", "grass"), count),
    )


def trees(rng: np.random.Generator, count: int, box: BBox) -> gpd.GeoDataFrame:
    return _frame(
        "tree",
        shapely.points(_anywhere(rng, count, box)),
        species=_pick(rng, SPECIES, count),
        crown_diameter_m=np.round(rng.uniform(1, 12, count), 1),
        condition=_pick(rng, Tree.Condition.values, count),
    )


def _anywhere(rng: np.random.Generator, count: int, box: BBox) -> np.ndarray:
    return rng.uniform((box.west, box.south), (box.east, box.north), (count, 2))


def _pick(rng: np.random.Generator, values: object, count: int) -> np.ndarray:
    return rng.choice(np.array(list(values), dtype=object), count)  # type: ignore[call-overload]


def _frame(prefix: str, geometries: np.ndarray, **columns: object) -> gpd.GeoDataFrame:
    names = [f"bench:{prefix}/{n}" for n in range(len(geometries))]
    return gpd.GeoDataFrame({"external_id": names, **columns, "geom": geometries}, geometry="geom", crs=4326)
