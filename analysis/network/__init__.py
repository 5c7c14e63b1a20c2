"""The street network that trucks drive: an edge-based graph, snapping, travel times and paths. Pure: no Django."""

from analysis.network.graph import Network, NetworkError, build_network
from analysis.network.rules import DriveRules
from analysis.network.snapping import Approach, Position, Reason, Unreachable, snap
from analysis.network.travel import Path, Travel, measure_travel

__all__ = [
    "Approach",
    "DriveRules",
    "Network",
    "NetworkError",
    "Path",
    "Position",
    "Reason",
    "Travel",
    "Unreachable",
    "build_network",
    "measure_travel",
    "snap",
]
