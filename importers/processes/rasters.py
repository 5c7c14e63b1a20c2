"""The process "import-raster": a GeoTIFF becomes a Cloud Optimized GeoTIFF and a feature, both or neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import sqrt
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.shutil
import shapely
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from rasterio.crs import CRS
from rasterio.errors import CRSError, RasterioError
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT

from gis_core.actors import actor_named
from gis_core.errors import InvalidInput, TooLarge
from gis_core.geometry import WGS84_SRID
from gis_core.jobs.process import Context, Input, Output
from layers.base import Source
from layers.catalog.rasters.model import RasterKind
from layers.queries.frames import read_frame
from layers.services.load import load_features

FOLDER = "rasters"
MOST_CELLS = 4_000_000_000
BLOCK_PX = 512
SAMPLE_PX = 512
EDGE_POINTS = 20
# What one band of numbers may hold: outside of it, a scale or a mark for "no value" is missing in the file.
SPANS = {
    RasterKind.NDVI: (-1.01, 1.01, "NDVI lies between -1 and 1", "Say its scale in it (gdal_edit -scale)."),
    RasterKind.CANOPY_HEIGHT: (
        0.0,
        130.0,
        "Trees are 0 to 130 m high",
        "Say in it which value means none (gdal_edit -a_nodata 255), or its scale (-scale).",
    ),
    RasterKind.ELEVATION: (
        -450.0,
        9000.0,
        "The ground lies between -450 and 9000 m",
        "Say in it which value means none (gdal_edit -a_nodata), or its scale (-scale).",
    ),
}
IMPORTED = (RasterKind.ORTHOPHOTO, *SPANS)
_LAYOUT = {
    "driver": "COG",
    "compress": "DEFLATE",
    "predictor": "YES",
    "blocksize": BLOCK_PX,
    "overview_resampling": "AVERAGE",
    "bigtiff": "IF_SAFER",
    "num_threads": "2",
}
_MOMENT = {"type": "string"}


class ImportRaster:
    """One file a kind and time: the same again replaces it."""

    id = "import-raster"
    title = _("Import a raster")
    description = _(
        "Brings in a GeoTIFF, such as a vegetation index or an orthophoto, stored as Cloud Optimized GeoTIFF."
    )
    role = "steward"
    inputs = (
        Input(
            "file",
            _("File"),
            {"type": "string", "contentMediaType": "application/octet-stream"},
            _(
                "GeoTIFF; an orthophoto with three or four bands of 8 bits, all others with one; heights in metres."
            ),
            required=True,
        ),
        Input(
            "layer", _("Layer"), {"type": "string", "enum": [str(kind) for kind in IMPORTED]}, required=True
        ),
        Input(
            "taken_at",
            _("From"),
            _MOMENT,
            _("A day or a moment (ISO 8601), local time if no zone is given."),
            True,
        ),
        Input(
            "taken_until",
            _("Until"),
            _MOMENT,
            _("A moment, not included, or the last day; default: the same."),
        ),
        Input(
            "crs",
            _("Coordinate reference system"),
            {"type": "integer"},
            _("EPSG code, where the file says none."),
        ),
    )
    outputs = (Output("raster", _("The raster's feature")),)

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        kind = RasterKind(inputs["layer"])
        period = _period(str(inputs["taken_at"]), inputs.get("taken_until"))
        context.progress(0, _t("Reading %(file)s") % {"file": Path(inputs["file"]).name})
        with _opened(Path(inputs["file"])) as file:
            crs = _checked(file, kind, inputs.get("crs"))
            feature = _feature(file, kind, period, crs)
            _publish(file, crs, feature, context)
        return {"raster": {key: str(value) for key, value in feature.items() if key != "geom"}}


@dataclass(frozen=True)
class _Period:
    start: datetime
    end: datetime


def _period(start: str, end: Any) -> _Period:
    zone = ZoneInfo(settings.CITY.time_zone)
    first = _moment("taken_at", start, zone)
    last = _moment("taken_until", str(end), zone, whole_day=True) if end else first
    if last < first:
        raise InvalidInput(f"taken_until {end} is before taken_at {start}.")
    return _Period(first, last)


def _moment(name: str, text: str, zone: ZoneInfo, *, whole_day: bool = False) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{name}={text!r} is no date: write 2026-10-31 or 2026-10-31T14:00.") from error
    if whole_day and re.fullmatch(r"[\d-]{8,10}", text):
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@contextmanager
def _opened(path: Path) -> Iterator[DatasetReader]:
    """As GeoTIFF only: other formats may name further files, or addresses."""
    try:
        with rasterio.open(path, driver="GTiff") as file:
            yield file
    except RasterioError as error:
        raise InvalidInput(f"{path.name} cannot be read as GeoTIFF: {error}") from error


def _checked(file: DatasetReader, kind: RasterKind, epsg: int | None) -> CRS:
    """The file's CRS, or the given one where it has none. Raises InvalidInput or TooLarge with the cure."""
    if file.width * file.height > MOST_CELLS:
        raise TooLarge(f"The raster has {file.width} × {file.height} cells; cut it below {MOST_CELLS}.")
    if file.transform.is_identity or file.transform.b or file.transform.d:
        raise InvalidInput("The raster is not placed on the map, or turned: warp it with gdalwarp first.")
    crs = file.crs or _given(epsg)
    _check_bands(file, kind)
    if not _outline(file, crs).intersects(shapely.box(*settings.CITY.bbox.as_tuple())):
        raise InvalidInput(
            f"The raster lies outside {settings.CITY.name.en}; see its CRS ({crs.to_string()})."
        )
    return crs


def _given(epsg: int | None) -> CRS:
    if not epsg:
        raise InvalidInput("The file says no coordinate reference system; give crs= with its EPSG code.")
    try:
        return CRS.from_epsg(epsg)
    except CRSError as error:
        raise InvalidInput(f"crs={epsg} is no EPSG code that is known here.") from error


def _check_bands(file: DatasetReader, kind: RasterKind) -> None:
    if kind is RasterKind.ORTHOPHOTO:
        if file.count not in {3, 4} or set(file.dtypes) != {"uint8"}:
            raise InvalidInput(
                f"An orthophoto has 3 or 4 bands of 8 bits; this has {file.count} of {file.dtypes[0]}."
            )
        return
    if file.count != 1:
        raise InvalidInput(f"{kind.label} has one band; this file has {file.count}.")
    shape = (min(file.height, SAMPLE_PX), min(file.width, SAMPLE_PX))
    sample = file.read(1, out_shape=shape, masked=True) * file.scales[0] + file.offsets[0]
    known = np.ma.masked_invalid(sample).compressed()
    lowest, highest, words, cure = SPANS[kind]
    odd = known[(known < lowest) | (known > highest)]
    if odd.size:
        raise InvalidInput(f"{words}; this file has {odd[np.argmax(np.abs(odd))]:g}. {cure}")


def _feature(file: DatasetReader, kind: RasterKind, period: _Period, crs: CRS) -> dict[str, Any]:
    outline = _outline(file, crs)
    name = f"{kind.value}-{period.start:%Y%m%dT%H%M}"
    area_m2 = gpd.GeoSeries([outline], crs=WGS84_SRID).to_crs(settings.CITY.metric_crs).area.iloc[0]
    inside = outline & shapely.box(*settings.CITY.bbox.as_tuple())
    return {
        "external_id": f"raster:{name}",
        "source": Source.CITY.value,
        "kind": kind.value,
        "period_start": period.start,
        "period_end": period.end,
        "cell_m": round(sqrt(area_m2 / (file.width * file.height)), 4),
        "bands": file.count,
        "file": f"{FOLDER}/{name}-{uuid4().hex[:8]}.tif",
        "geom": shapely.MultiPolygon([inside]),
    }


def _outline(file: DatasetReader, crs: CRS) -> shapely.Polygon:
    """In degrees; its sides have points between the corners, because they are curved there."""
    box = shapely.box(*file.bounds)
    dense = shapely.segmentize(box, box.length / 4 / EDGE_POINTS)
    return gpd.GeoSeries([dense], crs=crs.to_wkt()).to_crs(WGS84_SRID).iloc[0]


def _publish(file: DatasetReader, crs: CRS, feature: dict[str, Any], context: Context) -> None:
    """File and feature together: without the commit the new file goes, with it the one that it replaces."""
    path = Path(settings.MEDIA_ROOT) / feature["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        try:
            context.progress(10, _t("Writing the raster"))
            _write_cog(file, crs, path)
            context.progress(90, _t("Writing the raster"))
            _remove_on_commit(path.parent, feature["external_id"])
            _load(feature, context)
        except BaseException:  # a cancelled job too
            path.unlink(missing_ok=True)
            raise


def _write_cog(file: DatasetReader, crs: CRS, path: Path) -> None:
    """There whole and valid under its name, or not there."""
    draft = path.with_name(f".{path.name}.part")
    try:
        if file.crs:
            rasterio.shutil.copy(file, draft, **_LAYOUT)
        else:
            with WarpedVRT(file, src_crs=crs, crs=crs) as placed:
                rasterio.shutil.copy(placed, draft, **_LAYOUT)
        _require_cog(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _require_cog(path: Path) -> None:
    with rasterio.open(path) as written:
        small = max(written.shape) <= BLOCK_PX
        layout = written.tags(ns="IMAGE_STRUCTURE").get("LAYOUT")
        if layout != "COG" or not (small or (written.profile.get("tiled") and written.overviews(1))):
            raise InvalidInput(f"{path.name} did not become a Cloud Optimized GeoTIFF; is the disk full?")


def _remove_on_commit(folder: Path, external_id: str) -> None:
    """Only the name of the stored path is used: nothing outside the folder can be removed."""
    for old in read_frame("rasters", ["file"], equals={"external_id": external_id})["file"]:
        transaction.on_commit(partial((folder / Path(old).name).unlink, missing_ok=True), robust=True)


def _load(feature: dict[str, Any], context: Context) -> None:
    frame = gpd.GeoDataFrame([feature], geometry="geom", crs=WGS84_SRID)
    report = load_features("rasters", frame, actor=actor_named(context.actor))
    if report.rejected:
        issue = report.rejected[0]
        raise InvalidInput(f"rasters: {issue.field} {issue.rule} ({issue.value}). {issue.cure}")
