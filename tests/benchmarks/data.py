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
MOST_BENDS = 14  # of one side of a parcel, which has thus 9 to 61 vertices, 35 on average
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
        return {
            "streets": self.parcels * 3 // 20,
            "green-spaces": self.parcels // 20,
            "trees": self.parcels // 2,
        }


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
    """A crooked chessboard without gaps, row by row: neighbours share their corners and every bend between them."""
    columns = int(np.ceil(np.sqrt(count)))
    rows = int(np.ceil(count / columns))
    return _frame(
        "parcel",
        shapely.multipolygons(_polygons(_crooked(rng, columns, rows, box)[:count])[:, np.newaxis]),
        reference=[f"T{n}/56" for n in range(count)],
        land_use=_pick(rng, Parcel.LandUse.values, count),
        owner_kind=_pick(rng, Parcel.Owner.values, count),
        green_share_pct=np.round(rng.uniform(0, 100, count), 1),
    )


def _crooked(rng: np.random.Generator, columns: int, rows: int, box: BBox) -> np.ndarray:
    """Rings [cell, point, xy] of a grid over the box; between its corners a side has 1 to 14 points, the rest NaN."""
    nodes = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1)
    nodes += rng.uniform(-0.15, 0.15, nodes.shape)
    across = _bends(rng, nodes[:, :-1], nodes[:, 1:])
    up = _bends(rng, nodes[:-1], nodes[1:])
    corner = nodes[:, :, np.newaxis]
    start = corner[:-1, :-1]
    sides = [start, across[:-1], corner[:-1, 1:], up[:, 1:], corner[1:, 1:], across[1:, :, ::-1]]
    rings = np.concatenate([*sides, corner[1:, :-1], up[:, :-1, ::-1], start], axis=2)
    step = np.array([(box.east - box.west) / columns, (box.north - box.south) / rows])
    return rings.reshape(columns * rows, -1, 2) * step + (box.west, box.south)


def _bends(rng: np.random.Generator, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Points [..., 14, xy] beside the straight line, the farther from its ends the more, so that no two sides cross."""
    number = np.arange(1, MOST_BENDS + 1)
    wanted = rng.integers(1, MOST_BENDS, (*start.shape[:-1], 1), endpoint=True)
    along = number / (wanted + 1)
    aside = rng.uniform(-0.2, 0.2, along.shape) * np.minimum(along, 1 - along)
    line = (end - start)[..., np.newaxis, :]
    normal = line[..., ::-1] * (-1, 1)
    points = start[..., np.newaxis, :] + along[..., np.newaxis] * line + aside[..., np.newaxis] * normal
    points[number > wanted] = np.nan
    return points


def _polygons(rings: np.ndarray) -> np.ndarray:
    """One polygon for each padded ring [ring, point, xy]; NaN is no point."""
    there = ~np.isnan(rings[..., 0])
    return shapely.polygons(shapely.linearrings(rings[there], indices=np.nonzero(there)[0]))


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
    """Frayed round shapes of 100 to 400 corners, 40 to 300 m wide, that overlap."""
    corners = rng.integers(100, 400, (count, 1), endpoint=True)
    number = np.arange(corners.max() + 1)
    radius = rng.uniform(0.0002, 0.0015, (count, 1)) * rng.uniform(0.8, 1.0, (count, len(number)))
    radius[number == corners] = radius[:, 0]
    radius[number > corners] = np.nan
    angle = 2 * np.pi * (number % corners) / corners
    rings = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return _frame(
        "green",
        shapely.multipolygons(_polygons(rings + _anywhere(rng, count, box)[:, np.newaxis])[:, np.newaxis]),
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
