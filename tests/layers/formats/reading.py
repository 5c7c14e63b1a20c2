"""Every format read back by somebody else's reader, as rows of plain Python values to compare."""

from __future__ import annotations

import csv
import json
import math
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
import shapely
from lxml import etree
from psycopg import sql

from gis_core.jobs.progress import side_connection
from layers.definitions import Field
from layers.formats.catalog import FORMATS
from layers.formats.download import stream
from layers.formats.separated import unguard
from layers.formats.source import FeatureSource, column, feature_source, geometry, rows_sql
from layers.registry import get_collection

Row = dict[str, Any]


def source_of(collection_id: str, **more: Any) -> FeatureSource:
    collection = get_collection(collection_id)
    return feature_source(collection, collection.fields, [], **more)


def content(name: str, source: FeatureSource) -> bytes:
    return b"".join(stream(FORMATS[name], source))


def stored(source: FeatureSource) -> list[Row]:
    """What the database itself says: id, fields and geometry."""
    names = ["id", *(f.name for f in source.fields)]
    columns = [*map(column, names), sql.SQL("ST_AsBinary({})").format(geometry(source))]
    with side_connection() as connection:
        rows = connection.execute(*rows_sql(source, columns)).fetchall()
    return [{**dict(zip(names, row, strict=False)), "geometry": shapely.from_wkb(row[-1])} for row in rows]


def read_back(name: str, data: bytes, source: FeatureSource, folder: Path) -> list[Row]:
    """In the order of id."""
    path = folder / f"{source.id}.{FORMATS[name].extension}"
    path.write_bytes(data)
    rows = READERS[name](path, source)
    return sorted(rows, key=lambda row: int(row["id"]))


def _geojson(path: Path, source: FeatureSource) -> list[Row]:
    return [_feature(f) for f in json.loads(path.read_text(encoding="utf-8"))["features"]]


def _geojsonseq(path: Path, source: FeatureSource) -> list[Row]:
    records = path.read_bytes().split(b"\x1e")
    assert records[0] == b""
    assert all(record.endswith(b"\n") for record in records[1:])
    return [_feature(json.loads(record)) for record in records[1:]]


def _feature(feature: dict[str, Any]) -> Row:
    place = feature["geometry"] and shapely.from_geojson(json.dumps(feature["geometry"]))
    return {"id": feature["id"], **feature["properties"], "geometry": place}


def _csv(path: Path, source: FeatureSource) -> list[Row]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    return [{**{k: unguard(v) for k, v in row.items()}, "geometry": _place(row)} for row in rows]


def _place(row: dict[str, str]) -> Any:
    if "wkt" in row:
        return shapely.from_wkt(row["wkt"])
    x, y = row.get("longitude", row.get("x")), row.get("latitude", row.get("y"))
    return shapely.Point(float(x), float(y)) if x and y else None


def _gdal(path: Path, source: FeatureSource) -> list[Row]:
    """By pyogrio; the fid is the id."""
    meta, fids, shapes, columns = pyogrio.raw.read(path, return_fids=True, datetime_as_string=True)
    shapes = [None] * len(columns[0]) if shapes is None else shapely.from_wkb(shapes)
    rows = [dict(zip(meta["fields"], values, strict=True)) for values in zip(*columns, strict=True)]
    return [{"id": fid, **row, "geometry": shape} for fid, row, shape in zip(fids, rows, shapes, strict=True)]


def _parquet(path: Path, source: FeatureSource) -> list[Row]:
    if source.geometry_type is None:
        return pq.read_table(path).to_pylist()
    shapes = gpd.read_parquet(path).geometry
    rows = pq.read_table(path).to_pylist()
    return [{**row, "geometry": shape} for row, shape in zip(rows, shapes, strict=True)]


def _shapefile(path: Path, source: FeatureSource) -> list[Row]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(path.parent)
        lines = archive.read("fields.csv").decode("utf-8-sig").splitlines()
    full = {line["field"]: line["name"] for line in csv.DictReader(lines)}
    found = path.with_suffix(".dbf" if source.geometry_type is None else ".shp")
    return [{full.get(k, k): v for k, v in row.items()} for row in _gdal(found, source)]


def _kml(path: Path, source: FeatureSource) -> list[Row]:
    """Attributes from the XML; GDAL must see as many features with the same places."""
    space = "{http://www.opengis.net/kml/2.2}"
    marks = list(etree.parse(path).iter(f"{space}Placemark"))
    shapes: Iterator[Any] = iter([None] * len(marks))
    if source.geometry_type is not None and marks:
        shapes = iter(pyogrio.read_dataframe(path, driver="LIBKML").geometry)
    return [
        {
            "id": mark.get("id", "").rpartition(".")[2],
            **{data.get("name"): data.text or "" for data in mark.iter(f"{space}SimpleData")},
            "geometry": next(shapes),
        }
        for mark in marks
    ]


READERS: dict[str, Callable[[Path, FeatureSource], list[Row]]] = {
    "geojson": _geojson, "geojsonseq": _geojsonseq, "csv": _csv, "gpkg": _gdal, "fgb": _gdal, "parquet": _parquet,
    "shp": _shapefile, "kml": _kml,
}  # fmt: skip


def plain(f: Field, value: Any) -> Any:
    """A value of any reader in the one form that is compared: moments to the millisecond, null for empty text."""
    if (
        value is None
        or value == ""
        or (isinstance(value, float) and math.isnan(value))
        or str(value) == "NaT"
    ):
        return None
    return _PLAIN.get(f.type, str)(value)


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("/", "-"))
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _list(value: Any) -> list[Any]:
    return list(json.loads(value) if isinstance(value, str) else value)


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "integer": int,
    "number": lambda v: float(f"{float(v):.12g}"),
    "boolean": lambda v: str(v).lower() in {"true", "1", "1.0"},
    "date": lambda v: v if type(v) is date else date.fromisoformat(str(v)[:10].replace("/", "-")),
    "date-time": _moment,
    "time": lambda v: v if isinstance(v, time) else time.fromisoformat(str(v)),
    "array": _list,
}
