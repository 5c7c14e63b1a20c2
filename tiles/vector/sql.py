"""The SQL of vector tiles: which rows, which geometry, which attributes, and what is thinned out."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from psycopg import sql

from layers.definitions import Field, FirstZooms, Layer, SmallAreas
from layers.policy import Access
from tiles.grids import BUFFER, EXTENT, WEB_MERCATOR_QUAD, TileId, TileMatrixSet
from tiles.states import STATE

Statement = tuple[sql.Composed, list[object]]
Shown = Sequence[tuple[Layer, Access]]
MOST_SHAPES = 1000
_shapes: dict[tuple[object, ...], str] = {}

_TILE = sql.SQL(
    "SELECT ST_AsMVT(t, %s, {extent}, 'geom', 'id') FROM ("
    "SELECT f.id, ST_AsMVTGeom(f.geom_3857, ST_MakeEnvelope(%s, %s, %s, %s, {srid})::box2d, {extent}, {buffer}) AS geom"
    "{attributes}"
    " FROM {table} AS f WHERE f.geom_3857 && ST_MakeEnvelope(%s, %s, %s, %s, {srid}) AND {rows}{thinning}"
    " ORDER BY f.id) AS t"
)
# One statement, one snapshot: the state that the tag names is the state that the tile shows. PostgreSQL runs a
# sub-select of CASE only when it comes to it, so a client that knows the state costs no tile work.
_TAGGED = sql.SQL(
    "SELECT state, CASE WHEN state = ANY(%s) THEN NULL ELSE {tile} END AS tile"
    " FROM (SELECT {state} AS state) AS revisions"
)


def tile_sql(
    layer: Layer, access: Access, tile: TileId, grid: TileMatrixSet = WEB_MERCATOR_QUAD
) -> Statement:
    """What the reader may see, as one MVT layer, named as the layer, feature ids from the table; one row, one column,
    empty bytes for no feature.

    Rows are chosen by the buffered tile, so that what lies only in the buffer is there too.
    """
    thinning, values = thinning_sql(layer, tile.z)
    rows, allowed = access.rows("f")
    query = _TILE.format(
        extent=sql.Literal(EXTENT),
        buffer=sql.Literal(BUFFER),
        srid=sql.Literal(WEB_MERCATOR_QUAD.srid),
        attributes=sql.Composed(
            [sql.SQL(", {}").format(attribute_sql(field)) for field in tile_attributes(layer, access)]
        ),
        table=sql.Identifier(layer.collection.table),
        rows=rows,
        thinning=thinning,
    )
    bounds = WEB_MERCATOR_QUAD.bounds(tile).as_tuple()
    buffered = WEB_MERCATOR_QUAD.buffered_bounds(tile).as_tuple()
    return query, [layer.id, *bounds, *buffered, *allowed, *values]


def tagged_tile_sql(
    shown: Shown, tile: TileId, known_states: Sequence[str], grid: TileMatrixSet = WEB_MERCATOR_QUAD
) -> Statement:
    """`state` of the collections and the layers' tile, or NULL for a state that the client knows."""
    parts = [tile_sql(layer, access, tile, grid) for layer, access in shown]
    tiles = sql.SQL(" || ").join(sql.SQL("({})").format(query) for query, _ in parts)
    params = [value for _, values in parts for value in values]
    return _TAGGED.format(tile=tiles, state=STATE), [
        list(known_states),
        *params,
        [layer.collection.id for layer, _ in shown],
    ]


def shape_of(shown: Shown, z: int, grid: TileMatrixSet = WEB_MERCATOR_QUAD) -> str:
    """A short hash of all but the data: a new release that draws these layers otherwise at zoom `z`, or other rights,
    make new tags."""
    key = (grid.id, z, *((layer.id, access.key) for layer, access in shown))
    if key not in _shapes:
        if len(_shapes) > MOST_SHAPES:
            _shapes.clear()
        statements = [tile_sql(layer, access, TileId(z, 0, 0), grid) for layer, access in shown]
        told = "".join(f"{query.as_string()}{params}" for query, params in statements)
        _shapes[key] = sha256(told.encode()).hexdigest()[:10]
    return _shapes[key]


def tile_attributes(layer: Layer, access: Access) -> tuple[Field, ...]:
    """The layer's attributes that the reader may see, in the layer's order."""
    fields = {field.name: field for field in access.fields}
    return tuple(fields[name] for name in layer.tile_fields if name in fields)


def attribute_sql(field: Field) -> sql.Composed:
    """Numbers, booleans and text as they are; what MVT has no type for as text, instants in UTC."""
    casts = {
        "array": "array_to_string({column}, ',') AS {column}",
        "date-time": "to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS {column}",
        "date": "{column}::text AS {column}",
        "time": "{column}::text AS {column}",
        "object": "{column}::text AS {column}",
    }
    return sql.SQL(casts.get(field.type, "{column}")).format(column=sql.Identifier(field.name))


def thinning_sql(layer: Layer, z: int) -> tuple[sql.Composable, list[object]]:
    """The condition that leaves out small things at zoom `z`. It depends on the feature and the zoom, never on the
    tile, so that a feature is in all tiles that it touches or in none."""
    match layer.thinning:
        case SmallAreas(min_px2=min_px2):
            return sql.SQL(" AND ST_Area(f.geom_3857) >= %s"), [min_px2 * WEB_MERCATOR_QUAD.pixel(z) ** 2]
        case FirstZooms(field=name, zooms=zooms) if later := sorted(
            value for value, zoom in zooms.items() if zoom > z
        ):
            return sql.SQL(" AND ({} = ANY(%s)) IS NOT TRUE").format(sql.Identifier("f", name)), [later]
        case _:
            return sql.SQL(""), []
