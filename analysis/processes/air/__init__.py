"""Air as processes: check observations, grids, the index, alerts, exposure."""

from analysis.processes.air.alerts import CheckAirAlerts
from analysis.processes.air.check import CheckObservations
from analysis.processes.air.exposure import ComputeExposure
from analysis.processes.air.grid import ComputePollutionGrid
from analysis.processes.air.index import ComputeAirIndex
from analysis.processes.air.series import ComputePollutionSeries

__all__ = [
    "CheckAirAlerts",
    "CheckObservations",
    "ComputeAirIndex",
    "ComputeExposure",
    "ComputePollutionGrid",
    "ComputePollutionSeries",
]
