"""The file really is a Cloud Optimized GeoTIFF, says what it holds, and never lies about half done."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from analysis.air import Band, NotCog, write_cog
from analysis.air.cog import require_cog

NODATA = -9999.0


def write(path, values: np.ndarray) -> None:
    write_cog(
        path,
        [Band(values.astype(np.float32), "Nitrogen dioxide", "µg/m³")],
        transform=from_origin(620_000, 3_720_000, 50, 50),
        crs=32629,
        nodata=NODATA,
        tags={"METHOD": "test"},
    )


@pytest.fixture
def values() -> np.ndarray:
    field = np.random.default_rng(1).uniform(0, 60, (700, 1100))
    field[:50, :60] = NODATA
    return field.astype(np.float32)


def test_file_is_a_cog_with_tiles_and_overviews(tmp_path, values):
    write(tmp_path / "no2.tif", values)
    with rasterio.open(tmp_path / "no2.tif") as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.block_shapes == [(512, 512)]
        assert raster.overviews(1) == [2, 4]
        assert raster.compression.value == "DEFLATE"


def test_file_gives_back_values_place_and_words(tmp_path, values):
    write(tmp_path / "no2.tif", values)
    with rasterio.open(tmp_path / "no2.tif") as raster:
        assert (raster.read(1) == values).all()
        assert raster.crs.to_epsg() == 32629
        assert raster.bounds == (620_000, 3_720_000 - 700 * 50, 620_000 + 1100 * 50, 3_720_000)
        assert raster.nodata == NODATA
        assert raster.descriptions == ("Nitrogen dioxide",)
        assert raster.units == ("µg/m³",)
        assert raster.tags()["METHOD"] == "test"


def test_overviews_leave_nodata_out(tmp_path, values):
    write(tmp_path / "no2.tif", values)
    with rasterio.open(tmp_path / "no2.tif", overview_level=1) as reduced:
        inside = reduced.read(1, masked=True).compressed()
    assert inside.min() >= 0
    assert inside.mean() == pytest.approx(30, abs=1)


def test_small_raster_is_a_cog_too(tmp_path):
    write(tmp_path / "small.tif", np.ones((3, 4)))
    require_cog(tmp_path / "small.tif")


def test_only_the_finished_file_remains(tmp_path, values):
    write(tmp_path / "no2.tif", values)
    assert [p.name for p in tmp_path.iterdir()] == ["no2.tif"]


def test_failure_leaves_no_file_and_keeps_the_old_one(tmp_path, values, monkeypatch):
    write(tmp_path / "no2.tif", values)
    before = (tmp_path / "no2.tif").read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("analysis.air.cog.require_cog", fail)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path / "no2.tif", values * 2)
    assert [p.name for p in tmp_path.iterdir()] == ["no2.tif"]
    assert (tmp_path / "no2.tif").read_bytes() == before


def test_plain_geotiff_is_not_taken_for_a_cog(tmp_path):
    profile = {"height": 600, "width": 600, "count": 1, "dtype": "float32"}
    with rasterio.open(tmp_path / "plain.tif", "w", driver="GTiff", **profile) as raster:
        raster.write(np.ones((600, 600), dtype=np.float32), 1)
    with pytest.raises(NotCog, match=r"plain\.tif"):
        require_cog(tmp_path / "plain.tif")
