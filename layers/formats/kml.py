"""KML 2.2 for Google Earth and phones: typed fields as a Schema with ExtendedData, always in CRS84."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg import sql

from layers.base import GEOM_SRID
from layers.formats.markup import escape
from layers.formats.snapshot import Row, Rows
from layers.formats.source import DEGREE_DIGITS, FeatureSource, column, geometry, label, plain_text

_TYPES = {"number": "double", "boolean": "bool"}  # KML's widest integer has 32 bits: whole numbers are text


def columns(source: FeatureSource) -> Sequence[sql.Composable]:
    """id, label, the fields as text, and the geometry's element."""
    shape = sql.SQL("ST_AsKML({}, {})").format(geometry(source, srid=GEOM_SRID), sql.Literal(DEGREE_DIGITS))
    return [
        sql.SQL("{}::text").format(column("id")),
        label(source),
        *map(plain_text, source.fields),
        shape if source.geometry_type else sql.SQL("''"),
    ]


def write(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    yield _head(source).encode()
    opening = [f'<SimpleData name="{escape(f.name)}">' for f in source.fields]
    for batch in rows:
        yield "".join(_placemark(source, row, opening) for row in batch).encode()
    yield b"</Document>\n</kml>\n"


def _head(source: FeatureSource) -> str:
    fields = "".join(
        f'<SimpleField type="{_TYPES.get(f.type, "string")}" name="{escape(f.name)}">'
        f"<displayName>{escape(f.title)}</displayName></SimpleField>\n"
        for f in source.fields
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n'
        f'<Document id="{escape(source.id)}">\n<name>{escape(source.title)}</name>\n'
        f"<description>{escape(source.provenance)}</description>\n"
        f'<Schema name="{escape(source.id)}" id="fields">\n{fields}</Schema>\n'
    )


def _placemark(source: FeatureSource, row: Row, opening: list[str]) -> str:
    data = "".join(
        f"{tag}{escape(value)}</SimpleData>"
        for tag, value in zip(opening, row[2:-1], strict=True)
        if value is not None
    )
    return (
        f'<Placemark id="{source.id}.{row[0]}"><name>{escape(row[1])}</name><ExtendedData>'
        f'<SchemaData schemaUrl="#fields">{data}</SchemaData></ExtendedData>{row[-1] or ""}</Placemark>\n'
    )
