"""GeoJSON of any size: features made in SQL, joined as one FeatureCollection or as a sequence (RFC 8142)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from psycopg import sql

from layers.base import GEOM_SRID
from layers.formats.snapshot import Rows
from layers.formats.source import FeatureSource, column, geometry

RECORD_SEPARATOR = "\x1e"


def columns(source: FeatureSource) -> Sequence[sql.Composable]:
    """One column: the Feature as text."""
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, {}").format(sql.Literal(f.name), column(f.name)) for f in source.fields
    )
    shape = sql.SQL("ST_AsGeoJSON({}, {})::json").format(geometry(source), sql.Literal(source.digits))
    feature = sql.SQL(
        "json_build_object('type', 'Feature', 'id', {}, 'geometry', {}, 'properties', json_build_object({}))::text"
    ).format(column("id"), shape if source.geometry_type else sql.SQL("NULL::json"), pairs)
    return [feature]


def write_sequence(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    for batch in rows:
        yield "".join(f"{RECORD_SEPARATOR}{text}\n" for (text,) in batch).encode()


def write_collection(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    """A FeatureCollection; in another CRS than CRS84 with the `crs` member that GDAL and QGIS read."""
    head: dict[str, object] = {
        "type": "FeatureCollection",
        "name": source.id,
        "title": source.title,
        "description": source.provenance,
        "timeStamp": source.moment.isoformat(),
    }
    if source.srid != GEOM_SRID:
        head["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{source.srid}"}}
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "features": [\n'.encode()
    comma = ""
    for batch in rows:
        yield (comma + ",\n".join(text for (text,) in batch)).encode()
        comma = ",\n"
    yield b"\n]}\n"
