"""Air: means of stations, interpolation onto a grid with its error, Cloud Optimized GeoTIFF."""

from analysis.air.cog import NotCog, write_cog
from analysis.air.grid import Grid, GridTooLarge
from analysis.air.idw import TooFewStations, interpolate, leave_one_out, rmse
from analysis.air.observations import StationMeans, mean_by_station

__all__ = [
    "Grid",
    "GridTooLarge",
    "NotCog",
    "StationMeans",
    "TooFewStations",
    "interpolate",
    "leave_one_out",
    "mean_by_station",
    "rmse",
    "write_cog",
]
