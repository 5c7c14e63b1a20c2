"""Air: means of stations, interpolation onto a grid with its error, Cloud Optimized GeoTIFF."""

from analysis.air.cog import Band, NotCog, write_cog
from analysis.air.field import Field, Method, make_field
from analysis.air.grid import Grid, GridTooLarge
from analysis.air.idw import TooFewStations, interpolate, leave_one_out, rmse
from analysis.air.kriging import Kriged, krige, krige_leave_one_out
from analysis.air.observations import StationMeans, mean_by_station
from analysis.air.variogram import Model, NoVariogram, Variogram, empirical_variogram, fit_variogram

__all__ = [
    "Band",
    "Field",
    "Grid",
    "GridTooLarge",
    "Kriged",
    "Method",
    "Model",
    "NoVariogram",
    "NotCog",
    "StationMeans",
    "TooFewStations",
    "Variogram",
    "empirical_variogram",
    "fit_variogram",
    "interpolate",
    "krige",
    "krige_leave_one_out",
    "leave_one_out",
    "make_field",
    "mean_by_station",
    "rmse",
    "write_cog",
]
