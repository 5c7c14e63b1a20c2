"""The plane that areas and distances are measured in: metres, and near the ground's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]
# Farther than this from 1, a plane length is no length: a wrong zone, or a world projection.
MAX_SCALE_ERROR = 0.02


class NotMetric(ValueError):
    """A CRS in which an area or a distance would be wrong; the message names it and the cure."""


@dataclass(frozen=True)
class MetricCrs:
    """A projected CRS in metres. Degrees, feet and Web Mercator are refused: NotMetric says why."""

    crs: pyproj.CRS

    @classmethod
    def of(cls, crs: Any) -> MetricCrs:
        """Of a pyproj CRS, an EPSG number or anything pyproj reads."""
        if crs is None:
            raise NotMetric("The geometry has no CRS: declare it, then reproject to a metric CRS.")
        return cls(pyproj.CRS.from_user_input(crs))

    def __post_init__(self) -> None:
        if reason := _refusal(self.crs):
            raise NotMetric(f"{self.name} {reason}: reproject to the city's metric CRS.")

    @property
    def name(self) -> str:
        """`EPSG:32629`, or the CRS's own name where it has no such number."""
        return ":".join(self.crs.to_authority() or ()) or str(self.crs.name)

    @cached_property
    def _projection(self) -> pyproj.Proj:
        return pyproj.Proj(self.crs)

    def areal_scale(self, geometries: Geometries) -> Floats:
        """Plane m² for one m² on the ellipsoid, at the centre of each geometry's bounds; NaN if empty.

        Divide a plane area by it; a plane length by its square root (exact in conformal projections).
        Raises NotMetric where the plane is no picture of the ground there.
        """
        if not len(geometries):
            return np.empty(0)  # pyproj has no factors of nowhere
        west, south, east, north = shapely.bounds(geometries).T
        lon, lat = self._projection((west + east) / 2, (south + north) / 2, inverse=True)
        factors = self._projection.get_factors(lon, lat)
        self._refuse_distortion(lon, lat, np.stack([factors.meridional_scale, factors.parallel_scale]))
        return np.where(np.isnan(west), np.nan, factors.areal_scale)

    def _refuse_distortion(self, lon: Floats, lat: Floats, scales: Floats) -> None:
        error = np.where(np.isfinite(scales), np.abs(scales - 1), 0.0).max(axis=0)
        if error.max() > MAX_SCALE_ERROR:
            worst = int(error.argmax())
            raise NotMetric(
                f"{self.name} stretches lengths by {100 * error[worst]:.1f} % at longitude {lon[worst]:.3f},"
                f" latitude {lat[worst]:.3f}: reproject to the metric CRS of that place."
            )


def _refusal(crs: pyproj.CRS) -> str:
    if not crs.is_projected:
        return "is in degrees or no plane at all, and degrees have no area"
    if "Pseudo Mercator" in (crs.coordinate_operation.method_name if crs.coordinate_operation else ""):
        return "is Web Mercator, whose square metres are up to twice too large in our cities"
    if any(axis.unit_conversion_factor != 1.0 for axis in crs.axis_info):
        return f"is in {crs.axis_info[0].unit_name}, not in metres"
    return ""
