"""Large analyses in parts of neighbours: each part reads what it needs from PostGIS itself, here or on a worker."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
from django.conf import settings

from analysis.engine import Cluster, Engine, Here, NoCluster
from analysis.green import Coverage, Patches, cover
from analysis.processes.remote import CoverPart, remote
from gis_core.errors import Unavailable
from gis_core.geometry import BBox
from layers.queries.frames import read_frame
from layers.queries.parts import CollectionPart, split_collection

PART_ROWS = 20_000


def engine() -> Engine:
    """By ANALYSIS_ENGINE."""
    return Cluster(settings.ANALYSIS_SCHEDULER) if settings.ANALYSIS_ENGINE == "dask" else Here()


def cover_by_parts(
    collection: str,
    srid: int,
    *,
    part_rows: int = PART_ROWS,
    on_progress: Callable[[float], None] = lambda _: None,
) -> pd.DataFrame:
    """Per feature, ordered by id: id, zone_area_m2, green_area_m2, green_public_area_m2 (m² on the ellipsoid).

    The same as `cover` of all zones at once to rounding; the cost is linear in the number of parts.
    """
    parts = [_cover_part(collection, part, srid) for part in split_collection(collection, part_rows)]
    try:
        tables = engine().run(remote(f"{__name__}.cover_part"), parts, on_progress)
    except NoCluster as error:
        raise Unavailable(str(error)) from error
    return pd.concat(tables, ignore_index=True).sort_values("id", ignore_index=True) if tables else _NOTHING


_NOTHING = pd.DataFrame({"id": [], "zone_area_m2": [], "green_area_m2": [], "green_public_area_m2": []})


def _cover_part(collection: str, part: CollectionPart, srid: int) -> CoverPart:
    box = part.bbox
    return CoverPart(collection, part.ids, (box.west, box.south, box.east, box.north), srid)


def cover_part(part: CoverPart) -> pd.DataFrame:
    """The coverage of one part's zones, by the greens that touch its box."""
    zones = read_frame(part.collection, (), ids=part.ids, srid=part.srid)
    greens = read_frame("green-spaces", ["access"], bbox=BBox(*part.bbox), srid=part.srid)
    coverage = _coverage(zones, greens)
    return pd.DataFrame(
        {
            "id": zones["id"],
            "zone_area_m2": coverage.zone_area_m2,
            "green_area_m2": coverage.green_area_m2,
            "green_public_area_m2": coverage.green_public_area_m2,
        }
    )


def _coverage(zones: gpd.GeoDataFrame, greens: gpd.GeoDataFrame) -> Coverage:
    public = greens.geometry[greens["access"] == "public"]
    return cover(zones.geometry, Patches.of(greens.geometry), Patches.of(public))
