"""Waste containers along streets where people live, with volume, fill and collection days; for all demo cities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

DAYS = ((1, 2, 3, 4, 5, 6, 7), (1, 2, 3, 4, 5, 6), (1, 4), (2, 5), (3, 6))  # 1 = Monday
_DAY_SHARES = (0.05, 0.07, 0.30, 0.29, 0.29)
_CAPACITIES_L, _CAPACITY_SHARES = (660, 770, 1100, 3000), (0.27, 0.13, 0.50, 0.10)
PAST = 4  # collections that were weighed
_FRACTIONS, _FRACTION_SHARES = (
    ("mixed", "plastic", "paper", "glass", "organic"),
    (0.935, 0.02, 0.02, 0.015, 0.01),
)


def people_by_street(lines: np.ndarray, homes: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Inhabitants of each line: everybody goes to the street nearest to home."""
    home, line = shapely.STRtree(lines).query_nearest(homes, all_matches=False)
    return np.bincount(line, people[home], minlength=len(lines))


def along_streets(
    lines: np.ndarray,
    width_m: np.ndarray,
    people: np.ndarray,
    people_per_container: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Points beside the lines of a plane, one for every so many people counted street after street through the city."""
    order = (
        gpd.GeoSeries(shapely.line_interpolate_point(lines, 0.5, normalized=True))
        .hilbert_distance()
        .argsort()
        .to_numpy()
    )
    until = np.cumsum(people[order])
    at = np.arange(rng.uniform(0.2, 0.8), until[-1] / people_per_container) * people_per_container
    place = np.searchsorted(until, at).clip(0, len(order) - 1)
    line = order[place]
    share = 1 - (until[place] - at) / np.maximum(people[line], 1e-9)
    return beside(lines[line], share * 0.8 + 0.1, (width_m[line] / 2 + 0.8) * rng.choice([-1, 1], len(line)))


def beside(lines: np.ndarray, share: np.ndarray, offset_m: np.ndarray) -> np.ndarray:
    """Points at a share (0 to 1) of each line's length, so many metres to its left (negative: right)."""
    length = shapely.length(lines)
    before, after = (
        shapely.get_coordinates(
            shapely.line_interpolate_point(lines, np.clip(share * length + step, 0, length))
        )
        for step in (-0.5, 0.5)
    )
    along = after - before
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    return shapely.points(
        (before + after) / 2 + np.stack([-along[:, 1], along[:, 0]], axis=1) * offset_m[:, None]
    )


def container_attributes(
    count: int, now: datetime, rng: np.random.Generator, fraction: np.ndarray | None = None
) -> pd.DataFrame:
    """Columns of the collection. Fill grows from the last collection day to the observation; few are not observed."""
    days = rng.choice(len(DAYS), count, p=_DAY_SHARES)
    hours_ago = rng.uniform(0.2, 11.0, count)
    since = np.array([_days_back(DAYS[d], now, 1)[0] for d in days]) + rng.uniform(0.0, 0.5, count)
    gap = np.array([7 / len(DAYS[d]) for d in days])
    fill = (since / (gap + 0.5)).clip(0.05, 1.3) * rng.normal(62, 22, count).clip(12, 145)
    seen = rng.random(count) > 0.03
    drawn = rng.choice(_FRACTIONS, count, p=_FRACTION_SHARES)
    return pd.DataFrame(
        {
            "fraction": drawn if fraction is None else fraction,
            "capacity_l": rng.choice(_CAPACITIES_L, count, p=_CAPACITY_SHARES),
            "fill_pct": np.where(seen, fill.clip(0, 130).round(0), np.nan),
            "fill_observed_at": [
                now - timedelta(minutes=round(60 * h)) if s else None
                for h, s in zip(hours_ago, seen, strict=True)
            ],
            "collection_days": [list(DAYS[d]) for d in days],
        }
    )


def past_emptyings(
    placed: pd.DataFrame, kg_per_l: Mapping[str, float], now: datetime, rng: np.random.Generator
) -> list[pd.DataFrame]:
    """Weighings at each container's last PAST collection days before now, the oldest first: external_id, emptied_at,
    weighed_kg. Each container fills at a pace of its own, that of its present fill, and scatters about it."""
    days = placed["collection_days"].to_numpy()
    back = np.array([_days_back(own, now, PAST + 1) for own in days]).reshape(-1, PAST + 1)
    seen = pd.to_numeric(placed["fill_pct"]).fillna(62.0).to_numpy() / 100
    pace = seen / (back[:, 0] + 0.25)
    litres = pd.to_numeric(placed["capacity_l"]).to_numpy() * placed["fraction"].map(kg_per_l).to_numpy()
    hour = rng.uniform(0, 6, len(placed))
    found = []
    for k in reversed(range(PAST)):
        came = pace * (back[:, k + 1] - back[:, k]) * rng.normal(1.0, 0.15, len(placed)).clip(0.5, 1.5)
        at = [now - timedelta(days=int(d), hours=-h) for d, h in zip(back[:, k], hour, strict=True)]
        found.append(
            pd.DataFrame(
                {
                    "external_id": placed["external_id"].to_numpy(),
                    "emptied_at": pd.to_datetime(at).floor("min"),
                    "weighed_kg": (litres * came.clip(0.02, 1.4)).round(1),
                }
            )
        )
    return found


def _days_back(days: tuple[int, ...], now: datetime, count: int) -> list[int]:
    """Days from the last collections before today to today, the latest first."""
    back = (n for n in range(1, 8 * count) if (now - timedelta(days=n)).isoweekday() in days)
    return list(islice(back, count))
