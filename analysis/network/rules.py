"""What a vehicle may drive on, how fast, and what a turn costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from analysis.network.reasons import Reason

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

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
GRAVITY_M_S2 = 9.81
ROLLING = 0.012  # rolling resistance of truck tyres on asphalt, as a share of the weight


@dataclass(frozen=True)
class DriveRules:
    """Limits of the vehicle, speeds by class and seconds per turn.

    `height_m`, `width_m`, `weight_t` of None ignore limits. A street is too narrow where its width leaves less than
    `clearance_m` beside the vehicle, or its signed limit is below the vehicle's width; one of unknown width is open.
    A U-turn is allowed at dead ends only, unless `u_turns_everywhere`, and never in a street that is known to be
    narrower than `turning_width_m` (None: no such limit). Uphill a laden truck is as fast as `power_w_per_kg` at its
    wheels carries it against slope and rolling; above `max_slope_pct` a street is closed. The turn across the oncoming
    traffic costs more than the one along the kerb. The seconds, the clearance, the power (26 t with 235 kW, three
    quarters of it at the wheels) and the steepest slope are assumptions, to be replaced by the fleet's own.
    """

    height_m: float | None = None
    weight_t: float | None = None
    width_m: float | None = None
    clearance_m: float = 0.4
    turning_width_m: float | None = None
    max_slope_pct: float = 20.0
    power_w_per_kg: float = 6.8
    drives_on_right: bool = True
    kerb_turn_s: float = 3.0
    crossing_turn_s: float = 6.0
    u_turn_s: float = 40.0
    u_turns_everywhere: bool = False
    speeds_kmh: Mapping[str, float] = field(default_factory=lambda: SPEEDS_KMH)

    def closed_because(self, streets: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
        """Per row of a street frame the Reason that closes it to this vehicle, or None."""
        width_m = self.width_m or 0.0
        room_m = width_m + self.clearance_m if self.width_m else 0.0
        reasons = (
            (Reason.NOT_DRIVABLE, ~streets["street_class"].isin(list(self.speeds_kmh))),
            (Reason.NO_ACCESS, ~_column(streets, "access", "yes").isin(OPEN_ACCESS)),
            (Reason.TOO_LOW, _limit(streets, "max_height_m") < (self.height_m or 0.0)),
            (Reason.TOO_NARROW, _limit(streets, "max_width_m") < width_m),
            (Reason.TOO_NARROW, _limit(streets, "width_m") < room_m),
            (Reason.TOO_WEAK, _limit(streets, "max_weight_t") < (self.weight_t or 0.0)),
            (Reason.TOO_STEEP, np.abs(_slope_pct(streets)) > self.max_slope_pct),
        )
        closed = np.full(len(streets), None, dtype=object)
        for reason, holds in reversed(reasons):
            closed[np.asarray(holds, dtype=np.bool_)] = reason
        return closed

    def turns_round(self, streets: gpd.GeoDataFrame) -> Bools:
        """In which rows the vehicle has the room for a U-turn."""
        return np.asarray(_limit(streets, "width_m") >= (self.turning_width_m or 0.0), dtype=np.bool_)

    def speed_m_per_s(self, streets: gpd.GeoDataFrame, section: Ints, backward: Bools) -> Floats:
        """Per arc (row of the streets, and its direction) the signed speed, else the class's; less where it climbs."""
        by_class = streets["street_class"].map(dict(self.speeds_kmh)).to_numpy(np.float64)
        signed = _numbers(streets, "speed_kmh")
        level = np.where(signed > 0, signed, by_class)[section] / 3.6
        uphill = np.maximum(_slope_pct(streets)[section] * np.where(backward, -1, 1), 0.0) / 100
        return np.minimum(level, self.power_w_per_kg / (GRAVITY_M_S2 * (uphill + ROLLING)))


def _column(streets: gpd.GeoDataFrame, name: str, default: str) -> gpd.GeoSeries:
    return (
        streets[name].fillna(default) if name in streets else streets["street_class"].map(lambda _: default)
    )


def _numbers(streets: gpd.GeoDataFrame, name: str) -> Floats:
    missing = np.full(len(streets), np.nan)
    return streets[name].to_numpy(np.float64, na_value=np.nan) if name in streets else missing


def _limit(streets: gpd.GeoDataFrame, name: str) -> Floats:
    return np.nan_to_num(_numbers(streets, name), nan=np.inf)


def _slope_pct(streets: gpd.GeoDataFrame) -> Floats:
    """Positive where the street climbs in the direction in which it is drawn; unknown counts as level."""
    return np.nan_to_num(_numbers(streets, "slope_pct"), nan=0.0)
