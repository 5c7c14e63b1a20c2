"""A month of hourly NO2 and PM10: daily rhythm, weekends, weather, dust, and some readings to distrust."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from importers.synthetic.frames import table_frame

DAYS = 30
_NIGHT_AND_DAY = np.array(
    [.55, .48, .44, .42, .46, .62, .95, 1.45, 1.62, 1.35, 1.08, .96,
     .94, .97, 1.0, 1.05, 1.16, 1.42, 1.66, 1.60, 1.35, 1.08, .86, .68]
)  # fmt: skip
_POLLUTANTS = {
    "no2": (12.0, 34.0, 1.0),
    "pm10": (26.0, 26.0, 0.45),
}  # background, at heavy traffic, how much of the rhythm


def traffic_near(points: np.ndarray, main_middles: np.ndarray, reach_m: float = 350.0) -> np.ndarray:
    """How much traffic is near each point (0 to 1): main street sections (their middles) within reach, fading out."""
    away = np.hypot(
        points[:, None, 0] - main_middles[None, :, 0], points[:, None, 1] - main_middles[None, :, 1]
    )
    load = np.exp(-away / reach_m * 2).sum(axis=1)
    return load / max(load.max(), 1e-9)


def observations(
    stations: list[str],
    traffic: np.ndarray,
    now: datetime,
    time_zone: str,
    prefix: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Hourly rows of the 30 days up to the last full hour before `now` (UTC inside)."""
    end = now.replace(minute=0, second=0, microsecond=0)
    times = [end - timedelta(hours=back) for back in range(DAYS * 24, 0, -1)]
    local = [time.astimezone(ZoneInfo(time_zone)) for time in times]
    rhythm = _NIGHT_AND_DAY[[t.hour for t in local]] * np.where([t.weekday() == 6 for t in local], 0.72, 1.0)
    weather = _memory(len(times), 0.97, 0.22, rng)
    dust = _dust(len(times), rng)
    tables = []
    for station, near in zip(stations, traffic, strict=True):
        for pollutant, (low, high, share) in _POLLUTANTS.items():
            level = (
                (low + (high - low) * near)
                * (1 - share + share * rhythm)
                * np.exp(weather + _memory(len(times), 0.8, 0.12, rng))
            )
            values, flags = _with_faults(level + (dust if pollutant == "pm10" else 0.0), rng)
            tables.append(
                pd.DataFrame(
                    {
                        "station": station,
                        "pollutant": pollutant,
                        "observed_at": times,
                        "value_ug_m3": values,
                        "flag": flags,
                    }
                )
            )
    rows = pd.concat(tables, ignore_index=True)
    names = (
        station_number(rows["station"])
        + "-"
        + rows["pollutant"]
        + "-"
        + rows["observed_at"].map(lambda t: f"{t:%Y%m%d%H}")
    )
    return table_frame([f"{prefix}/{name}" for name in names], "synthetic", rows.to_dict("list"))


def station_number(stations: pd.Series) -> pd.Series:
    return stations.str.rsplit("/", n=1).str[-1]


def _memory(hours: int, keep: float, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Noise that remembers: each hour keeps a share of the one before; its standard deviation is `spread`."""
    noise = rng.normal(0, spread * np.sqrt(1 - keep**2), hours)
    for hour in range(1, hours):
        noise[hour] += keep * noise[hour - 1]
    return noise


def _dust(hours: int, rng: np.random.Generator) -> np.ndarray:
    """One episode of Saharan dust, two to three days long."""
    middle = rng.uniform(0.3, 0.8) * hours
    return 95.0 * np.exp(-(((np.arange(hours) - middle) / 16.0) ** 2))


def _with_faults(level: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Readings to 0.1 µg/m³; a few negative ones, a sensor stuck for half a day and a spike are flagged."""
    values, flags = level.round(1), np.full(len(level), "valid", dtype=object)
    negative = rng.choice(len(level), 2, replace=False)
    values[negative] = -rng.uniform(0.5, 6.0, 2).round(1)
    flags[negative] = "invalid"
    start = int(rng.integers(0, len(level) - 12))
    values[start : start + 12] = values[start]
    spike = int(rng.integers(0, len(level)))
    values[spike] = abs(values[spike]) * 9 + 100
    flags[start : start + 12] = flags[spike] = "suspect"
    flags[values < 0] = "invalid"
    return values, flags
