"""Air: quality of observations, fields with their error, standards, the index, alerts, Cloud Optimized GeoTIFF."""

from analysis.air.alerts import Exceedance, NoAlert, find_exceedances
from analysis.air.cog import Band, NotCog, write_cog
from analysis.air.field import Field, Method, make_field
from analysis.air.grid import Grid, GridTooLarge
from analysis.air.idw import TooFewStations, interpolate, leave_one_out, rmse
from analysis.air.index import IndexValue, index_at, level_of
from analysis.air.kriging import Kriged, krige, krige_leave_one_out
from analysis.air.observations import StationMeans, mean_by_station, sort_out
from analysis.air.quality import FLAGS, Fault, QualityRule, find_faults
from analysis.air.standards import AirIndex, Limit, NoStandard, Standards, load_standards
from analysis.air.variogram import Model, NoVariogram, Variogram, empirical_variogram, fit_variogram

__all__ = [
    "FLAGS",
    "AirIndex",
    "Band",
    "Exceedance",
    "Fault",
    "Field",
    "Grid",
    "GridTooLarge",
    "IndexValue",
    "Kriged",
    "Limit",
    "Method",
    "Model",
    "NoAlert",
    "NoStandard",
    "NoVariogram",
    "NotCog",
    "QualityRule",
    "Standards",
    "StationMeans",
    "TooFewStations",
    "Variogram",
    "empirical_variogram",
    "find_exceedances",
    "find_faults",
    "fit_variogram",
    "index_at",
    "interpolate",
    "krige",
    "krige_leave_one_out",
    "leave_one_out",
    "level_of",
    "load_standards",
    "make_field",
    "mean_by_station",
    "rmse",
    "sort_out",
    "write_cog",
]
