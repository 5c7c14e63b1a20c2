"""GeoRSS as an Atom feed (RFC 4287): one entry a feature, latitude before longitude.

Points, lines and polygons of one ring are GeoRSS Simple; other polygons are GeoRSS GML, since Simple has no holes and
no parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg import sql

from layers.base import GEOM_SRID
from layers.formats.markup import escape
from layers.formats.snapshot import Row, Rows
from layers.formats.source import DEGREE_DIGITS, FeatureSource, column, geometry, label, plain_text

GML = (
    "http://www.opengis.net/gml"  # declared where it is used: a feed that begins with it, GDAL takes for GML
)
_ELEMENTS = {"POINT": "point", "LINESTRING": "line", "MULTIPOLYGON": "polygon"}
_LATITUDE_FIRST = 16  # option of ST_AsGML
_ONE_RING = "ST_NumGeometries({0}) = 1 AND ST_NumInteriorRings(ST_GeometryN({0}, 1)) = 0"


def columns(source: FeatureSource) -> Sequence[sql.Composable]:
    """id, label, when changed, the fields as text, and the place as WKT or GML."""
    changed = next((plain_text(f) for f in source.fields if f.name == "updated_at"), sql.SQL("NULL"))
    return [
        sql.SQL("{}::text").format(column("id")),
        label(source),
        changed,
        *map(plain_text, source.fields),
        _place(source),
    ]


def _place(source: FeatureSource) -> sql.Composable:
    if source.geometry_type is None:
        return sql.SQL("NULL")
    shape, digits = geometry(source, srid=GEOM_SRID), sql.Literal(DEGREE_DIGITS)
    simple = sql.SQL("ST_AsText(ST_FlipCoordinates({}), {})").format(shape, digits)
    if source.geometry_type != "MultiPolygon":
        return simple
    # Without a CRS name: GeoRSS means WGS 84, latitude first, and GDAL does not turn named coordinates round.
    gml = sql.SQL("ST_AsGML(3, ST_SetSRID({}, 0), {}, {})").format(
        shape, digits, sql.Literal(_LATITUDE_FIRST)
    )
    return sql.SQL("CASE WHEN " + _ONE_RING + " THEN {1} ELSE {2} END").format(shape, simple, gml)


def write(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    yield _head(source).encode()
    for batch in rows:
        yield "".join(_entry(source, row) for row in batch).encode()
    yield b"</feed>\n"


def _head(source: FeatureSource) -> str:
    address = escape(source.href or f"urn:casagis:{source.id}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:georss="http://www.georss.org/georss">\n'
        f"<id>{address}</id>\n<title>{escape(source.title)}</title>\n"
        f"<subtitle>{escape(source.provenance)}</subtitle>\n<updated>{source.moment.isoformat()}</updated>\n"
        f'<author><name>CasaGIS</name></author>\n<link rel="alternate" href="{address}"/>\n'
    )


def _entry(source: FeatureSource, row: Row) -> str:
    address = escape(f"{source.href or f'urn:casagis:{source.id}'}/{row[0]}")
    values = zip(source.fields, row[3:-1], strict=True)
    told = "\n".join(f"{f.title}: {value}" for f, value in values if value not in {None, ""})
    return (
        f"<entry><id>{address}</id><title>{escape(row[1])}</title>"
        f'<link rel="alternate" href="{address}"/><updated>{row[2] or source.moment.isoformat()}</updated>'
        f'<content type="text">{escape(told)}</content>{_georss(row[-1])}</entry>\n'
    )


def _georss(place: str | None) -> str:
    """Of WKT with latitude first (`LINESTRING(33.5 -7.6,33.6 -7.5)`), or around GML."""
    if place is None:
        return ""
    if place.startswith("<"):  # GDAL reads the older of GML's two names for a polygon of many parts
        place = place.replace("MultiSurface", "MultiPolygon").replace("surfaceMember", "polygonMember")
        return f'<georss:where xmlns:gml="{GML}">{place}</georss:where>'
    kind, _bracket, numbers = place.partition("(")
    element = _ELEMENTS[kind.strip()]
    return f"<georss:{element}>{numbers.strip('()').replace(',', ' ')}</georss:{element}>"
