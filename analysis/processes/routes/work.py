"""What is to be served, containers or streets, in the words that both kinds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.network import Network, Unreachable
from analysis.network.places import Place
from analysis.routes import Task


@dataclass(frozen=True, eq=False)
class Placed:
    """Places on the network in the order of their matrix rows, the tasks at them, and what no truck reaches."""

    places: tuple[Place, ...]
    tasks: tuple[Task, ...]
    missed: tuple[Unreachable, ...]


@dataclass(frozen=True, eq=False)
class Work:
    """Items to serve, in the metric CRS: key, district, source, load_kg, load_m3, geom.

    `place` makes the tasks of some items, given the network and the first matrix place that is theirs.
    """

    items: gpd.GeoDataFrame
    place: Callable[[Network, gpd.GeoDataFrame, int], Placed]
    rule: dict[str, Any]


def keys(frame: pd.DataFrame) -> pd.Series:
    """The external_id, or "id:7" where a row has none."""
    return frame["external_id"].where(frame["external_id"].notna(), "id:" + frame["id"].astype(str))
