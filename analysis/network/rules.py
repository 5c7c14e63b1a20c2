"""What a vehicle may drive on, how fast, and what a turn costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import numpy.typing as npt

# Where no limit is signed: what a collection truck drives in town, km/h. A class that is not here is closed to it
# (pedestrian, cycleway, footway, steps). An assumption, to be replaced by the fleet's own tracks.
SPEEDS_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 80.0,
        "trunk": 60.0,
        "primary": 45.0,
        "secondary": 40.0,
        "tertiary": 35.0,
        "unclassified": 30.0,
        "residential": 25.0,
        "living_street": 10.0,
        "service": 15.0,
        "track": 10.0,
    }
)
OPEN_ACCESS = ("yes", "destination")


@dataclass(frozen=True)
class DriveRules:
    """Limits of the vehicle, speeds by class and seconds per turn.

    A U-turn is allowed at dead ends only, unless `u_turns_everywhere`. The turn seconds are assumptions: the turn
    across the oncoming traffic costs more than the one along the kerb. `height_m`, `weight_t` of None ignore limits.
    """

    height_m: float | None = None
    weight_t: float | None = None
    drives_on_right: bool = True
    kerb_turn_s: float = 3.0
    crossing_turn_s: float = 6.0
    u_turn_s: float = 40.0
    u_turns_everywhere: bool = False
    speeds_kmh: Mapping[str, float] = field(default_factory=lambda: SPEEDS_KMH)

    def drivable(self, streets: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
        """Which rows of a street frame this vehicle may use."""
        open_ = streets["street_class"].isin(list(self.speeds_kmh)) & _column(streets, "access", "yes").isin(
            OPEN_ACCESS
        )
        low = _limit(streets, "max_height_m") < (self.height_m or 0.0)
        weak = _limit(streets, "max_weight_t") < (self.weight_t or 0.0)
        return np.asarray(open_ & ~low & ~weak, dtype=np.bool_)

    def speed_m_per_s(self, streets: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
        """The signed speed, else the class's; rows must be drivable."""
        by_class = streets["street_class"].map(dict(self.speeds_kmh)).to_numpy(np.float64)
        signed = _numbers(streets, "speed_kmh")
        return np.where(signed > 0, signed, by_class) / 3.6


def _column(streets: gpd.GeoDataFrame, name: str, default: str) -> gpd.GeoSeries:
    return (
        streets[name].fillna(default) if name in streets else streets["street_class"].map(lambda _: default)
    )


def _numbers(streets: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.float64]:
    missing = np.full(len(streets), np.nan)
    return streets[name].to_numpy(np.float64, na_value=np.nan) if name in streets else missing


def _limit(streets: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.float64]:
    return np.nan_to_num(_numbers(streets, name), nan=np.inf)
