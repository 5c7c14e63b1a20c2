"""Observations and stations as the air processes need them; standards of the city."""

from __future__ import annotations

from datetime import timedelta

import geopandas as gpd
import pandas as pd
from django.conf import settings

from analysis.air import Standards, load_standards, sort_out
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput

MOBILE_CELL_M = 100.0
MOBILE_RULE = "what moving sensors measured is put together by sensor and square of 100 m"
HOUR = timedelta(hours=1)
_NAMES = ("station", "pollutant", "observed_at", "value_ug_m3", "flag", "source", "longitude", "latitude")


def city_standards() -> Standards:
    """The table and the city's own ([air] of its file); raises InvalidInput naming what is wrong there."""
    try:
        return load_standards(settings.CITY.air)
    except (ValueError, KeyError, TypeError) as error:  # NoStandard is a ValueError
        raise InvalidInput(f"[air] of the city file of {settings.CITY.slug}: {error}") from error


def read_observations(frames: InputFrames, pollutant: str | None = None) -> pd.DataFrame:
    """All observations, or those of one pollutant; observed_at in UTC. Raises InvalidInput where there are none."""
    equals = {"pollutant": pollutant} if pollutant else None
    found = frames.read("air-observations", _NAMES, equals=equals)
    if found.empty:
        named = f" of {pollutant}" if pollutant else ""
        raise InvalidInput(f"There are no observations{named}: import some into air-observations first.")
    return found.assign(observed_at=pd.to_datetime(found["observed_at"], utc=True))


def usable(observations: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Those that count, up to the last moment that can be believed, and how many do not, by reason."""
    kept, left_out = sort_out(observations)
    found, last = observations[kept], last_moment(observations)
    ahead = found["observed_at"] > last
    return found[~ahead], {**left_out, "in the future": int(ahead.sum())}


def last_moment(observations: pd.DataFrame) -> pd.Timestamp:
    """The newest of the observations that count and are not ahead of the clock: one wrong date must not stand for now.

    Where all are ahead, the clock is wrong; where none counts, the newest of all.
    """
    kept, _ = sort_out(observations)
    moments = observations["observed_at"][kept] if kept.any() else observations["observed_at"]
    past = moments[moments <= pd.Timestamp.now("UTC")]
    return (moments if past.empty else past).max()


def placed(observations: pd.DataFrame, stations: gpd.GeoDataFrame) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """A moving sensor as one station for each square of 100 m in which it measured. stations: in a metric CRS."""
    moving = observations["longitude"].notna() & observations["latitude"].notna()
    if not moving.any():
        return observations, stations
    own = observations[moving]
    points = gpd.points_from_xy(own["longitude"].astype(float), own["latitude"].astype(float), crs=4326)
    at = points.to_crs(stations.crs)
    column, row = ((v / MOBILE_CELL_M).round().astype(int) for v in (at.x, at.y))
    names = [f"{s}@{c}:{r}" for s, c, r in zip(own["station"], column, row, strict=True)]
    squares = pd.DataFrame({"external_id": names, "source": own["source"], "x": at.x, "y": at.y})
    means = (
        squares.groupby("external_id")
        .agg(x=("x", "mean"), y=("y", "mean"), source=("source", "max"))
        .reset_index()
    )
    places = gpd.GeoDataFrame(
        means[["external_id", "source"]],
        geometry=gpd.points_from_xy(means["x"], means["y"]),
        crs=stations.crs,
    ).rename_geometry(stations.geometry.name)
    renamed = observations.assign(
        station=observations["station"].mask(moving, pd.Series(names, index=own.index))
    )
    together = pd.concat([stations, places], ignore_index=True)
    return renamed, gpd.GeoDataFrame(together, geometry=stations.geometry.name, crs=stations.crs)
