"""Street furniture: lamps in rows, benches and bins where people walk and sit, the rest here and there."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from importers.synthetic.containers import beside
from importers.synthetic.frames import Plane, feature_frame, identifiers
from importers.synthetic.trees import points_inside

_MATERIALS = {
    "lamp": ("steel", "cast_iron"), "bench": ("wood", "concrete", "metal"), "bin": ("plastic", "metal"),
    "shelter": ("glass", "steel"), "fountain": ("stone", "zellige"), "bollard": ("cast_iron", "concrete"),
}  # fmt: skip
_LAMP_SPACING_M = {"motorway": 60.0, "trunk": 60.0, "primary": 46.0, "secondary": 52.0, "tertiary": 92.0}


@dataclass(frozen=True)
class _Scatter:
    """So many per km along streets of these classes, and per hectare in parks."""

    kind: str
    classes: tuple[str, ...]
    per_km: float
    per_hectare: float = 0.0


_SCATTERS = (
    _Scatter("bench", ("primary", "pedestrian"), 2.6, 7.0),
    _Scatter("bin", ("primary", "secondary", "tertiary", "pedestrian"), 3.4, 3.0),
    _Scatter("shelter", ("primary", "secondary", "tertiary"), 1.1),
    _Scatter("hydrant", ("secondary", "tertiary", "residential"), 0.35),
    _Scatter("bollard", ("pedestrian", "living_street"), 14.0),
    _Scatter("bicycle_parking", ("primary", "pedestrian"), 0.5),
    _Scatter("post_box", ("primary", "secondary"), 0.35),
    _Scatter("toilet", ("primary",), 0.05, 0.12),
    _Scatter("fountain", ("primary",), 0.05, 0.45),
    _Scatter("artwork", ("primary",), 0.06, 0.12),
)


def furniture_frame(
    streets: pd.DataFrame, parks: np.ndarray, plane: Plane, prefix: str, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """`streets` has line, width_m and street_class; `parks` are polygons of the plane."""
    groups = [("lamp", _lamps(streets))]
    for scatter in _SCATTERS:
        groups.append((scatter.kind, _along(streets, scatter, rng)))
        if scatter.per_hectare:
            groups.append((scatter.kind, points_inside(parks, np.full(len(parks), scatter.per_hectare), rng)))
    kinds = np.repeat([kind for kind, _ in groups], [len(points) for _, points in groups])
    points = np.concatenate([points for _, points in groups])
    condition = rng.choice(["good", "worn", "broken", "unknown"], len(points), p=[0.66, 0.2, 0.06, 0.08])
    columns = {"kind": kinds, "condition": condition, "material": _materials(kinds, rng)}
    return feature_frame(plane, points, identifiers(prefix, len(points)), "synthetic", columns)


def _lamps(streets: pd.DataFrame) -> np.ndarray:
    """Rows of lamps, on alternating sides."""
    lit = streets[streets["street_class"].isin(list(_LAMP_SPACING_M))]
    lines = lit["line"].to_numpy()
    count = (shapely.length(lines) / lit["street_class"].map(_LAMP_SPACING_M).to_numpy()).round().astype(int)
    row = np.repeat(np.arange(len(lines)), count)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    side = np.where((rank + row) % 2, 1, -1)
    return beside(lines[row], (rank + 0.5) / count[row], side * (lit["width_m"].to_numpy()[row] / 2 - 0.6))


def _along(streets: pd.DataFrame, scatter: _Scatter, rng: np.random.Generator) -> np.ndarray:
    some = streets[streets["street_class"].isin(scatter.classes)]
    lines = some["line"].to_numpy()
    row = np.repeat(np.arange(len(lines)), rng.poisson(shapely.length(lines) / 1000 * scatter.per_km))
    side = rng.choice([-1, 1], len(row)) * (some["width_m"].to_numpy()[row] / 2 - 0.8).clip(0.3)
    return beside(lines[row], rng.uniform(0.08, 0.92, len(row)), side)


def _materials(kinds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    draw = rng.random(len(kinds))
    return np.array(
        [m[int(d * len(m))] if (m := _MATERIALS.get(k)) else "" for k, d in zip(kinds, draw, strict=True)],
        dtype=object,
    )
