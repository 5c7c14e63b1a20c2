"""The walking network of the city's streets, with the entrances of green spaces that somebody has put on the map."""

from __future__ import annotations

import geopandas as gpd

from analysis.green.walk import WalkNetwork, build_walk_network
from analysis.processes.input_frames import InputFrames
from layers.catalog.street_furniture.model import StreetFurniture

FURNITURE = "street-furniture"


def walk_network(frames: InputFrames, streets: gpd.GeoDataFrame | None = None) -> WalkNetwork:
    """streets: street_class and bridge_level; read here unless given. Raises NoStreets and NotMetric."""
    if streets is None:
        streets = frames.read("streets", ["street_class", "bridge_level"])
    gates = frames.read(FURNITURE, equals={"kind": StreetFurniture.Kind.ENTRANCE})
    return build_walk_network(streets, gates.geometry)
