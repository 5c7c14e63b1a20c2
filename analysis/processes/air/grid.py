"""Process compute-pollution-grid: observations of air stations in, a Cloud Optimized GeoTIFF and its feature out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.air import (
    Band,
    Field,
    Grid,
    GridTooLarge,
    Method,
    NoVariogram,
    StationMeans,
    TooFewStations,
    make_field,
    mean_by_station,
    write_cog,
)
from analysis.air.grid import fitting_cell_m
from analysis.air.idw import MIN_STATIONS
from analysis.green import MetricCrs, NotMetric
from analysis.green.plane import Floats
from analysis.processes.air.readings import HOUR, MOBILE_RULE, last_moment, placed, read_observations
from analysis.processes.computed_rasters import publish_raster
from analysis.processes.input_frames import InputFrames
from gis_core.city import City
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output
from layers.base import GEOM_SRID, Source, made_up
from layers.catalog.air_observations.model import Pollutant

FOLDER = "pollution"
CELL_M = 50.0
PERIOD = timedelta(days=30)
NODATA = -9999.0
UNIT = "µg/m³"
RULE = (
    "Mean of the valid observations of each station from the start of the period until before its end; negative"
    " values are left out and counted; {mobile}. Between stations, in {crs}: inverse distance weighting with power 2,"
    " or ordinary kriging with a variogram fitted to the stations (weights pairs / distance²), both with all stations;"
    " unless one is asked for, the one with the smaller error. Error: each station estimated from all the others (leave"
    " one out)."
)
METHODS = {
    Method.IDW: "IDW, power 2, {stations} stations; leave-one-out RMSE {rmse:.2f} µg/m³",
    Method.KRIGING: (
        "ordinary kriging, {variogram}, {stations} stations; leave-one-out RMSE {rmse:.2f} µg/m³;"
        " band 2 is the standard error"
    ),
}

NO_PATTERN_RULE = "No spatial pattern."


@dataclass(frozen=True)
class Period:
    """From `start` until before `end`, both with a time zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, eq=False)
class _Mapped:
    """A field on the city's grid; cells outside the districts have no value."""

    grid: Grid
    inside: npt.NDArray[np.bool_]
    field: Field

    @property
    def loo_rmse(self) -> float:
        return self.field.loo_rmse[self.field.method]

    def statistics(self) -> dict[str, float]:
        values = self.field.values[self.inside]
        return {
            "min_ug_m3": round(float(values.min()), 3),
            "mean_ug_m3": round(float(values.mean()), 3),
            "max_ug_m3": round(float(values.max()), 3),
        }


class ComputePollutionGrid:
    """Station means of a period, interpolated over the city, as a COG and a feature of pollution-grids."""

    id = "compute-pollution-grid"
    title = _("Compute a pollution grid")
    description = _("Mean concentration of a period between the air stations, as a Cloud Optimized GeoTIFF.")
    role = "planner"
    inputs = (
        Input(
            name="pollutant",
            title=_("Pollutant"),
            schema={"type": "string", "enum": list(Pollutant.values), "default": "no2"},
        ),
        Input(
            name="period_start",
            title=_("From"),
            schema={"type": "string"},
            description=_(
                "A day or a moment (ISO 8601), local time if no zone is given; default: 30 days before the end."
            ),
        ),
        Input(
            name="period_end",
            title=_("Until"),
            schema={"type": "string"},
            description=_("A moment, not included, or the last day; default: the last observation."),
        ),
        Input(
            name="cell_m",
            title=_("Cell size in metres"),
            schema={"type": "number", "minimum": 1, "maximum": 10_000},
            description=_("Default: 50 m, or more where the city has more than 4 million such cells."),
        ),
        Input(
            name="method",
            title=_("Method between stations"),
            schema={"type": "string", "enum": list(Method), "default": Method.BEST},
            description=_("best: the one with the smaller leave-one-out error, told for both."),
        ),
    )
    outputs = (
        Output("rule", _("Rules"), {"type": "string"}),
        Output("grid", _("The grid's feature")),
        Output("stations", _("Stations and their means"), {"type": "array"}),
        Output("observations", _("Observations used and left out")),
        Output("loo_rmse_ug_m3", _("Leave-one-out error"), {"type": "number"}),
        Output("methods", _("Leave-one-out error of each method tried, and the variogram")),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        frames = InputFrames(city.metric_crs)
        pollutant = str(inputs.get("pollutant") or "no2")
        context.progress(0, _t("Reading observations"))
        observations = read_observations(frames, pollutant)
        period = read_period(inputs, last_moment(observations), city)
        chosen = observations[observations["observed_at"].between(period.start, period.end, inclusive="left")]
        chosen, stations = placed(chosen, frames.read("air-stations", ["source"]))
        means = mean_by_station(chosen, stations)
        _require_stations(means, pollutant, period)
        field = _mapped(frames, means, inputs, city, context)
        source = _source(chosen, stations, means)
        feature = _feature(pollutant, period, field, means, source)
        publish_raster("pollution-grids", feature, field.grid, partial(_write_file, feature, field), context)
        return {
            "rule": RULE.format(crs=field.grid.crs.name, mobile=MOBILE_RULE),
            "grid": _shown(feature, field.grid),
            "stations": _station_rows(means),
            "observations": {"used": means.used, "excluded": means.excluded},
            "loo_rmse_ug_m3": round(field.loo_rmse, 3),
            "methods": _methods(field.field),
            "inputs": frames.record,
            "computed_at": timezone.now().isoformat(),
        }


def read_period(inputs: Mapping[str, Any], last: pd.Timestamp, city: City) -> Period:
    zone = ZoneInfo(city.time_zone)
    end = _moment("period_end", inputs.get("period_end"), zone, whole_day=True)
    end = end or (last + HOUR).to_pydatetime().astimezone(zone)
    start = _moment("period_start", inputs.get("period_start"), zone, whole_day=False)
    start = start or (end.astimezone(UTC) - PERIOD).astimezone(zone)  # 720 hours, summer time or not
    if start >= end:
        raise InvalidInput(
            f"period_start {start:%Y-%m-%d %H:%M} is not before period_end {end:%Y-%m-%d %H:%M}."
        )
    return Period(start, end)


def _moment(name: str, text: str | None, zone: ZoneInfo, *, whole_day: bool) -> datetime | None:
    """A day given as an end means until its midnight; a moment without a zone is local time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{name}={text!r} is no date: write 2026-10-31 or 2026-10-31T14:00.") from error
    if len(text) <= len("2026-10-31") and whole_day:
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _require_stations(means: StationMeans, pollutant: str, period: Period) -> None:
    if len(means.stations) < MIN_STATIONS:
        named = ", ".join(means.stations) or "none"
        raise InvalidInput(
            f"Only {len(means.stations)} stations ({named}) have valid {pollutant} observations from"
            f" {period.start:%Y-%m-%d %H:%M} until {period.end:%Y-%m-%d %H:%M}; a grid needs {MIN_STATIONS}."
            " Widen the period or import more observations.",
            excluded=means.excluded,
        )


def _mapped(
    frames: InputFrames, means: StationMeans, inputs: Mapping[str, Any], city: City, context: Context
) -> _Mapped:
    context.progress(10, _t("Interpolating between stations"))
    districts = frames.read("districts").geometry
    grid = _grid(city, districts, inputs.get("cell_m"))
    inside = grid.inside(districts) if len(districts) else np.ones(grid.shape, dtype=bool)
    if not inside.any():
        raise InvalidInput(f"No cell of {grid.cell_m:g} m has its centre in a district: take smaller cells.")
    message = _t("Interpolating between stations")
    try:
        field = make_field(
            means.xy_m,
            means.means,
            *grid.centers_m(),
            method=Method(inputs.get("method") or Method.BEST),
            on_progress=lambda s: context.progress(10 + 70 * s, message),
        )
    except (NoVariogram, TooFewStations) as error:
        raise InvalidInput(str(error)) from error
    return _Mapped(grid, inside, field)


def _methods(field: Field) -> dict[str, Any]:
    told = {name: round(error, 3) for name, error in field.loo_rmse.items()}
    return {
        "used": field.method,
        "loo_rmse_ug_m3": {**told, "mean of the stations": round(field.mean_rmse, 3)},
        "variogram": _variogram(field) or None,
        "pattern_in_space": field.has_pattern,
    }


def _variogram(field: Field) -> str:
    v = field.variogram
    if v is None:
        return ""
    return (
        f"{v.model} variogram with nugget {v.nugget:.4g}, partial sill {v.psill:.4g}, range {v.range_m:.0f} m"
    )


def _grid(city: City, districts: gpd.GeoSeries, cell_m: float | None) -> Grid:
    """Over the districts, or where there are none over the city's box; a missing cell size is one that fits."""
    try:
        crs = MetricCrs.of(city.metric_crs)
        box = gpd.GeoSeries([shapely.segmentize(shapely.box(*city.bbox.as_tuple()), 0.01)], crs=GEOM_SRID)
        bounds = tuple((districts if len(districts) else box.to_crs(city.metric_crs)).total_bounds)
        return Grid.covering(bounds, cell_m or fitting_cell_m(bounds, CELL_M), crs)
    except NotMetric as error:
        raise InvalidInput(f"metric_crs of the city file of {city.slug}: {error}") from error
    except GridTooLarge as error:
        raise InvalidInput(str(error)) from error


def _source(observations: pd.DataFrame, stations: pd.DataFrame, means: StationMeans) -> Source:
    """Synthetic as soon as anything that was used is."""
    used = observations[observations["station"].isin(means.stations)]["source"]
    places = stations[stations["external_id"].isin(means.stations)]["source"]
    return Source.SYNTHETIC if made_up({*used, *places}) else Source.COMPUTED


def _feature(
    pollutant: str, period: Period, field: _Mapped, means: StationMeans, source: Source
) -> dict[str, Any]:
    """The row of pollution-grids, geometry apart. One grid a pollutant and period: computing again replaces it."""
    name = f"{pollutant}-{period.start:%Y%m%dT%H%M}-{period.end:%Y%m%dT%H%M}"
    return {
        "external_id": f"computed:{name}",
        "source": source.value,
        "pollutant": pollutant,
        "period_start": period.start,
        "period_end": period.end,
        "method": _method(field, len(means.stations)),
        "cell_m": field.grid.cell_m,
        **field.statistics(),
        "file": f"{FOLDER}/{name}-{uuid4().hex[:8]}.tif",
    }


def _method(field: _Mapped, stations: int) -> str:
    """Where stations foretell each other no better than their mean, that is said: the grid is nearly even then."""
    told = METHODS[field.field.method].format(
        stations=stations, rmse=field.loo_rmse, variogram=_variogram(field.field)
    )
    return told if field.field.has_pattern else f"{told} {NO_PATTERN_RULE}"


def _write_file(feature: Mapping[str, Any], field: _Mapped, path: Path) -> None:
    said = {key: feature[key] for key in ("pollutant", "period_start", "period_end", "method", "source")}
    write_cog(
        path,
        [
            Band(_masked(field, values), text, UNIT)
            for values, text in _bands(feature["pollutant"], field.field)
        ],
        transform=field.grid.transform,
        crs=field.grid.crs.crs,
        nodata=NODATA,
        tags={key.upper(): _text(value) for key, value in said.items()},
    )


def _bands(pollutant: str, field: Field) -> Iterator[tuple[Floats, str]]:
    yield field.values, f"{pollutant} mean"
    if field.standard_error is not None:
        yield field.standard_error, f"{pollutant} standard error of kriging"


def _masked(field: _Mapped, values: Floats) -> npt.NDArray[np.float32]:
    return np.where(field.inside, values, NODATA).astype(np.float32)


def _shown(feature: Mapping[str, Any], grid: Grid) -> dict[str, Any]:
    said = {key: _text(value) if isinstance(value, datetime) else value for key, value in feature.items()}
    return {**said, "rows": grid.rows, "columns": grid.columns, "srid": settings.CITY.metric_crs}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _station_rows(means: StationMeans) -> list[dict[str, Any]]:
    pairs = zip(means.stations, means.means, strict=True)
    return [{"external_id": station, "mean_ug_m3": round(float(mean), 3)} for station, mean in pairs]
