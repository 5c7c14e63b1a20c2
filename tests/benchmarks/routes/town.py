"""A made-up town of any size: a jittered lattice with gaps, one-way streets and narrow residential ones."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

CRS = 32629
CLASSES = ("residential", "tertiary", "secondary")
WIDTH_M = {"residential": 6.0, "tertiary": 10.0, "secondary": 14.0}


def make_town(
    seed: int,
    *,
    side: int = 200,
    kept: float = 0.945,
    one_way: float = 0.35,
    residential: float = 0.85,
    step_m: float = 80.0,
) -> gpd.GeoDataFrame:
    """Streets of `side` x `side` crossings, `step_m` apart, as `build_network` and `kerbside_tasks` read them.

    `kept` of the lattice's streets exist, `one_way` of those are one way, `residential` of them are 6 m wide and served
    on both sides in one pass, the others side by side. All are collected on Mondays. The default is a city: about
    40,000 crossings and 124,000 arcs. side=56 makes a town of about 6,500 kerbside tasks.
    """
    rng = np.random.default_rng(seed)
    at = np.indices((side, side)).reshape(2, -1).T * step_m
    xy = at + rng.uniform(-0.2 * step_m, 0.2 * step_m, at.shape)
    number = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
        ]
    )
    pairs = rng.permutation(pairs[rng.random(len(pairs)) < kept])
    n = len(pairs)
    width = rng.choice(CLASSES, n, p=[residential, 0.7 * (1 - residential), 0.3 * (1 - residential)])
    signed = np.where(rng.random(n) < 0.5, "forward", "backward")
    return gpd.GeoDataFrame(
        {
            "external_id": [f"s{i}" for i in range(n)],
            "street_class": width,
            "one_way": np.where(rng.random(n) < one_way, signed, "no"),
            "access": "yes",
            "speed_kmh": np.nan,
            "width_m": [WIDTH_M[name] for name in width],
            "collection_days": [[1]] * n,
            "geom": shapely.linestrings(xy[pairs]),
        },
        geometry="geom",
        crs=CRS,
    )
