from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from psycopg import sql

from gis_core.errors import InvalidInput
from layers.definitions import Field
from layers.formats.source import FeatureSource
from tests.layers.formats.conftest import UGLY
from tests.layers.formats.reading import READERS, content, plain, read_back, source_of, stored

COLLECTIONS = ("districts", "streets", "waste-containers", "collection-routes", "vehicles", "depots")
ROUNDED = {"geojson", "geojsonseq", "csv", "kml"}  # coordinates as text, seven decimals
XML_UGLY = UGLY.replace("\x0b", "\ufffd")


def expected(name: str, value: object) -> object:
    """What a format that holds less is promised to hold."""
    if name == "shp" and isinstance(value, str):
        return value.encode()[:254].decode(errors="ignore")
    return XML_UGLY if name == "kml" and value == UGLY else value


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("name", READERS)
def test_reads_back_as_stored(name, collection, tmp_path):
    source = source_of(collection)
    if name == "fgb" and source.geometry_type is None:
        with pytest.raises(InvalidInput, match="vehicles has no geometry"):
            content(name, source)
        return
    rows = stored(source)
    found = read_back(name, content(name, source), source, tmp_path)
    assert [int(row["id"]) for row in found] == [row["id"] for row in rows]
    for f in source.fields:
        wanted = [plain(f, expected(name, row[f.name])) for row in rows]
        assert [plain(f, row.get(f.name)) for row in found] == wanted, f.name
    tolerance = 6e-8 if name in ROUNDED else 0
    for row, wanted in zip(found, rows, strict=True):
        assert _same(row.get("geometry"), wanted["geometry"], tolerance)


def _same(found, wanted, tolerance):
    if wanted is None:
        return found is None
    if found.geom_type == "Polygon":
        found = shapely.MultiPolygon([found])
    return found.normalize().equals_exact(wanted.normalize(), tolerance)


ODD = """(
  SELECT n AS id, 9223372036854775807 - n AS big, n %% 2 = 0 AS yes, DATE '2026-02-28' + n::int AS day,
    TIME '23:59:59' AS hour, TIMESTAMPTZ '2026-11-24 23:30:00+01' AS moment, ARRAY[1.5, NULL, n]::float8[] AS list,
    jsonb_build_object('ك', n) AS thing,
    'سطر' || n AS word, ST_SetSRID(ST_Point(-7.6, 33.5), 4326) AS geom
  FROM generate_series(1, 3) AS n
  UNION ALL SELECT 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ST_SetSRID(ST_Point(0, 0), 4326)) AS t"""
KINDS = {"big": "integer", "yes": "boolean", "day": "date", "hour": "time", "moment": "date-time", "list": "array",
         "thing": "object", "word": "string"}  # fmt: skip


def odd_source() -> FeatureSource:
    """Every kind of value, nulls included, in rows that are nowhere stored."""
    fields = tuple(Field(name, kind, name, None, (), False, False) for name, kind in KINDS.items())
    return replace(source_of("trees"), fields=fields, relation=(sql.SQL(ODD), []))


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", READERS)
def test_every_kind_of_value(name, tmp_path):
    source = odd_source()
    rows = read_back(name, content(name, source), source, tmp_path)
    kinds = {f.name: f for f in source.fields}
    seen = [{k: plain(f, row.get(k)) for k, f in kinds.items() if k not in {"big", "thing"}} for row in rows]
    assert [str(row["day"]) for row in seen] == ["2026-03-01", "2026-03-02", "2026-03-03", "None"]
    assert [row["yes"] for row in seen] == [False, True, False, None]
    assert [str(row["hour"]) for row in seen] == ["23:59:59"] * 3 + ["None"]
    assert [str(row["moment"]) for row in seen] == ["2026-11-24 22:30:00+00:00"] * 3 + ["None"]
    assert [row["list"] for row in seen] == [[1.5, None, n] for n in (1, 2, 3)] + [None]
    assert [row["word"] for row in seen] == ["سطر1", "سطر2", "سطر3", None]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", ["geojson", "geojsonseq", "csv", "gpkg", "fgb", "parquet", "kml"])
def test_whole_numbers_of_63_bits_are_exact(name, tmp_path):
    source = replace(odd_source(), fields=odd_source().fields[:1], where=(sql.SQL("t.big IS NOT NULL"), []))
    rows = read_back(name, content(name, source), source, tmp_path)
    assert [int(row["big"]) for row in rows] == [2**63 - 1 - n for n in (1, 2, 3)]
