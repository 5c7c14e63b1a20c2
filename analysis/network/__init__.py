"""The street network that trucks drive: an edge-based graph, snapping, kerbside tasks, travel times and paths.

Pure: no Django.
"""

from analysis.network.conditions import When
from analysis.network.drives import Step, drive_steps
from analysis.network.graph import Network, NetworkError, build_network
from analysis.network.legal import Fault, check_drive
from analysis.network.places import Place, Stretch
from analysis.network.reasons import Reason, Unreachable
from analysis.network.rules import DriveRules
from analysis.network.service import KerbRules, KerbTask, collected_on, kerbside_tasks
from analysis.network.snapping import Approach, Position, snap
from analysis.network.travel import Path, Travel, measure_travel

__all__ = [
    "Approach",
    "DriveRules",
    "Fault",
    "KerbRules",
    "KerbTask",
    "Network",
    "NetworkError",
    "Path",
    "Place",
    "Position",
    "Reason",
    "Step",
    "Stretch",
    "Travel",
    "Unreachable",
    "When",
    "build_network",
    "check_drive",
    "collected_on",
    "drive_steps",
    "kerbside_tasks",
    "measure_travel",
    "snap",
]
