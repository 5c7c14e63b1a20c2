"""Zip files: what is inside is read; what is foul is refused before it does harm."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point

from gis_core.errors import InvalidInput
from layers.queries.frames import read_frame

pytestmark = pytest.mark.usefixtures("casablanca")
CSV = "external_id,lon,lat\na,-7.6,33.57\n"


def zipped(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def shapefile(folder: Path, name: str = "arbres") -> list[Path]:
    folder.mkdir(exist_ok=True)
    frame = gpd.GeoDataFrame({"id": [1, 2]}, geometry=[Point(-7.6, 33.57), Point(-7.61, 33.57)], crs=4326)
    frame.to_crs(26191).to_file(folder / f"{name}.shp")
    return sorted(folder.glob(f"{name}.*"))


def test_a_zipped_shapefile_in_a_folder_is_read_beside_litter(tmp_path, run_import):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in shapefile(tmp_path / "made"):
            archive.write(part, f"données/{part.name}")
        archive.writestr("__MACOSX/données/._arbres.shp", b"junk")
        archive.writestr("lisez-moi.pdf", b"junk")
    report = run_import(tmp_path / "a.zip", "trees")
    assert (report["added"], report["layer"], report["crs"]) == (2, "arbres", 26191)


def test_several_files_are_listed_and_one_can_be_named(tmp_path, run_import):
    file = zipped(tmp_path / "a.zip", **{"un.csv": CSV, "deux.csv": CSV})
    with pytest.raises(InvalidInput, match="layer= one of: deux, un"):
        run_import(file, "trees")
    assert run_import(file, "trees", layer="un")["layer"] == "un"


def test_the_limit_counts_what_comes_out(tmp_path, run_import, settings):
    settings.UPLOAD_MAX_BYTES = 1_000_000
    file = zipped(tmp_path / "bomb.zip", **{"a.csv": CSV, "b.csv": b"0" * 20_000_000})
    assert file.stat().st_size < 100_000
    with pytest.raises(InvalidInput, match=r"bomb\.zip unpacks to more than"):
        run_import(file, "trees")
    assert sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()) < 3_000_000


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:/evil.csv"]
)
def test_a_path_out_of_the_archive_is_refused(name, tmp_path, run_import):
    with pytest.raises(InvalidInput, match="leads out of the archive"):
        run_import(zipped(tmp_path / "a.zip", **{name: CSV}), "trees")
    assert not list(tmp_path.parent.glob("**/evil.csv"))


def test_a_link_is_refused(tmp_path, run_import):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InvalidInput, match="a link"):
        run_import(tmp_path / "a.zip", "trees")


def test_a_password_is_asked_to_be_left_out(tmp_path, run_import):
    file = zipped(tmp_path / "a.zip", **{"a.csv": CSV})
    data = bytearray(file.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    file.write_bytes(data)
    with pytest.raises(InvalidInput, match="password"):
        run_import(file, "trees")


def test_empty_cut_and_useless_archives_are_named(tmp_path, run_import):
    cases = {
        "empty.zip": (zipped(tmp_path / "empty.zip"), "empty zip"),
        "photos.zip": (zipped(tmp_path / "photos.zip", **{"a.jpg": b"x"}), "no file that can be read"),
    }
    whole = zipped(tmp_path / "cut.zip", **{"a.csv": CSV * 1000}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    cases["cut.zip"] = (tmp_path / "cut.zip", "not a whole zip file")
    for name, (file, words) in cases.items():
        with pytest.raises(InvalidInput, match=f"{name}.*{words}"):
            run_import(file, "trees")
    assert len(read_frame("trees")) == 0


def test_a_damaged_member_is_named(tmp_path, run_import):
    file = zipped(tmp_path / "a.zip", **{"a.csv": CSV * 1000})
    data = bytearray(file.read_bytes())
    data[60:70] = b"\xff" * 10
    file.write_bytes(data)
    with pytest.raises(InvalidInput, match="not a whole zip file"):
        run_import(file, "trees")


def test_too_many_members_are_refused(tmp_path, run_import):
    with pytest.raises(InvalidInput, match="1001 files"):
        run_import(zipped(tmp_path / "a.zip", **{f"{n}.csv": "" for n in range(1001)}), "trees")
