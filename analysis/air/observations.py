"""From what stations measured to one mean a station, with a count of every observation left out and why."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.green.plane import Floats


@dataclass(frozen=True, eq=False)
class StationMeans:
    """Mean of each station that has data, and how many observations were used and left out.

    stations: identifiers; xy_m: n x 2 in the stations' CRS; means in the unit of the observations.
    """

    stations: tuple[str, ...]
    xy_m: Floats
    means: Floats
    used: int
    excluded: dict[str, int]


def mean_by_station(observations: pd.DataFrame, stations: gpd.GeoDataFrame) -> StationMeans:
    """observations: station (external_id), value_ug_m3, flag; stations: external_id and points.

    Left out, in this order: flag not valid, no number, negative, unknown station.
    """
    kept, excluded = sort_out(observations, stations["external_id"])
    means = observations[kept].groupby("station")["value_ug_m3"].mean()
    places = stations[stations["external_id"].isin(means.index)].sort_values("external_id")
    xy_m = np.column_stack([places.geometry.x, places.geometry.y]).reshape(-1, 2)
    ids = tuple(places["external_id"])
    return StationMeans(ids, xy_m, means.loc[list(ids)].to_numpy(dtype=float), int(kept.sum()), excluded)


def sort_out(
    observations: pd.DataFrame, stations: pd.Series | None = None
) -> tuple[npt.NDArray[np.bool_], dict[str, int]]:
    """Which observations count, and how many do not by the first reason that holds; without stations, of any place."""
    value = pd.to_numeric(observations["value_ug_m3"]).to_numpy(dtype=float)
    known = observations["station"].isin(observations["station"] if stations is None else stations)
    reasons = {
        "flag not valid": observations["flag"].to_numpy() != "valid",
        "not a number": ~np.isfinite(value),
        "negative": value < 0,
        "unknown station": ~known.to_numpy(),
    }
    kept = np.ones(len(observations), dtype=bool)
    excluded = {}
    for reason, found in reasons.items():
        excluded[reason] = int((kept & found).sum())
        kept &= ~found
    return kept, excluded
