"""Import a file: rows in, rows rejected with reasons, and a bad file refused in one line with nothing written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from gis_core.errors import InvalidInput, JobDismissed, NotFound
from importers.processes.files import ImportFile
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.conftest import frame
from tests.importers.conftest import Told

pytestmark = pytest.mark.usefixtures("casablanca")
BOW_TIE = Polygon([(-7.60, 33.55), (-7.59, 33.56), (-7.59, 33.55), (-7.60, 33.56)])


def write(path: Path, geometries: list, crs: int | None = 4326, **columns: list) -> Path:
    gpd.GeoDataFrame(columns, geometry=geometries, crs=crs).to_file(path)
    return path


def text(path: Path, lines: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(lines.encode(encoding))
    return path


def trees(path: Path, count: int = 3, **columns: list) -> Path:
    points = [Point(-7.6 + n / 1000, 33.57) for n in range(count)]
    return write(path, points, **{"external_id": [f"t{n}" for n in range(count)], **columns})


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "shp"])
def test_import_twice_adds_then_leaves_alone(suffix, tmp_path, run_import):
    file = trees(tmp_path / f"arbres.{suffix}", species=["Ficus", "Platane", None])
    columns = {"external_i": "external_id"} if suffix == "shp" else {}
    first = run_import(file, "trees", columns=columns)
    again = run_import(file, "trees")
    assert (first["added"], first["rejected"], first["crs"]) == (3, 0, 4326)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 3)
    rows = read_frame("trees", ["species", "source"]).sort_values("external_id")
    assert rows["species"].tolist() == ["Ficus", "Platane", ""]
    assert set(rows["source"]) == {"city"}


def test_import_changes_only_the_rows_that_differ(tmp_path, run_import):
    run_import(trees(tmp_path / "a.gpkg", species=["Ficus"] * 3), "trees")
    report = run_import(
        trees(tmp_path / "b.gpkg", count=4, species=["Ficus", "Olivier", "Ficus", "Ficus"]), "trees"
    )
    assert [report[k] for k in ("rows", "added", "changed", "unchanged", "rejected")] == [4, 1, 1, 2, 0]


def test_dry_run_reports_and_writes_nothing(tmp_path, run_import):
    report = run_import(trees(tmp_path / "a.gpkg"), "trees", dry_run=True)
    assert (report["added"], report["dry_run"]) == (3, True)
    assert len(read_frame("trees")) == 0


def test_prune_removes_the_city_rows_the_file_lacks_and_spares_others(tmp_path, run_import):
    run_import(trees(tmp_path / "a.gpkg"), "trees")
    osm = frame(external_id=["osm:node/1"], geom=[Point(-7.6, 33.6)])
    load_features("trees", osm, source="openstreetmap")
    report = run_import(trees(tmp_path / "b.gpkg", count=1), "trees", prune=True)
    assert (report["removed"], report["unchanged"]) == (2, 1)
    assert set(read_frame("trees")["external_id"]) == {"t0", "osm:node/1"}


def test_prune_spares_the_feature_of_a_rejected_row(tmp_path, run_import):
    run_import(trees(tmp_path / "a.gpkg", height_m=["5", "6", "7"]), "trees")
    report = run_import(trees(tmp_path / "b.gpkg", height_m=["5", "high", "7,5"]), "trees", prune=True)
    assert [report[k] for k in ("removed", "changed", "unchanged", "rejected")] == [0, 1, 1, 1]
    assert read_frame("trees", ["height_m"])["height_m"].tolist() == [5.0, 6.0, 7.5]


def test_bad_rows_are_rejected_with_reason_and_cure_and_good_ones_loaded(tmp_path, run_import):
    file = text(
        tmp_path / "bacs.csv",
        "external_id;lon;lat;fraction;capacity_l;fill_pct;collection_days\n"
        "a;-7,61;33,57; Paper AND card;660;45,5;1,3,5\n"
        "b;-7,61;33,57;PAPER;1 100;;\n"
        "c;-7,61;33,57;plutonium;660;10;1\n"
        "d;-7,61;33,57;glass;lots;10;1\n"
        "e;ici;33,57;glass;660;10;1\n"
        "f;;;glass;660;10;1\n"
        "g;-7,61;33,57;glass;660;10\n"
        "a;-7,61;33,57;glass;660;10;2\n"
        "h;2,35;48,85;glass;660;10;2\n"
        "i;-7,61;33,57;glass;660;180;2\n"
        "j;-7,61;33,57;glass;660;10;9\n"
        "k;-7,61;33,57;Glass;٦٦٠;10;[2, 4]\n",
    )
    report = run_import(file, "waste-containers")
    assert (report["rows"], report["added"], report["rejected"]) == (12, 3, 9)
    found = {(issue["row"].split(" ")[0], issue["field"]) for issue in report["issues"]}
    assert found == {
        ("3", "fraction"), ("4", "capacity_l"), ("5", "lon"), ("6", "geom"), ("7", ""), ("8", "external_id"),
        ("9", "geom"), ("10", "fill_pct"), ("11", "collection_days"),
    }  # fmt: skip
    assert all(issue["rule"] and issue["cure"] for issue in report["issues"])
    assert sum(reason["rows"] for reason in report["reasons"]) == len(report["issues"]) == 9
    rows = read_frame("waste-containers", ["fraction", "capacity_l", "collection_days"]).set_index(
        "external_id"
    )
    assert rows.drop(columns=["id", "geom"]).to_dict("index") == {
        "a": {"fraction": "paper", "capacity_l": 660, "collection_days": [1, 3, 5]},
        "b": {"fraction": "paper", "capacity_l": 1100, "collection_days": []},
        "k": {"fraction": "glass", "capacity_l": 660, "collection_days": [2, 4]},
    }


def test_geometries_are_brought_to_the_kind_of_the_collection(tmp_path, run_import):
    square = box(-7.60, 33.55, -7.59, 33.56)
    shapes = [square, MultiPolygon([square]), BOW_TIE, Point(-7.6, 33.55), None, shapely.force_3d(square, 12)]
    file = write(
        tmp_path / "verts.gpkg", [*shapes, GeometryCollection([square])], external_id=list("abcdefg")
    )
    report = run_import(file, "green-spaces")
    assert (report["added"], report["rejected"]) == (4, 3)
    assert {i["row"]: i["value"] for i in report["issues"]} == {
        "3": "Self-intersection[-7.595 33.555]", "4": "Point", "5": "",
    }  # fmt: skip
    assert "repair=true" in next(i["cure"] for i in report["issues"] if i["row"] == "3")
    assert any("heights" in note for note in report["notes"])
    assert set(read_frame("green-spaces").geom_type) == {"MultiPolygon"}


def test_multi_geometries_of_one_part_become_single_and_others_are_rejected(tmp_path, run_import):
    line = LineString([(-7.6, 33.55), (-7.59, 33.55)])
    shapes = [
        MultiLineString([line]),
        MultiLineString([line, LineString([(-7.6, 33.57), (-7.59, 33.57)])]),
        line,
    ]
    report = run_import(write(tmp_path / "rues.gpkg", shapes, external_id=list("abc")), "streets")
    assert (report["added"], report["rejected"]) == (2, 1)
    assert report["issues"][0] | {"cure": ""} == {
        "row": "2", "field": "geom", "value": "MultiLineString", "rule": report["issues"][0]["rule"], "cure": "",
    }  # fmt: skip
    points = [MultiPoint([(-7.6, 33.55)]), MultiPoint([(-7.6, 33.55), (-7.61, 33.55)])]
    assert run_import(write(tmp_path / "p.gpkg", points, external_id=list("ab")), "trees")["added"] == 1


def test_repair_mends_crossing_rings_and_says_so(tmp_path, run_import):
    report = run_import(write(tmp_path / "v.gpkg", [BOW_TIE], external_id=["a"]), "green-spaces", repair=True)
    assert (report["added"], report["rejected"]) == (1, 0)
    assert report["notes"] == ["1 invalid geometries were repaired (make_valid)."]
    made = read_frame("green-spaces").geometry.iloc[0]
    assert made.is_valid and made.area == pytest.approx(0.5e-4)


def test_columns_match_by_name_title_and_wish_and_the_rest_is_named(tmp_path, run_import):
    file = text(
        tmp_path / "p.csv",
        "EXTERNAL_ID,wkt,Référence cadastrale,Usage,note\n"
        'p1,"POLYGON((-7.6 33.55,-7.59 33.55,-7.59 33.56,-7.6 33.55))",T18809/56,residential,x\n',
    )
    report = run_import(
        file, "parcels", crs=4326, columns={"Référence cadastrale": "reference", "Usage": "land_use"}
    )
    assert report["columns"] == {
        "EXTERNAL_ID": "external_id", "Référence cadastrale": "reference", "Usage": "land_use",
    }  # fmt: skip
    assert report["ignored"] == ["note"]
    assert read_frame("parcels", ["reference", "land_use"])[["reference", "land_use"]].values.tolist() == [
        ["T18809/56", "residential"]
    ]


def test_a_table_without_geometry_is_imported(tmp_path, run_import):
    file = text(
        tmp_path / "camions.csv",
        "external_id;depot;capacity_kg;capacity_m3;shift_start;shift_end\n"
        "v1;depot-est;9 000;16,5;6:00;14:00\nv2;depot-est;heavy;16;06:00;14:00\nv3;depot-est;-1;16;06:00;14:00\n",
    )
    report = run_import(file, "vehicles")
    assert (report["added"], report["rejected"]) == (1, 2)
    row = read_frame("vehicles", ["capacity_kg", "capacity_m3", "shift_start"]).iloc[0]
    assert (row["capacity_kg"], row["capacity_m3"], row["shift_start"].isoformat()) == (
        9000,
        16.5,
        "06:00:00",
    )


def test_moments_without_offset_are_in_the_time_of_the_city(tmp_path, run_import):
    lines = "external_id,station,pollutant,observed_at,value_ug_m3\n"
    lines += "o1,s,NO2,31/01/2026 08:30,12\no2,s,no2,2026-01-31T08:30:00Z,12\no3,s,no2,31/31/2026,12\n"
    report = run_import(text(tmp_path / "o.csv", lines), "air-observations")
    assert (report["added"], report["rejected"]) == (2, 1)
    moments = pd.to_datetime(read_frame("air-observations", ["observed_at"])["observed_at"], utc=True)
    assert [m.isoformat() for m in moments] == ["2026-01-31T07:30:00+00:00", "2026-01-31T08:30:00+00:00"]


def test_dates_may_put_the_day_first(tmp_path, run_import):
    columns = {
        "plan": ["p"], "vehicle": ["v"], "service_date": ["5/3/2026"], "stops": ["12"], "distance_km": ["10,5"],
        "duration_min": [95.0], "load_kg": [1.5],
    }  # fmt: skip
    line = LineString([(-7.6, 33.55), (-7.59, 33.55)])
    run_import(write(tmp_path / "r.gpkg", [line], external_id=["r1"], **columns), "collection-routes")
    assert read_frame("collection-routes", ["service_date"])["service_date"].tolist() == [date(2026, 3, 5)]


class TestIdentifier:
    def file(self, path: Path, **columns: list) -> Path:
        count = len(next(iter(columns.values())))
        return write(path, [Point(-7.6 + n / 1000, 33.57) for n in range(count)], **columns)

    def test_a_likely_column_serves_when_all_its_values_differ(self, tmp_path, run_import):
        report = run_import(self.file(tmp_path / "a.geojson", osm_id=[11.0, 12.0]), "trees")
        assert report["identifier"] == "osm_id"
        assert read_frame("trees")["external_id"].tolist() == ["11", "12"]

    def test_none_is_an_error_that_names_the_columns_and_the_cure(self, tmp_path, run_import):
        file = self.file(tmp_path / "a.gpkg", id=[1, 1], numero=["A1", "A2"])
        with pytest.raises(InvalidInput, match=r"numero.*id_field=COLUMN, or id_field=geometry"):
            run_import(file, "trees")
        assert run_import(file, "trees", id_field="numero")["added"] == 2

    def test_an_unknown_column_is_an_error(self, tmp_path, run_import):
        with pytest.raises(InvalidInput, match="no column 'nr'"):
            run_import(self.file(tmp_path / "a.gpkg", id=[1, 2]), "trees", id_field="nr")

    def test_geometry_knows_a_row_again_in_another_reference_system(self, tmp_path, run_import):
        run_import(self.file(tmp_path / "a.gpkg", species=["Ficus", "Olivier"]), "trees", id_field="geometry")
        moved = gpd.read_file(tmp_path / "a.gpkg").to_crs(32629)
        moved.to_file(tmp_path / "b.gpkg")
        report = run_import(tmp_path / "b.gpkg", "trees", id_field="geometry", dry_run=True)
        assert report["added"] == 0

    def test_a_missing_identifier_rejects_the_row(self, tmp_path, run_import):
        report = run_import(self.file(tmp_path / "a.gpkg", external_id=["x", None]), "trees")
        assert (report["added"], report["rejected"]) == (1, 1)


@pytest.mark.parametrize(
    ("columns", "words"),
    [({"nothing": "species"}, "no column 'nothing'"), ({"species": "kind_of"}, "no field 'kind_of'")],
)
def test_a_wished_column_that_is_not_there_is_an_error(columns, words, tmp_path, run_import):
    with pytest.raises(InvalidInput, match=words):
        run_import(trees(tmp_path / "a.gpkg", species=["a", "b", "c"]), "trees", columns=columns)


def test_two_columns_for_one_field_are_an_error(tmp_path, run_import):
    lines = "external_id,lon,lat,species,Species \na,-7.6,33.57,x,y\n"
    with pytest.raises(InvalidInput, match="both mean species"):
        run_import(text(tmp_path / "a.csv", lines), "trees")


def test_several_layers_are_listed_and_one_can_be_named(tmp_path, run_import):
    file = trees(tmp_path / "a.gpkg")
    gpd.read_file(file).to_file(file, layer="second")
    with pytest.raises(InvalidInput, match="layer= one of: a, second"):
        run_import(file, "trees")
    with pytest.raises(InvalidInput, match="no layer 'third'"):
        run_import(file, "trees", layer="third")
    assert run_import(file, "trees", layer="second")["layer"] == "second"


def test_an_unknown_collection_is_not_found(tmp_path, run_import):
    with pytest.raises(NotFound, match="no collection 'forests'"):
        run_import(trees(tmp_path / "a.gpkg"), "forests")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.gpkg", b"SQLite format 3\x00 and then nothing", "a.gpkg cannot be read"),
        ("a.gpkg", b"PK not a geopackage", "not a gpkg file"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{', "a.geojson cannot be read"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no rows"),
        ("a.geojson", b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "not a geojson file"),
        ("a.kml", b"<OGRVRTDataSource><kml/></OGRVRTDataSource>", "not a kml file"),
        ("a.shp", b"\x00\x00\x27\x0a", "lacks its .shx"),
        ("a.shp", b"shape", "not a Shapefile"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"id,lon,lat\n", "no rows"),
        ("a.csv", b"id,lon,lon\n1,2,3\n", "two columns called lon"),
        ("a.csv", b"id;name\n1;x\n", "no columns of coordinates; its columns are id, name"),
        ("a.csv", b"\x00\x01\x02\x03", "no rows"),
        ("a.xls", b"x", "are not read here"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(name, content, words, tmp_path, run_import):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=words) as caught:
        run_import(file, "trees")
    assert "\n" not in caught.value.detail
    assert len(read_frame("trees")) == 0


def test_a_missing_file_is_named(tmp_path, run_import):
    with pytest.raises(InvalidInput, match=r"no file .*gone\.gpkg"):
        run_import(tmp_path / "gone.gpkg", "trees")


def test_signs_of_gdal_in_a_name_do_no_harm(tmp_path, run_import):
    plain = trees(tmp_path / "a.geojson")
    plain.rename(tmp_path / "!a?b.geojson")
    assert run_import(tmp_path / "!a?b.geojson", "trees")["added"] == 3


def test_nested_lists_of_geojson_fill_an_array(tmp_path, run_import):
    feature = {
        "type": "Feature",
        "properties": {"external_id": "c1", "collection_days": [2, 4]},
        "geometry": {"type": "Point", "coordinates": [-7.6, 33.57]},
    }
    file = text(tmp_path / "a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    run_import(file, "waste-containers")
    assert read_frame("waste-containers", ["collection_days"])["collection_days"].tolist() == [[2, 4]]


def test_every_row_of_a_long_file_is_added(tmp_path, run_import):
    count = 20_000
    rng = np.random.default_rng(7)
    points = shapely.points(rng.uniform(-7.7, -7.5, count), rng.uniform(33.5, 33.6, count))
    names = [f"t{n}" for n in range(count)]
    file = write(tmp_path / "a.fgb", list(points), external_id=names, height_m=rng.uniform(2, 20, count))
    assert run_import(file, "trees")["added"] == count
    assert read_frame("trees", ["height_m"])["height_m"].between(2, 20).sum() == count


def test_a_cancelled_import_changes_nothing(tmp_path):
    class Cancelled(Told):
        def progress(self, percent: float, message: str) -> None:
            super().progress(percent, message)
            if len(self.messages) == 3:
                raise JobDismissed

    context = Cancelled(tmp_path)
    with pytest.raises(JobDismissed):
        ImportFile().run({"file": str(trees(tmp_path / "a.gpkg")), "collection": "trees"}, context)
    assert len(context.messages) == 3  # the last word before the load: after it no cancellation can be heard
    assert len(read_frame("trees")) == 0


def test_the_last_word_about_progress_comes_before_the_load(tmp_path):
    context = Told(tmp_path)
    ImportFile().run({"file": str(trees(tmp_path / "a.gpkg")), "collection": "trees"}, context)
    assert len(context.messages) == 3


def test_a_foreign_column_called_source_is_ignored_and_ours_is_kept(tmp_path, run_import):
    foreign = run_import(trees(tmp_path / "a.gpkg", source=["survey 2019", "Bing", None]), "trees")
    assert (foreign["added"], foreign["ignored"]) == (3, ["source"])
    ours = run_import(trees(tmp_path / "b.gpkg", source=["synthetic", "city", None]), "trees")
    assert (ours["ignored"], ours["changed"]) == ([], 1)
    assert read_frame("trees", ["source"])["source"].tolist() == ["synthetic", "city", "city"]
