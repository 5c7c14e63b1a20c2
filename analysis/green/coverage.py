"""Green coverage of zones: districts, parcels, drawn polygons or grid cells, all by the same rule."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from analysis.green.patches import Patches, Progress, zone_polygons
from analysis.green.plane import Floats, MetricCrs, NotMetric

RULE = (
    "Green spaces are united first, so that a place under several of them counts once; invalid rings are"
    " repaired by 'linework'. Plane areas in {crs} are divided by the areal scale at the centre of each zone:"
    " square metres on the ellipsoid."
)


@dataclass(frozen=True, eq=False)
class Coverage:
    """Green of each zone, in the order of the zones. m² on the ellipsoid."""

    zone_area_m2: Floats
    green_area_m2: Floats
    green_public_area_m2: Floats
    rule: str

    @property
    def green_share_pct(self) -> Floats:
        """Of all green; NaN for a zone without area."""
        return 100 * _ratio(self.green_area_m2, self.zone_area_m2)

    def public_m2_per_inhabitant(self, population: npt.ArrayLike) -> Floats:
        """NaN where nobody lives or the population is not known."""
        return _ratio(self.green_public_area_m2, np.asarray(population, dtype=float))


def cover(
    zones: gpd.GeoSeries, green: Patches, public_green: Patches, on_progress: Progress = lambda _: None
) -> Coverage:
    """The coverage of `zones` by all green and, apart, by the public green among it.

    Raises NotMetric when the zones are in another CRS than the green, or in one without true metres.
    """
    crs = same_crs(zones, green, public_green)
    shapes = zones.to_numpy()
    scale, parts = crs.areal_scale(shapes), zone_polygons(shapes)
    everything = green.plane_area_in(parts, lambda share: on_progress(share / 2))
    public = public_green.plane_area_in(parts, lambda share: on_progress(0.5 + share / 2))
    return Coverage(
        zone_area_m2=_on_ellipsoid(parts.areas(), scale),
        green_area_m2=_on_ellipsoid(everything, scale),
        green_public_area_m2=_on_ellipsoid(np.minimum(public, everything), scale),
        rule=RULE.format(crs=crs.name),
    )


def same_crs(zones: gpd.GeoSeries, *patches: Patches) -> MetricCrs:
    crs = MetricCrs.of(zones.crs)
    for other in patches:
        if other.crs != crs:
            raise NotMetric(f"The zones are in {crs.name}, the green in {other.crs.name}: reproject one.")
    return crs


def _on_ellipsoid(plane_m2: Floats, scale: Floats) -> Floats:
    return np.divide(plane_m2, scale, out=np.zeros_like(plane_m2), where=np.isfinite(scale))


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return ratio
