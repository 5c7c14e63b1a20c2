"""Every odd file of other people's test data gives rows or one clear line; no half thing, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis_core.errors import InvalidInput
from tests.conftest import SHARED_DATA

WORLD = (-180.0, -90.0, 180.0, 90.0)
CRS_OF_THE_FILES = (4326, 3857, 26191, 26192, 32629, 3003, 3116, 4283)
COLLECTIONS = ("trees", "streets", "green-spaces")
BESIDE = {
    ".dbf",
    ".shx",
    ".prj",
    ".cpg",
    ".qpj",
    ".sbn",
    ".sbx",
    ".gfs",
    ".xsd",
    ".xml",
}  # parts of another file
FILES = sorted(
    path
    for path in (SHARED_DATA / "ugly").rglob("*")
    if path.is_file() and path.suffix not in BESIDE and ".gdb" not in path.parent.name
)
UNDECLARED = {
    "curves_line",
    "geom_data",
    "pt",
    "delimited_xy",
    "testdp",
    "testpt",
    "merge",
    "storms_xyzm",
    "multipatch",
}


def test_ugly_files_are_there():
    if not FILES:
        pytest.skip(f"no real test data at {SHARED_DATA}")
    assert len(FILES) > 100


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SHARED_DATA / "ugly")))
def test_ugly_file_gives_rows_or_one_clear_line(path: Path, city_of, run_import):
    city_of(*WORLD, import_crs=CRS_OF_THE_FILES)
    crs = 4326 if path.stem in UNDECLARED else None
    for collection in COLLECTIONS:
        try:
            report = run_import(path, collection, id_field="geometry", crs=crs, dry_run=True)
        except InvalidInput as error:
            assert path.stem in error.detail
            assert "\n" not in error.detail and len(error.detail) < 1200
            return
        done = sum(report[count] for count in ("added", "changed", "unchanged", "rejected"))
        assert report["rows"] == done > 0
        assert all(issue["rule"] and issue["cure"] for issue in report["issues"])


@pytest.mark.parametrize(
    ("name", "collection", "crs", "added", "rejected"),
    [
        ("csv/testdp.csv", "trees", 4326, 2, 0),
        ("csv/testpt.csv", "trees", 4326, 3, 1),
        ("csv/test13749.csv", "trees", 4326, 3, 1),
        ("csv/testextw.txt", "streets", 4326, 6, 0),
        ("csv/pt.csv", "trees", 4326, 3, 0),
        ("geojson/!test.geojson", "parcels", None, 1, 0),
        ("geojson/polygon_layer_empty_geometries.geojson", "parcels", None, 1, 3),
        ("gpkg/curved_polys.gpkg", "parcels", None, 4, 0),
        ("gpkg/multi_polys_with_empty_geoms.gpkg", "parcels", None, 8, 2),
        ("gpkg/pyogrio_line_zm.gpkg", "streets", None, 1, 0),
        ("gpkg/missing_vertex.gpkg", "parcels", None, 6, 0),
        ("shp/utf8.shp", "trees", None, 1, 0),
        ("shp/pointszm.shp", "trees", None, 9, 0),
        ("shp/multipoint.shp", "trees", None, 0, 7),
        ("derived_morocco/guelmim_parcelles.fgb", "parcels", None, 1575, 412),
        ("derived_morocco/points_decimal_comma_bom.csv", "trees", None, 17, 0),
        ("derived_morocco/titres_wkt_cp1252_semicolon.csv", "parcels", 4326, 91, 2),
    ],
)
def test_ugly_file_gives_these_rows(name, collection, crs, added, rejected, shared_data, city_of, run_import):
    city_of(*WORLD, import_crs=CRS_OF_THE_FILES)
    report = run_import(shared_data / "ugly" / name, collection, id_field="geometry", crs=crs, dry_run=True)
    assert (report["added"], report["rejected"]) == (added, rejected)


def test_the_trees_of_paris_are_imported(shared_data, city_of, run_import):
    city_of(2.2, 48.8, 2.5, 48.95, import_crs=(4326, 32631))
    report = run_import(shared_data / "paris" / "paris_trees.gpkg", "trees", id_field="geometry")
    assert report["rows"] == 7856
    assert report["added"] + report["rejected"] == 7856 and report["added"] > 7800
