"""Coverage of a whole collection in parts: what one part reads and measures, and all of them together."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from django.conf import settings

from analysis.green import Coverage, MetricCrs, Patches, cover
from analysis.green.coverage import RULE
from analysis.processes.by_parts import PART_ROWS, measure_by_parts
from analysis.processes.remote import ZonesPart
from gis_core.geometry import BBox
from layers.queries.frames import read_frame

_AREAS = ("zone_area_m2", "green_area_m2", "green_public_area_m2")


def cover_by_parts(
    collection: str,
    ids: pd.Series,
    *,
    part_rows: int = PART_ROWS,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Coverage:
    """The coverage of the features with these ids, in their order: that of `cover` of all at once, to rounding."""
    work = f"{__name__}.{cover_part.__name__}"
    table = measure_by_parts(work, collection, part_rows=part_rows, on_progress=on_progress).reindex(ids)
    columns = {name: table[name].to_numpy(float) for name in _AREAS}
    return Coverage(**columns, rule=RULE.format(crs=MetricCrs.of(settings.CITY.metric_crs).name))


def cover_part(part: ZonesPart) -> pd.DataFrame:
    """The areas of one part's zones, by the greens that touch its box; its index is the zones' id."""
    zones = read_frame(part.collection, (), ids=part.ids, srid=part.srid)
    greens = read_frame("green-spaces", ["access"], bbox=BBox(*part.bbox), srid=part.srid)
    public = greens.geometry[greens["access"] == "public"]
    coverage = cover(zones.geometry, Patches.of(greens.geometry), Patches.of(public))
    return pd.DataFrame(
        {name: getattr(coverage, name) for name in _AREAS}, index=pd.Index(zones["id"], name="id")
    )
