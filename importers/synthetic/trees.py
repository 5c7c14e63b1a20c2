"""Trees along avenues and in parks: Casablanca's usual species, older trees taller and wider."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from importers.synthetic.character import CHARACTERS
from importers.synthetic.containers import beside
from importers.synthetic.frames import Plane, feature_frame, identifiers

_THIS_YEAR = 2026
_STREET_SHARE = {"primary": 0.62, "secondary": 0.45, "tertiary": 0.085}


@dataclass(frozen=True)
class Species:
    """Height of an old tree (m), the age (years) at which it has 63 % of it, and crown diameter per metre of height."""

    name: str
    full_height_m: float
    growth_years: float
    crown_per_height: float
    avenue_weight: float
    park_weight: float


SPECIES = (
    Species("Washingtonia filifera", 19, 24, 0.20, 0.22, 0.10),
    Species("Washingtonia robusta", 23, 22, 0.14, 0.10, 0.05),
    Species("Phoenix canariensis", 15, 30, 0.55, 0.12, 0.12),
    Species("Ficus microcarpa", 14, 22, 0.80, 0.20, 0.10),
    Species("Jacaranda mimosifolia", 12, 18, 0.85, 0.12, 0.10),
    Species("Schinus molle", 10, 16, 0.95, 0.07, 0.08),
    Species("Platanus × hispanica", 20, 24, 0.65, 0.06, 0.07),
    Species("Tipuana tipu", 15, 18, 1.00, 0.05, 0.05),
    Species("Ceratonia siliqua", 9, 25, 0.95, 0.04, 0.06),
    Species("Araucaria heterophylla", 28, 35, 0.28, 0.01, 0.07),
    Species("Pinus halepensis", 16, 24, 0.60, 0.00, 0.10),
    Species("Eucalyptus camaldulensis", 24, 18, 0.50, 0.01, 0.06),
    Species("Olea europaea", 7, 25, 0.85, 0.00, 0.04),
)


def avenue_trees(streets: pd.DataFrame, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points in rows on both sides of some streets, and the number of the street each stands in."""
    numbers = streets["street"].to_numpy()
    share = (
        streets["street_class"]
        .map(_STREET_SHARE)
        .fillna(streets["character"].map(lambda name: 0.11 * CHARACTERS[name].tree_share if name else 0.0))
    )
    draw = rng.random(numbers.max() + 1)[numbers]
    part = rng.random(len(streets)) < np.where(
        streets["street_class"] == "primary", 0.9, 0.8
    )  # rows have gaps
    rows = np.flatnonzero((draw < share.to_numpy()) & part & streets["street_class"].ne("footway").to_numpy())
    lines, half_m = streets["line"].to_numpy()[rows], streets["width_m"].to_numpy()[rows] / 2 - 1.3
    spacing = rng.uniform(8.5, 13.5, numbers.max() + 1)[numbers[rows]]
    count = np.maximum(0, ((shapely.length(lines) - 18) / spacing).astype(int) + 1)
    row = np.repeat(np.arange(len(rows)), count)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    at = (9 + rank * spacing[row]) / shapely.length(lines[row])
    sides = [
        beside(lines[row], at.clip(0, 1), side * half_m[row] + rng.normal(0, 0.25, len(row)))
        for side in (1, -1)
    ]
    points, street = np.concatenate(sides), np.tile(numbers[rows[row]], 2)
    stands = rng.random(len(points)) < 0.9
    return points[stands], street[stands]


def points_inside(polygons: np.ndarray, per_hectare: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random points in each polygon, so many per hectare."""
    some = ~shapely.is_empty(polygons)
    polygons, per_hectare = polygons[some], per_hectare[some]
    bounds = shapely.bounds(polygons).reshape(-1, 4)
    size = bounds[:, 2:] - bounds[:, :2]
    count = rng.poisson(size.prod(axis=1) / 1e4 * per_hectare)
    polygon = np.repeat(np.arange(len(polygons)), count)
    points = shapely.points(bounds[polygon, :2] + rng.random((len(polygon), 2)) * size[polygon])
    return points[shapely.contains(polygons[polygon], points)]


def trees_frame(
    avenue: np.ndarray,
    street: np.ndarray,
    park: np.ndarray,
    plane: Plane,
    prefix: str,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """An avenue is mostly of one species and age; parks are mixed."""
    streets = int(street.max()) + 1 if len(street) else 1
    by_street, planted = _species(streets, "avenue_weight", rng), rng.integers(1935, 2019, streets)
    species = np.concatenate([by_street[street], _species(len(park), "park_weight", rng)])
    year = np.concatenate([planted[street], rng.integers(1925, 2022, len(park))])
    replaced = rng.random(len(species)) < 0.18
    year = np.where(replaced, rng.integers(2000, _THIS_YEAR, len(species)), year)
    columns = tree_attributes(species, year, rng)
    return feature_frame(
        plane, np.concatenate([avenue, park]), identifiers(prefix, len(species)), "synthetic", columns
    )


def tree_attributes(species: np.ndarray, year: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Columns of the collection for species numbers and planting years; a fifth of the years is not recorded."""
    full, growth, crown = np.array([(s.full_height_m, s.growth_years, s.crown_per_height) for s in SPECIES])[
        species
    ].T
    height = (2.0 + (full - 2.0) * (1 - np.exp(-(_THIS_YEAR - year) / growth))) * rng.normal(
        1, 0.10, len(species)
    ).clip(0.7, 1.3)
    condition = rng.choice(
        ["good", "fair", "poor", "dead", "unknown"], len(species), p=[0.62, 0.22, 0.08, 0.01, 0.07]
    )
    return {
        "species": np.array([s.name for s in SPECIES])[species],
        "height_m": height.round(1),
        "crown_diameter_m": (height * crown * rng.normal(1, 0.12, len(species)).clip(0.6, 1.4))
        .clip(0.8)
        .round(1),
        "planted_year": [
            int(y) if known else None for y, known in zip(year, rng.random(len(year)) < 0.8, strict=True)
        ],
        "condition": condition,
    }


def _species(count: int, weight: str, rng: np.random.Generator) -> np.ndarray:
    weights = np.array([getattr(s, weight) for s in SPECIES])
    return rng.choice(len(SPECIES), count, p=weights / weights.sum())
