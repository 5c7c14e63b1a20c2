"""What is to be served, containers or streets, in the words that both kinds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd

from analysis.network import Network
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes import containers, kerbside
from analysis.processes.routes.asked import KERBSIDE, Asked
from analysis.processes.routes.placed import Placed
from gis_core.city import City


@dataclass(frozen=True, eq=False)
class Work:
    """Items to serve, in the metric CRS: key, district, source, load_kg, load_m3, geom.

    `place` makes the tasks of some items, given the network and the first matrix place that is theirs.
    """

    items: gpd.GeoDataFrame
    place: Callable[[Network, gpd.GeoDataFrame, int], Placed]
    rule: dict[str, Any]


def read_work(frames: InputFrames, city: City, asked: Asked) -> Work:
    """What is due; raises InvalidInput when nothing is, or the input names what does not exist."""
    if asked.kind == KERBSIDE:
        streets = kerbside.read_streets(frames, city, asked)
        return Work(streets, kerbside.place_streets, kerbside.load_rule(city, asked.fraction))
    due, rule = containers.read_due_containers(frames, city, asked)
    return Work(due, containers.place_containers, rule)
