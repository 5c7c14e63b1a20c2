from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from lxml import etree
from psycopg import sql
from pyproj import CRS, Transformer

from layers.formats.catalog import BY_MEDIA_TYPE, FORMATS
from layers.formats.separated import guard, unguard
from layers.formats.shapefile import short_names
from layers.registry import COLLECTIONS
from tests.layers.formats.conftest import HOLED
from tests.layers.formats.reading import READERS, content, read_back, source_of

ATOM = "{http://www.w3.org/2005/Atom}"
GML = "{http://www.opengis.net/gml}"
GEORSS = "{http://www.georss.org/georss}"


@pytest.fixture
def districts(city):
    return source_of("districts", href="https://city.example/collections/districts/items")


def parse(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, recover=False))


def test_georss_has_an_entry_for_each_feature(districts):
    feed = parse(content("georss", districts))
    entries = feed.findall(f"{ATOM}entry")
    assert [e.findtext(f"{ATOM}title") for e in entries] == ["Aïn Chock", "ح" * 200]
    assert entries[0].findtext(f"{ATOM}id").startswith("https://city.example/collections/districts/items/")
    assert entries[0].findtext(f"{ATOM}updated") == "2026-11-24T10:30:15.123456Z"
    assert "Name (Arabic): عين الشق" in entries[0].findtext(f"{ATOM}content")
    assert feed.findtext(f"{ATOM}title") == "Districts"
    assert entries[1].findtext(f"{GEORSS}polygon").split()[:4] == ["33.54", "-7.6", "33.54", "-7.57"]


@pytest.mark.usefixtures("city")
def test_georss_places_read_by_gdal(tmp_path):
    for collection, kind in (("streets", "LineString"), ("waste-containers", "Point")):
        path = tmp_path / f"{collection}.atom"
        path.write_bytes(content("georss", source_of(collection)))
        frame = pyogrio.read_dataframe(path)
        assert set(frame.geom_type) == {kind}
        assert -7.8 < frame.total_bounds[0] < -7.4


def test_georss_polygon_of_many_rings_is_whole(districts):
    entry = parse(content("georss", districts)).find(f"{ATOM}entry")
    parts = [
        [_ring(r) for r in polygon.iter(f"{GML}posList")]
        for polygon in entry.find(f"{GEORSS}where").iter(f"{GML}Polygon")
    ]
    found = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in parts])
    assert found.equals_exact(shapely.from_wkt(HOLED), 1e-9)


def _ring(element):
    """Of latitudes and longitudes."""
    numbers = [float(n) for n in element.text.split()]
    return list(zip(numbers[1::2], numbers[::2], strict=True))


@pytest.mark.parametrize("name", ["kml", "georss"])
@pytest.mark.parametrize("collection", ["districts", "vehicles", "depots"])
@pytest.mark.usefixtures("city")
def test_markup_is_well_formed(name, collection):
    source = source_of(collection)
    evil = replace(source, title="<&]]>\x00\x1f\ufffe\"'", provenance="a\r\nb", href='http://x/?a="<&')
    assert len(parse(content(name, evil)))


@pytest.mark.usefixtures("city")
def test_every_file_says_where_it_comes_from(tmp_path, districts):
    told = districts.provenance
    assert told.startswith("Districts, Casablanca, as of 20")
    assert "openstreetmap: © OpenStreetMap contributors, ODbL" in told
    for name, ends in (("gpkg", "DESCRIPTION"), ("fgb", "DESCRIPTION")):
        path = tmp_path / f"d.{name}"
        path.write_bytes(content(name, districts))
        assert pyogrio.read_info(path)["layer_metadata"][ends] == told
    metadata = pq.read_schema(io.BytesIO(content("parquet", districts))).metadata
    assert metadata[b"provenance"].decode() == told
    with zipfile.ZipFile(io.BytesIO(content("shp", districts))) as archive:
        assert told in archive.read("README.txt").decode()
    kml = parse(content("kml", districts))
    assert kml.findtext(".//{http://www.opengis.net/kml/2.2}description") == told
    assert parse(content("georss", districts)).findtext(f"{ATOM}subtitle") == told
    assert json.loads(content("geojson", districts))["description"] == told


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", [n for n in READERS if n not in {"geojsonseq", "kml"}])
def test_another_crs(name, tmp_path):
    source = source_of("waste-containers", srid=26191)
    rows = read_back(name, content(name, source), source, tmp_path)
    x, y = Transformer.from_crs(4326, 26191, always_xy=True).transform(-7.6, 33.5)
    assert (rows[1]["geometry"].x, rows[1]["geometry"].y) == pytest.approx((x, y), abs=0.002)
    path = next(tmp_path.glob("waste-containers*.shp"), next(tmp_path.glob("waste-containers.*")))
    if name not in {"csv", "parquet"}:
        assert CRS(pyogrio.read_info(path)["crs"]).equals(CRS(26191), ignore_axis_order=True)


@pytest.mark.usefixtures("city")
def test_kml_stays_in_longitude_and_latitude():
    assert b"-7.6,33.5" in content("kml", source_of("waste-containers", srid=26191))


@pytest.mark.usefixtures("city")
def test_geoparquet_metadata():
    schema = pq.read_schema(io.BytesIO(content("parquet", source_of("districts"))))
    geo = json.loads(schema.metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["MultiPolygon"])
    assert column["bbox"] == pytest.approx([-7.6, 33.5, -7.55, 33.5512345])
    assert CRS.from_json_dict(column["crs"]) == CRS("OGC:CRS84")
    assert json.loads(json.dumps(column["covering"]))["bbox"]["xmax"] == ["bbox", "xmax"]
    assert json.loads(schema.metadata[b"fields"])["green_area_m2"]["unit"] == "m²"


@pytest.mark.usefixtures("city")
def test_geopackage_is_what_it_says(tmp_path):
    path = tmp_path / "v.gpkg"
    path.write_bytes(content("gpkg", source_of("vehicles")))
    assert path.read_bytes()[68:72] == b"GPKG"  # its application id
    assert pyogrio.list_layers(path).tolist() == [["vehicles", None]]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", list(READERS))
def test_conditions_order_and_limit(name, tmp_path):
    source = source_of("streets", limit=2, order=sql.SQL("t.external_id DESC"))
    source = replace(
        source, where=(sql.SQL("t.name_ar LIKE '%%محمد%%' AND t.external_id <> %s"), ["s1"]), limit=1
    )
    assert [r["external_id"] for r in read_back(name, content(name, source), source, tmp_path)] == ["s2"]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", READERS)
def test_a_field_that_is_not_given_is_not_written(name, tmp_path):
    source = source_of("districts")
    hidden = replace(
        source, fields=tuple(f for f in source.fields if f.name not in {"name_fr", "population"})
    )
    data = content(name, hidden)
    rows = read_back(name, data, hidden, tmp_path)
    assert not {"name_fr", "population"} & set(rows[0])
    assert "Aïn Chock".encode() not in data


@pytest.mark.parametrize(
    "text", ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "'=x", "''@x", "'x", "x=1", "", "عين"]
)
def test_guarded_text_is_no_formula_and_comes_back(text):
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS)
def test_short_names_are_short_and_different(collection):
    names = short_names(["id", *(f.name for f in collection.fields)])
    assert all(0 < len(name) <= 10 for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_short_names_of_many_equal_beginnings():
    names = [f"green_area_{n}" for n in range(120)]
    short = short_names(names)
    assert short[:3] == ["green_area", "green_ar_1", "green_ar_2"]
    assert short[110] == "green__110"
    assert len(set(short)) == 120


def test_formats_have_the_agreed_names_and_media_types():
    assert list(FORMATS) == ["geojson", "geojsonseq", "csv", "gpkg", "fgb", "parquet", "shp", "kml", "georss"]
    assert "application/geo+json" not in BY_MEDIA_TYPE
    assert len(BY_MEDIA_TYPE) == len(FORMATS) - 1
