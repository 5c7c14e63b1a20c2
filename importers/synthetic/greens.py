"""Green spaces: whole blocks become parks until each district has its share; then gardens and cemeteries."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial.distance import cdist

from importers.synthetic.character import OPEN_GROUNDS
from importers.synthetic.frames import Plane, feature_frame, identifiers
from importers.synthetic.names import named

_CEMETERIES, _CLUBS = 5, 9


def choose_green(
    blocks: pd.DataFrame, targets_m2: dict[str, float], grounds: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """The green blocks with `kind`, `access` and `ground`; `blocks` has geom, area_m2, district and character.

    `grounds` are the places (points) of OPEN_GROUNDS; the blocks around them come first.

    Public blocks of each district are drawn until the next one would miss its target by more than stopping would.
    """
    large = _open_grounds(blocks, grounds)
    taken = large[large["access"] == "public"].groupby("district")["area_m2"].sum()
    left = blocks.drop(large.index)
    chosen = [
        _public(group, targets_m2.get(code, 0.0) - taken.get(code, 0.0), rng)
        for code, group in left.groupby("district")
    ]
    public = pd.concat(chosen)
    public["kind"] = _kinds(public, rng)
    public["access"] = "public"
    return pd.concat([large, public, _restricted(left.drop(public.index), rng)]).fillna({"ground": -1})


def _open_grounds(blocks: pd.DataFrame, places: np.ndarray) -> pd.DataFrame:
    place, block = shapely.STRtree(blocks["geom"].to_numpy()).query(places, predicate="within")
    large = blocks.iloc[block].copy()
    large["ground"] = place
    large["kind"] = [OPEN_GROUNDS[p].kind for p in place]
    large["access"] = [OPEN_GROUNDS[p].access for p in place]
    return large


def _public(blocks: pd.DataFrame, target_m2: float, rng: np.random.Generator) -> pd.DataFrame:
    fits = (blocks["area_m2"] < max(0.35 * target_m2, 2_500.0)) & (blocks["area_m2"] > 900.0)
    drawn = blocks[fits].sample(frac=1.0, random_state=rng)
    before = drawn["area_m2"].cumsum() - drawn["area_m2"]
    return drawn[before + drawn["area_m2"] / 2 < target_m2].copy()


def _kinds(green: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    size, draw = green["area_m2"].to_numpy(), rng.random(len(green))
    kinds = np.select(
        [size > 15_000, size > 5_000],
        ["park", np.where(draw < 0.5, "park", "garden")],
        np.where(draw < 0.6, "square", "garden"),
    )
    kinds[(draw > 0.93) & (size < 15_000)] = "grass"
    kinds[(green["character"] == "vacant").to_numpy() & (size > 20_000)] = "forest"
    return kinds


def _restricted(blocks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Cemeteries and clubs on large blocks; the palace's gardens are private."""
    large = blocks[
        blocks["area_m2"].between(14_000, 90_000) & blocks["character"].isin(["housing", "vacant", "villa"])
    ]
    drawn = large.sample(n=min(len(large), _CEMETERIES + _CLUBS), random_state=rng).copy()
    drawn["kind"] = np.where(np.arange(len(drawn)) < _CEMETERIES, "cemetery", "sports")
    drawn["access"] = "restricted"
    palace = blocks[blocks["character"] == "palace"].copy()
    palace["geom"] = shapely.buffer(palace["geom"].to_numpy(), -35.0)
    return pd.concat([drawn, palace.assign(kind="garden", access="private")])


def inner_greens(green: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Playgrounds and lawns mapped a second time inside or across the edge of parks, as real data has them."""
    parks = green[(green["kind"] == "park") & (rng.random(len(green)) < 0.4)].copy()
    inset = -np.sqrt(parks["area_m2"].to_numpy()) * rng.uniform(0.22, 0.36, len(parks))
    geom = shapely.buffer(parks["geom"].to_numpy(), inset)
    across = rng.random(len(parks)) < 0.4
    parks["geom"] = [_moved(g, -d * a) for g, d, a in zip(geom, inset, across, strict=True)]
    parks["ground"] = -1
    parks["kind"] = np.where(rng.random(len(parks)) < 0.5, "playground", "grass")
    return parks[~shapely.is_empty(parks["geom"].to_numpy())]


def _moved(geom: shapely.Geometry, by_m: float) -> shapely.Geometry:
    return shapely.transform(geom, lambda xy: xy + np.array([by_m, 0.3 * by_m]))


def private_gardens(
    lots: np.ndarray, footprints: np.ndarray, lot_of: np.ndarray, chosen: np.ndarray
) -> np.ndarray:
    """The chosen lots without their buildings."""
    ground = pd.Series(lots[chosen], index=chosen)
    built = pd.Series(footprints, index=lot_of).groupby(level=0).first()
    both = ground.index.intersection(built.index)
    return shapely.difference(ground[both].to_numpy(), built[both].to_numpy())


def green_frame(
    green: pd.DataFrame, gardens: np.ndarray, plane: Plane, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Public greens have names; private gardens have none but what they are."""
    kinds = np.concatenate([green["kind"].to_numpy(), np.full(len(gardens), "garden")])
    access = np.concatenate([green["access"].to_numpy(), np.full(len(gardens), "private")])
    names = named(kinds, rng)
    for row, ground in enumerate(green["ground"].astype(int)):
        if ground >= 0:
            names.iloc[row] = OPEN_GROUNDS[ground].names
    names[access == "private"] = ("Jardin privé", "حديقة خاصة", "Private garden")
    geoms = np.concatenate([green["geom"].to_numpy(), gardens])
    ids = identifiers("casa:green", len(geoms))
    return feature_frame(
        plane, geoms, ids, "synthetic", {**names.to_dict("list"), "kind": kinds, "access": access}
    )


def park_paths(parks: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """A footway across each park between its two farthest street junctions, where it stays inside."""
    park, node = shapely.STRtree(shapely.points(nodes)).query(parks, predicate="dwithin", distance=17.0)
    paths, where = [], []
    for number, near in pd.Series(node).groupby(park):
        xy = nodes[near.to_numpy()]
        one, two = np.unravel_index(cdist(xy, xy).argmax(), (len(xy), len(xy)))
        if one != two:
            paths.append(xy[[one, two]])
            where.append(number)
    if not paths:
        return np.empty(0, dtype=object)
    lines = shapely.linestrings(np.array(paths))
    inside = shapely.covers(shapely.buffer(parks[where], 20.0), lines)
    return lines[inside & (shapely.length(lines) > 40)]
