"""Rasters that a process computed: file and feature together, or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _t

from analysis.air.grid import Grid
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context
from layers.base import GEOM_SRID
from layers.queries.frames import read_frame
from layers.services.load import load_features


def publish_raster(
    collection: str, feature: Mapping[str, Any], grid: Grid, write: Callable[[Path], None], context: Context
) -> None:
    """`feature` is the row without geometry, `file` its path below the media folder, where `write` puts it.

    Without the commit the new file goes, with it the one that it replaces.
    """
    path = Path(settings.MEDIA_ROOT) / feature["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        try:
            context.progress(80, _t("Writing the grid"))
            write(path)
            _remove_on_commit(collection, path.parent, feature["external_id"])
            _load(collection, feature, grid)
            context.progress(98, _t("Writing the grid"))
        except BaseException:  # a cancelled job too
            path.unlink(missing_ok=True)
            raise


def _remove_on_commit(collection: str, folder: Path, external_id: str) -> None:
    """Only the name of the stored path is used: nothing outside the folder can be removed."""
    for old in read_frame(collection, ["file"], equals={"external_id": external_id})["file"]:
        transaction.on_commit(partial((folder / Path(old).name).unlink, missing_ok=True), robust=True)


def _load(collection: str, feature: Mapping[str, Any], grid: Grid) -> None:
    frame = gpd.GeoDataFrame([feature], geometry=[_footprint(grid)], crs=GEOM_SRID).rename_geometry("geom")
    report = load_features(collection, frame)
    if report.rejected:
        issue = report.rejected[0]
        raise InvalidInput(f"{collection}: {issue.field} {issue.rule} ({issue.value}). {issue.cure}")


def _footprint(grid: Grid) -> shapely.MultiPolygon:
    """The grid's outline in EPSG:4326, inside the city's box."""
    outline = shapely.segmentize(shapely.box(*grid.bounds_m), max(grid.rows, grid.columns) * grid.cell_m / 20)
    degrees = gpd.GeoSeries([outline], crs=grid.crs.crs).to_crs(GEOM_SRID).iloc[0]
    return shapely.MultiPolygon([degrees & shapely.box(*settings.CITY.bbox.as_tuple())])
