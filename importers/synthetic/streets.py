"""Streets and turn restrictions as frames: class, direction, speed, width and name of each synthetic section."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from importers.synthetic import planar
from importers.synthetic.character import CHARACTERS
from importers.synthetic.frames import Plane, feature_frame, identifiers
from importers.synthetic.kerbside import collection_days
from importers.synthetic.names import named, numbered
from importers.synthetic.skeleton import LOCAL, MOTORWAY
from importers.synthetic.street_network import Network

NOT_DRIVABLE = frozenset({"pedestrian", "track", "cycleway", "footway", "steps"})


@dataclass(frozen=True)
class _Rank:
    street_class: str
    speed_kmh: int
    lanes: int
    width_m: float
    name: str


_RANKS = {
    "motorway": _Rank("motorway", 100, 2, 11.0, "motorway"),
    "trunk": _Rank("trunk", 80, 2, 12.0, "route"),
    "primary": _Rank("primary", 60, 4, 26.0, "boulevard"),
    "secondary": _Rank("secondary", 60, 4, 20.0, "boulevard"),
    "tertiary": _Rank("tertiary", 40, 2, 15.0, "avenue"),
}
_LOCAL_SPEED_KMH = {
    "living_street": 20,
    "service": 20,
    "unclassified": 40,
    "residential": 40,
    "pedestrian": 10,
}
_LOCAL_NAME = {"medina": "derb", "villa": "allee", "vacant": "piste", "industrial": "rue", "palace": "route"}


def is_drivable(streets: pd.DataFrame) -> np.ndarray:
    """Where a collection vehicle may go: neither footways nor closed to motor vehicles."""
    return (
        ~streets["street_class"].isin(NOT_DRIVABLE) & ~streets["access"].isin(["private", "no"])
    ).to_numpy()


def street_table(network: Network, rng: np.random.Generator) -> pd.DataFrame:
    """One row per section, with the columns of the collection and its character, district and geometry in the plane."""
    table = _street_attributes(network.streets, rng).iloc[network.street].reset_index(drop=True)
    table["street"] = network.street
    table["line"] = network.sections
    table["one_way"] = _one_way(table, rng)
    table["surface"] = _surface(table, rng)
    low = (table["street_class"] == "unclassified") & (rng.random(len(table)) < 0.02)
    table["max_height_m"] = np.where(low, rng.choice([2.6, 3.2, 3.8], len(table)), np.nan)
    narrow = (table["street_class"] == "living_street") & (rng.random(len(table)) < 0.08)
    table["max_weight_t"] = np.where(narrow, 3.5, np.nan)
    table["one_way"] = _strongly_connected(table)
    table["collection_days"] = collection_days(table)
    return table


def _street_attributes(streets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Per street: the sections of one street share class, width, name and direction rule."""
    main = streets["rank"] != LOCAL
    kind = streets["character"].map(CHARACTERS)
    rank = streets["rank"].map(_RANKS)
    pedestrian = (streets["character"] == "centre") & (rng.random(len(streets)) < 0.03)
    table = streets[["rank", "character", "district", "angle"]].copy()
    table["street_class"] = [
        r.street_class if m else k.street_class for r, k, m in zip(rank, kind, main, strict=True)
    ]
    table.loc[pedestrian, "street_class"] = "pedestrian"
    table["speed_kmh"] = [float(r.speed_kmh) if m else np.nan for r, m in zip(rank, main, strict=True)]
    table["speed_kmh"] = table["speed_kmh"].fillna(table["street_class"].map(_LOCAL_SPEED_KMH)).astype(float)
    width = np.array([r.width_m if m else k.street_width_m for r, k, m in zip(rank, kind, main, strict=True)])
    table["width_m"] = np.round(width * rng.uniform(0.86, 1.16, len(table)), 1)
    table["lanes"] = [
        r.lanes if m else 2 if w > 6 else 1 for r, w, m in zip(rank, table["width_m"], main, strict=True)
    ]
    table["access"] = np.where(~main & (rng.random(len(table)) < 0.01), "destination", "yes")
    table["way"] = _directions(streets, main.to_numpy(), rng)
    return pd.concat([table, _names(streets, rank, main.to_numpy(), rng)], axis=1)


def _directions(streets: pd.DataFrame, main: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0: both ways; 1 and -1: along and against the street's line. Neighbours in a grid go opposite ways."""
    share = streets["character"].map(lambda name: CHARACTERS[name].one_way_share if name else 0.0)
    one_way = rng.random(len(streets)) < share
    way = np.where(one_way & ~main, np.where(np.arange(len(streets)) % 2, 1, -1), 0)
    motorway = np.flatnonzero(streets["rank"] == MOTORWAY)
    way[motorway] = np.where(np.arange(len(motorway)) % 2, -1, 1)
    return way


def _names(
    streets: pd.DataFrame, rank: pd.Series, main: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    kinds = np.array(
        [
            r.name if m else _LOCAL_NAME.get(c, "rue")
            for r, c, m in zip(rank, streets["character"], main, strict=True)
        ]
    )
    proper = named(kinds, rng)
    estate = streets["character"].isin(["dense", "housing", "industrial"]) & (rng.random(len(streets)) < 0.5)
    number = streets.groupby("district").cumcount() % 160 + 1
    return proper.mask(np.repeat(estate.to_numpy()[:, None], 3, axis=1), numbered(kinds, number.to_numpy()))


def _one_way(table: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """`forward` or `backward` of each section as it is drawn, from its street's direction."""
    xy = [shapely.get_coordinates(shapely.get_point(table["line"].to_numpy(), at)) for at in (0, -1)]
    drawn = np.arctan2(*(xy[1] - xy[0]).T[::-1])
    with_street = np.cos(drawn - table["angle"].to_numpy()) >= 0
    forward = (table["way"].to_numpy() > 0) == with_street
    return np.where(table["way"] == 0, "no", np.where(forward, "forward", "backward"))


def _surface(table: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    surface = np.full(len(table), "asphalt", dtype=object)
    draw = rng.random(len(table))
    surface[(table["character"] == "medina") & (draw < 0.7)] = "paving_stones"
    surface[(table["character"] == "vacant") & (draw < 0.7)] = "unpaved"
    surface[(table["character"] == "dense") & (draw < 0.06)] = "concrete"
    return surface


def section_nodes(lines: np.ndarray) -> np.ndarray:
    """Node numbers (n, 2) of the ends of lines; equal coordinates are one node."""
    ends = shapely.get_coordinates([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    return np.unique(ends, axis=0, return_inverse=True)[1].reshape(2, -1).T


def _strongly_connected(table: pd.DataFrame) -> np.ndarray:
    """The directions, with one-way sections opened both ways where the network would fall apart."""
    one_way, drivable = table["one_way"].to_numpy().copy(), is_drivable(table)
    nodes = section_nodes(table["line"].to_numpy())
    while True:
        part = planar.components(
            nodes.max() + 1, directed_edges(nodes[drivable], one_way[drivable]), directed=True
        )
        largest = np.bincount(part[nodes[drivable].ravel()]).argmax()
        cut = drivable & (one_way != "no") & (part[nodes] != largest).any(axis=1)
        if not cut.any():
            return one_way
        one_way[cut] = "no"


def directed_edges(nodes: np.ndarray, one_way: np.ndarray) -> np.ndarray:
    """Edges (k, 2) in driving direction."""
    along, against = one_way != "backward", one_way != "forward"
    return np.vstack([nodes[along], nodes[against][:, ::-1]])


def streets_frame(table: pd.DataFrame, plane: Plane) -> gpd.GeoDataFrame:
    columns = (
        "name_fr", "name_ar", "name_en", "street_class", "one_way", "access", "speed_kmh", "lanes", "width_m",
        "surface", "max_height_m", "max_weight_t", "collection_days",
    )  # fmt: skip
    ids = identifiers("casa:street", len(table))
    return feature_frame(
        plane,
        table["line"].to_numpy(),
        ids,
        "synthetic",
        {c: table[c].tolist() for c in columns} | {"bridge_level": 0},
    )


def turn_restrictions(
    table: pd.DataFrame, streets: gpd.GeoDataFrame, plane: Plane, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """No left turn from some main roads: one in twelve of the junctions where a main road can be left to the left."""
    nodes, main = (
        section_nodes(table["line"].to_numpy()),
        table["street_class"].isin(["primary", "secondary"]).to_numpy(),
    )
    joint = pd.DataFrame(
        {
            "node": nodes.ravel(),
            "section": np.repeat(np.arange(len(nodes)), 2),
            "end": np.tile([0, 1], len(nodes)),
        }
    )
    usable = joint[is_drivable(table)[joint["section"]]]
    pairs = usable[main[usable["section"]]].merge(usable, on="node", suffixes=("_in", "_out"))
    pairs = pairs[pairs["section_in"] != pairs["section_out"]].reset_index(drop=True)
    inward = -_away(table, pairs["section_in"], pairs["end_in"])
    outward = _away(table, pairs["section_out"], pairs["end_out"])
    turn = np.arctan2(
        inward[:, 0] * outward[:, 1] - inward[:, 1] * outward[:, 0], (inward * outward).sum(axis=1)
    )
    left = pairs[(turn > np.pi / 3) & (turn < 0.8 * np.pi) & (rng.random(len(pairs)) < 1 / 12)]
    at = [
        shapely.get_point(table["line"].iat[s], -e)
        for s, e in zip(left["section_in"], left["end_in"], strict=True)
    ]
    external = streets["external_id"].to_numpy()
    return feature_frame(
        plane, np.array(at, dtype=object), identifiers("casa:turn", len(left)), "synthetic",
        {"kind": "no_left_turn", "from_street": external[left["section_in"]],
         "to_street": external[left["section_out"]]},
    )  # fmt: skip


def _away(table: pd.DataFrame, section: pd.Series, end: pd.Series) -> np.ndarray:
    """Vectors (k, 2) from an end of a section (0 first, 1 last) to its next vertex."""
    lines, last = table["line"].to_numpy()[section], end.to_numpy() == 1
    one = shapely.get_coordinates(shapely.get_point(lines, np.where(last, -1, 0)))
    return shapely.get_coordinates(shapely.get_point(lines, np.where(last, -2, 1))) - one
