"""The SQL of pictures of vector layers: what is in a box, as large as its pixels show it; and what is at a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log2

from psycopg import sql

from layers.definitions import Clusters, FirstZooms, Layer, SmallAreas
from layers.policy import Access
from tiles.grids import TILE_PX, WEB_MERCATOR_QUAD
from tiles.vector.sql import attribute_sql

Statement = tuple[sql.Composed, list[object]]
MOST_FEATURES = 50_000  # of one layer on one picture
SIMPLIFY_PX = 0.4
POINTS_PX = 2  # nearer to each other, dots cover each other
ALMOST = 1e-6
SRID = WEB_MERCATOR_QUAD.srid

# Simplified and clipped where the table has it ready (3857), then brought into the asked CRS.
_IN_BOX = sql.SQL(
    "SELECT {attributes} ST_AsBinary({geometry}) AS shape FROM {table} AS f"
    " WHERE f.geom_3857 && ST_MakeEnvelope(%s, %s, %s, %s, {srid}) AND {rows} AND {thinning}"
    " ORDER BY f.id LIMIT %s"
)
_CLIPPED = (
    "ST_ClipByBox2D(ST_Simplify(f.geom_3857, %s, true), ST_MakeEnvelope(%s, %s, %s, %s, {srid})::box2d)"
)
_SHAPES = {"Point": "f.geom_3857", "LineString": _CLIPPED, "MultiPolygon": _CLIPPED}
_OF_CELLS = sql.SQL(
    "f.id IN (SELECT DISTINCT ON (column_of, row_of, own) id FROM"
    " (SELECT id, floor(x / {cell}) AS column_of, floor(y / {cell}) AS row_of, weight,"
    " CASE WHEN size < {cell} THEN 0 ELSE id END AS own FROM (SELECT f.id, {measures} FROM {table} AS f"
    " WHERE f.geom_3857 && ST_MakeEnvelope(%s, %s, %s, %s, {srid}) AND {rows}) AS measured"
    " WHERE weight >= {least}) AS placed"
    " ORDER BY column_of, row_of, own, weight DESC, id)"
)
_AREAS = (
    "(ST_XMin(f.geom_3857) + ST_XMax(f.geom_3857)) / 2 AS x, (ST_YMin(f.geom_3857) + ST_YMax(f.geom_3857)) / 2 AS y,"
    " greatest(ST_XMax(f.geom_3857) - ST_XMin(f.geom_3857), ST_YMax(f.geom_3857) - ST_YMin(f.geom_3857)) AS size,"
    " ST_Area(f.geom_3857) AS weight"
)
_POINTS = "ST_X(f.geom_3857) AS x, ST_Y(f.geom_3857) AS y, 0 AS size, 0 AS weight"
_AT_PLACE = sql.SQL(
    "SELECT f.id{attributes}, ST_AsGeoJSON(f.geom, 7)::text AS geometry FROM {table} AS f"
    " WHERE ST_DWithin(f.geom_3857, ST_SetSRID(ST_MakePoint(%s, %s), {srid}), %s) AND {rows}"
    " ORDER BY ST_Distance(f.geom_3857, ST_SetSRID(ST_MakePoint(%s, %s), {srid})), f.id DESC LIMIT %s"
)


@dataclass(frozen=True)
class Box:
    """What a picture needs, in EPSG:3857: its bounds with a margin, and the side of its pixels."""

    bounds: tuple[float, float, float, float]
    pixel: float

    @property
    def zoom(self) -> float:
        """The zoom at which a tile of TILE_PX shows as much to the pixel."""
        return log2(WEB_MERCATOR_QUAD.side / TILE_PX / self.pixel)


def box_sql(layer: Layer, access: Access, box: Box, *, srid: int, names: Iterable[str]) -> Statement:
    """The named properties, as far as they may be seen, and `shape` as WKB in EPSG:`srid`; a row more than is drawn."""
    kind = str(layer.collection.geometry_type)
    shape = sql.SQL(_SHAPES[kind]).format(srid=sql.Literal(SRID))
    shape_params: list[object] = [] if kind == "Point" else [box.pixel * SIMPLIFY_PX, *box.bounds]
    thinning, thin_params = _thinning(layer, access, box)
    rows, row_params = access.rows("f")
    query = _IN_BOX.format(
        attributes=_columns(access, names),
        geometry=shape if srid == SRID else sql.SQL("ST_Transform({}, {})").format(shape, sql.Literal(srid)),
        table=sql.Identifier(layer.collection.table),
        srid=sql.Literal(SRID),
        rows=rows,
        thinning=thinning,
    )
    return query, [*shape_params, *box.bounds, *row_params, *thin_params, MOST_FEATURES + 1]


def place_sql(access: Access, xy: tuple[float, float], reach: float, count: int) -> Statement:
    """id, every property of an answer, and `geometry` as GeoJSON in degrees; the nearest first.

    `xy` and `reach` in EPSG:3857.
    """
    rows, row_params = access.rows("f")
    query = _AT_PLACE.format(
        attributes=sql.Composed(
            [sql.SQL(", {}").format(attribute_sql(field, "f")) for field in access.shown]
        ),
        table=sql.Identifier(access.collection.table),
        srid=sql.Literal(SRID),
        rows=rows,
    )
    return query, [*xy, reach, *row_params, *xy, count]


def _columns(access: Access, names: Iterable[str]) -> sql.Composed:
    seen = {field.name: field for field in access.fields}
    wanted: Sequence[str] = [name for name in dict.fromkeys(names) if name in seen]
    return sql.Composed([sql.SQL("{}, ").format(attribute_sql(seen[name], "f")) for name in wanted])


def _thinning(layer: Layer, access: Access, box: Box) -> Statement:
    """As the layer's tiles do, but that points are not put together: those on the same pixels are drawn once."""
    zoom = floor(box.zoom + ALMOST)
    match layer.thinning:
        case SmallAreas(min_px2=min_px2, cell_px=cell_px, cells_until=until) if zoom <= until:
            least = min_px2 * box.pixel**2
            return _largest_of_cells(_AREAS, access, box, cell_px * box.pixel, least)
        case SmallAreas(min_px2=min_px2):
            return sql.SQL("ST_Area(f.geom_3857) >= {}").format(sql.Placeholder()), [min_px2 * box.pixel**2]
        case FirstZooms(field=name, zooms=zooms):
            later = sorted(value for value, first in zooms.items() if first > zoom)
            return sql.SQL("({} = ANY(%s)) IS NOT TRUE").format(sql.Identifier("f", name)), [later]
        case Clusters(until=until) if zoom <= until:
            return _largest_of_cells(_POINTS, access, box, POINTS_PX * box.pixel, 0)
        case _:
            return sql.SQL("true").format(), []


def _largest_of_cells(measures: str, access: Access, box: Box, cell: float, least: float) -> Statement:
    """Of the rows that may be read and cover `least`: all as large as a cell, and the largest smaller one of each."""
    rows, row_params = access.rows("f")
    query = _OF_CELLS.format(
        measures=sql.SQL(measures),
        table=sql.Identifier(access.collection.table),
        srid=sql.Literal(SRID),
        cell=sql.Literal(cell),
        least=sql.Literal(least),
        rows=rows,
    )
    return query, [*box.bounds, *row_params]
