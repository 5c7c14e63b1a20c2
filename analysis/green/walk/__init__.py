"""Walking to green: streets and entrances in, metres of each place out."""

from analysis.green.walk.distances import DISTANCE_RULE, SNAP_M, walk_distances
from analysis.green.walk.entrances import ENTRANCE_RULE, Entrances, find_entrances
from analysis.green.walk.network import WALK_RULE, NoStreets, Places, WalkNetwork, build_walk_network

__all__ = [
    "DISTANCE_RULE",
    "ENTRANCE_RULE",
    "SNAP_M",
    "WALK_RULE",
    "Entrances",
    "NoStreets",
    "Places",
    "WalkNetwork",
    "build_walk_network",
    "find_entrances",
    "walk_distances",
]
