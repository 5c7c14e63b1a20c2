"""Process import-raster: what becomes of a GeoTIFF, and that a bad one leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from django.conf import settings
from pyproj import Transformer
from rasterio.transform import from_origin

from gis_core.errors import InvalidInput, JobDismissed, TooLarge
from importers.processes.rasters import ImportRaster
from layers.catalog.rasters.model import Raster
from layers.models import Revision

pytestmark = pytest.mark.django_db(
    transaction=True, available_apps=["django.contrib.auth", "django.contrib.contenttypes", "layers"]
)
SIDE, CELL_M = 1200, 2.0


class Steps:
    job_id, actor, workspace = "1", "cli:test", Path()

    def __init__(self, cancel_at: float = 101) -> None:
        self.cancel_at = cancel_at

    def progress(self, percent: float, message: str) -> None:
        if percent >= self.cancel_at:
            raise JobDismissed


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def write(path: Path, bands: np.ndarray, **profile: Any) -> Path:
    """In the middle of the city, in its metric CRS."""
    x, y = Transformer.from_crs(4326, settings.CITY.metric_crs, always_xy=True).transform(
        *settings.CITY.bbox.center
    )
    placed = {"crs": f"EPSG:{settings.CITY.metric_crs}", "transform": from_origin(x, y, CELL_M, CELL_M)}
    count, height, width = bands.shape
    shape = {"count": count, "height": height, "width": width, "dtype": bands.dtype}
    with rasterio.open(path, "w", **{"driver": "GTiff", **shape, **placed, **profile}) as file:
        file.write(bands)
    return path


@pytest.fixture
def ndvi(tmp_path: Path) -> Path:
    values = np.tile(np.linspace(-0.2, 0.9, SIDE, dtype="float32"), (1, SIDE, 1))
    return write(tmp_path / "ndvi.tif", values, nodata=-9999)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return write(tmp_path / "photo.tif", np.full((3, SIDE, SIDE), 90, dtype="uint8"), photometric="RGB")


def run(file: Path, layer: str = "ndvi", context: Any = None, **more: Any) -> dict[str, Any]:
    inputs = {"file": str(file), "layer": layer, "taken_at": "2026-03-01", **more}
    return ImportRaster().run(inputs, context or Steps())["raster"]


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def test_raster_becomes_a_cog_and_a_feature(ndvi: Path, media: Path) -> None:
    told = run(ndvi, taken_until="2026-03-15")
    raster = Raster.objects.get()
    assert (raster.kind, raster.bands, raster.source) == ("ndvi", 1, "city")
    assert raster.cell_m == pytest.approx(CELL_M, rel=0.001)
    assert (raster.period_end - raster.period_start).days == 15
    assert raster.geom.area > 0
    assert told["file"] == raster.file
    with rasterio.open(media / raster.file) as stored, rasterio.open(ndvi) as given:
        assert stored.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert stored.overviews(1)
        assert stored.block_shapes[0] == (512, 512)
        assert stored.nodata == -9999
        assert np.array_equal(stored.read(1), given.read(1))
    assert raster.area_m2 == pytest.approx((SIDE * CELL_M) ** 2, rel=0.01)


def test_orthophoto_keeps_its_bands(photo: Path, media: Path) -> None:
    run(photo, "orthophoto")
    with rasterio.open(media / Raster.objects.get().file) as stored:
        assert stored.count == 3
        assert (stored.read() == 90).all()


def test_same_time_again_replaces_file_and_feature(ndvi: Path, media: Path) -> None:
    run(ndvi)
    first = files(media)
    run(ndvi)
    assert Raster.objects.count() == 1
    assert len(files(media)) == 1
    assert files(media) != first
    run(ndvi, taken_at="2026-04-01")
    assert Raster.objects.count() == len(files(media)) == 2


def test_file_without_a_crs_needs_one(tmp_path: Path, media: Path) -> None:
    bare = write(tmp_path / "bare.tif", np.zeros((1, 600, 600), "float32"), crs=None)
    with pytest.raises(InvalidInput, match="crs="):
        run(bare)
    run(bare, crs=settings.CITY.metric_crs)
    with rasterio.open(media / Raster.objects.get().file) as stored:
        assert stored.crs.to_epsg() == settings.CITY.metric_crs
        assert stored.shape == (600, 600)


def test_bad_files_are_told_and_leave_nothing(
    tmp_path: Path, media: Path, ndvi: Path, photo: Path, monkeypatch
) -> None:
    text = tmp_path / "text.tif"
    text.write_text("no raster")
    vrt = tmp_path / "other.tif"
    vrt.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>')
    far = write(tmp_path / "far.tif", np.zeros((1, 9, 9), "float32"), transform=from_origin(0, 0, 1, 1))
    askew = rasterio.Affine(1, 0.5, 0, 0.5, -1, 0)
    turned = write(tmp_path / "turned.tif", np.zeros((1, 9, 9), "float32"), transform=askew)
    scaled = write(tmp_path / "scaled.tif", np.full((1, 9, 9), 4000, "int16"))
    high = write(tmp_path / "high.tif", np.full((1, 9, 9), 255, "uint8"))
    for file, layer, said in (
        (text, "ndvi", "text.tif"),
        (vrt, "ndvi", "other.tif"),
        (far, "ndvi", "outside"),
        (turned, "ndvi", "gdalwarp"),
        (scaled, "ndvi", "between -1 and 1"),
        (photo, "ndvi", "one band"),
        (high, "canopy-height", "a_nodata 255"),
        (ndvi, "orthophoto", "3 or 4 bands"),
    ):
        with pytest.raises(InvalidInput, match=said):
            run(file, layer)
    with pytest.raises(InvalidInput, match="taken_at"):
        run(ndvi, taken_at="yesterday")
    with pytest.raises(InvalidInput, match="before"):
        run(ndvi, taken_until="2025-01-01")
    monkeypatch.setattr("importers.processes.rasters.MOST_CELLS", 10)
    with pytest.raises(TooLarge):
        run(ndvi)
    assert files(media) == []
    assert not Raster.objects.exists()


@pytest.mark.parametrize("cancel_at", [10, 90])
def test_cancelled_or_failed_leaves_nothing(ndvi: Path, media: Path, cancel_at: float, monkeypatch) -> None:
    before = list(Revision.objects.filter(collection="rasters").values())
    with pytest.raises(JobDismissed):
        run(ndvi, context=Steps(cancel_at))
    monkeypatch.setattr("importers.processes.rasters._load", None)
    with pytest.raises(TypeError):
        run(ndvi)
    assert files(media) == []
    assert not Raster.objects.exists()
    assert list(Revision.objects.filter(collection="rasters").values()) == before
