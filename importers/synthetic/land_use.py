"""What parcels are used for, who owns them and what stands on them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from importers.synthetic.character import CHARACTERS
from importers.synthetic.frames import Plane, feature_frame, identifiers

FLOOR_HEIGHT_M = 3.1
_PUBLIC_USES = ("school", "mosque", "clinic", "administration", "market")
_PEOPLED = frozenset({"residential"})


def block_use(character: np.ndarray, green: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A land use for each block; the parcels in it mostly follow."""
    draw = rng.random(len(character))
    use = np.select(
        [
            character == "industrial",
            character == "vacant",
            character == "palace",
            draw < 0.035,
            draw < 0.065,
            draw > 0.98,
        ],
        ["industrial", "vacant", "public", "public", "commercial", "vacant"],
        "residential",
    )
    return np.where(green, "green", use)


def lot_use(
    of_block: np.ndarray, character: np.ndarray, on_main_street: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Shops along main streets, most in the centre; some empty plots everywhere."""
    draw = rng.random(len(of_block))
    shops = np.where(character == "centre", 0.40, np.where(character == "villa", 0.03, 0.16)) * on_main_street
    use = np.where((of_block == "residential") & (draw < shops), "commercial", of_block)
    use = np.where((use == "residential") & (draw > 0.975), "vacant", use)
    return np.where((use == "vacant") & (of_block == "vacant") & (draw < 0.08), "residential", use)


def owners(use: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    draw = rng.random(len(use))
    owner = np.where(
        draw < 0.018, "habous", np.where(draw > 0.97, "unknown", np.where(draw > 0.955, "state", "private"))
    )
    owner = np.where(use == "green", np.where(draw < 0.9, "city", "state"), owner)
    return np.where(use == "public", np.where(draw < 0.45, "city", "state"), owner)


def references(count: int, rng: np.random.Generator) -> list[str]:
    """As the cadastre writes them: T titled, R under requisition, NI not registered (number/conservation)."""
    kinds = rng.choice(["T", "R", "NI"], count, p=[0.90, 0.07, 0.03])
    numbers = rng.permutation(np.arange(1_000, 1_000 + 2 * count))[:count]
    return [
        f"{kind}{number}/{office}"
        for kind, number, office in zip(kinds, numbers, rng.choice([1, 12, 33, 43, 63], count), strict=True)
    ]


def parcels_frame(
    polygons: np.ndarray, use: np.ndarray, plane: Plane, prefix: str, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    columns = {"reference": references(len(use), rng), "land_use": use, "owner_kind": owners(use, rng)}
    return feature_frame(plane, polygons, identifiers(prefix, len(use)), "synthetic", columns)


def built(use: np.ndarray, character: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which parcels carry a building."""
    share = pd.Series(character).map(lambda name: CHARACTERS[name].built_share).to_numpy()
    return (rng.random(len(use)) < share) & ~np.isin(use, ["green", "vacant"])


def levels(character: np.ndarray, use: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    low, high = np.array([CHARACTERS[name].levels for name in character]).reshape(-1, 2).T
    count = np.round(low + (high - low) * rng.beta(2.2, 2.6, len(use))).astype(int)
    return np.where(use == "public", np.minimum(count, 3), count)


def buildings_frame(
    footprints: np.ndarray, use: np.ndarray, storeys: np.ndarray, plane: Plane, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    public = rng.choice(_PUBLIC_USES, len(use), p=[0.42, 0.22, 0.10, 0.16, 0.10])
    columns = {
        "use": np.where(use == "public", public, use),
        "levels": storeys,
        "height_m": (storeys * FLOOR_HEIGHT_M + rng.uniform(0.4, 1.4, len(use))).round(1),
    }
    return feature_frame(plane, footprints, identifiers("casa:building", len(use)), "synthetic", columns)


def is_home(use: np.ndarray) -> np.ndarray:
    return np.isin(use, list(_PEOPLED))
