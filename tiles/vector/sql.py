"""The SQL of vector tiles: one statement for the layers of a tile, whose text depends on the zoom and its parameters on
the place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from psycopg import sql

from layers.definitions import Clusters, Field, FirstZooms, Layer, SmallAreas
from layers.policy import Access
from tiles.grids import BUFFER, EXTENT, WEB_MERCATOR_QUAD, Bounds, TileId, TileMatrixSet
from tiles.vector.bands import WHOLE, Band, band_of, largest_of_cell, made_of
from tiles.vector.extents import bounds_3857

Statement = tuple[sql.Composed, list[object]]
Shown = Sequence[tuple[Layer, Access]]
Values = Callable[[TileId], list[object]]
UNITS_PER_PX = EXTENT // 512
LOOSE = EXTENT // 4  # clients keep coordinates of at least twice that far out
MOST_SHAPES = 1000
_shapes: dict[tuple[object, ...], str] = {}


@dataclass(frozen=True)
class Part:
    """A piece of SQL and the values of its parameters for a tile."""

    text: sql.Composable
    values: Values

    def at(self, tile: TileId) -> Statement:
        return sql.Composed([self.text]), self.values(tile)


def joined(template: str, **parts: Part | sql.Composable) -> Part:
    """The template with its pieces, whose values follow each other as their names do in `parts`: name them in the
    order of the template."""
    texts = {name: part.text if isinstance(part, Part) else part for name, part in parts.items()}
    sources = [part.values for part in parts.values() if isinstance(part, Part)]
    return Part(
        sql.SQL(template).format(**texts),
        lambda tile: [value for values in sources for value in values(tile)],
    )


def fixed(text: sql.Composable, values: Sequence[object] = ()) -> Part:
    return Part(text, lambda _tile: list(values))


# --- A tile of layers ---------------------------------------------------------------------------------------------


def tile_part(shown: Shown, z: int, grid: TileMatrixSet = WEB_MERCATOR_QUAD) -> Part:
    """An expression: the bytes of the layers one after the other, empty for no feature."""
    parts = [layer_part(layer, access, z, grid) for layer, access in shown]
    text = sql.SQL(" || ").join(sql.SQL("({})").format(part.text) for part in parts)
    return Part(text, lambda tile: [value for part in parts for value in part.values(tile)])


def shape_of(shown: Shown, z: int, grid: TileMatrixSet = WEB_MERCATOR_QUAD) -> str:
    """A short hash of all but the data: a new release that draws these layers otherwise at zoom `z`, or prepares
    their bands otherwise, or other rights, make new tags."""
    key = (grid.id, z, *((layer.id, access.key) for layer, access in shown))
    if key not in _shapes:
        if len(_shapes) > MOST_SHAPES:
            _shapes.clear()
        query, params = tile_part(shown, z, grid).at(TileId(z, 0, 0))
        bands = [band_of(layer, grid.web_zoom(z)) for layer, _ in shown]
        made = [made_of(band) for band in bands if band]
        _shapes[key] = sha256(f"{query.as_string()}{params}{made}".encode()).hexdigest()[:10]
    return _shapes[key]


def tile_sql(
    layer: Layer, access: Access, tile: TileId, grid: TileMatrixSet = WEB_MERCATOR_QUAD
) -> Statement:
    """What the reader may see, as one MVT layer, named as the layer, feature ids from the table; one row, one column,
    empty bytes for no feature."""
    return layer_part(layer, access, tile.z, grid).at(tile)


def layer_part(layer: Layer, access: Access, z: int, grid: TileMatrixSet = WEB_MERCATOR_QUAD) -> Part:
    """Rows are chosen by the buffered tile, so that what lies only in the buffer is there too. What thinning leaves out
    depends on the features and the zoom, never on the tile: a feature is in all tiles that it touches or in none.
    """
    band = band_of(layer, grid.web_zoom(z))
    if isinstance(layer.thinning, Clusters) and grid.web_zoom(z) <= layer.thinning.until:
        rows = _clustered(layer, access, z, grid, layer.thinning)
    elif band and grid is WEB_MERCATOR_QUAD:
        rows = _from_band(layer, access, z, band)
    else:
        rows = _from_table(layer, access, z, grid, band)
    return joined(
        "SELECT ST_AsMVT(t, {name}, {extent}, 'geom', 'id') FROM ({rows}) AS t",
        name=sql.Literal(layer.id),
        extent=sql.Literal(EXTENT),
        rows=rows,
    )


# --- From a prepared band -----------------------------------------------------------------------------------------

# A shape that reaches out of the tile by at most LOOSE is only moved: cutting it would cost more than its few corners
# out there. One that reaches further is cut at the buffer. (Boxes are compared in single precision, which may let
# through what reaches a few units further.)
_BAND = (
    "SELECT b.id, CASE WHEN b.geom @ {inside} THEN ST_TransScale(b.geom, {move}, {scale}, {scale})"
    " ELSE ST_AsMVTGeom(ST_Scale(b.geom, 1, -1), {frame}::box2d, {extent}, {buffer}, true) END AS geom{attributes}"
    " FROM {rows}{rights_join} WHERE b.geom && {touched} AND {rights}"
)


def _from_band(layer: Layer, access: Access, z: int, band: Band) -> Part:
    units = _Units(band, z)
    rows = access.rows("f")
    whole_city = rows[0] == sql.SQL("true")
    return joined(
        _BAND,
        inside=units.box(LOOSE),
        move=units.move(),
        scale=sql.Literal(units.scale),
        frame=units.frame(),
        extent=sql.Literal(EXTENT),
        buffer=sql.Literal(BUFFER),
        attributes=_attributes(layer, access, z, "b"),
        rows=_band_rows(layer, z, band, units),
        rights_join=sql.SQL("")
        if whole_city
        else sql.SQL(" JOIN {} AS f USING (id)").format(sql.Identifier(layer.collection.table)),
        touched=units.box(BUFFER),
        rights=fixed(*rows),
    )


def _band_rows(layer: Layer, z: int, band: Band, units: _Units) -> Part:
    """The band's rows around the tile, named `b`: whole shapes and the tile's own pieces of large ones."""
    table = sql.Identifier(band.table)
    least = layer.thinning.min_px2 if isinstance(layer.thinning, SmallAreas) else 0.0
    conditions = {
        "cells": Part(sql.SQL("cell IN ({}, %s)").format(sql.Literal(WHOLE)), units.cell),
        "large": fixed(sql.SQL(" AND weight >= %s"), [least * units.px**2]) if least else sql.SQL(""),
    }
    if rule := largest_of_cell(layer, z):
        # No shape that is smaller than a cell reaches further from its middle than a cell.
        return joined(
            "(SELECT * FROM {table} WHERE ctid = ANY (ARRAY("
            "SELECT DISTINCT ON (center_x / {cell}, center_y / {cell}, CASE WHEN size < {cell} THEN 0 ELSE id END) ctid"
            " FROM {table} WHERE geom && {around} AND {cells}{large}"
            " ORDER BY center_x / {cell}, center_y / {cell}, CASE WHEN size < {cell} THEN 0 ELSE id END,"
            " weight DESC, id))) AS b",  # rows are sorted without their shapes
            cell=sql.Literal(max(1, round(rule.cell_px * units.px))),
            table=table,
            around=units.box(BUFFER + round(2 * rule.cell_px * UNITS_PER_PX)),
            **conditions,
        )
    return joined("(SELECT * FROM {table} WHERE {cells}{large}) AS b", table=table, **conditions)


@dataclass(frozen=True)
class _Units:
    """Between a tile of zoom `z` and the units of the band that it is made of; `scale` is 1 or 2."""

    band: Band
    z: int

    @property
    def scale(self) -> float:
        return 2.0 ** (self.z - self.band.zoom)

    @property
    def px(self) -> float:
        """A pixel of the tile, in units of the band."""
        return UNITS_PER_PX / self.scale

    def box(self, margin: int) -> Part:
        """The tile with `margin` of its own units around it."""

        def corners(tile: TileId) -> list[object]:
            x, y, side, around = *self._corner(tile), EXTENT / self.scale, margin / self.scale
            return [x - around, y - around, x + side + around, y + side + around]

        return Part(sql.SQL("ST_MakeEnvelope(%s, %s, %s, %s)"), corners)

    def frame(self) -> Part:
        """The tile's box with y upwards, as ST_AsMVTGeom wants it."""

        def corners(tile: TileId) -> list[object]:
            x, y, side = *self._corner(tile), EXTENT / self.scale
            return [x, -y - side, x + side, -y]

        return Part(sql.SQL("ST_MakeEnvelope(%s, %s, %s, %s)"), corners)

    def move(self) -> Part:
        return Part(sql.SQL("%s, %s"), lambda tile: [-coordinate for coordinate in self._corner(tile)])

    def cell(self, tile: TileId) -> list[object]:
        """The number of the band's tile that this one lies in."""
        further = max(0, tile.z - self.band.zoom)
        return [(tile.x >> further) * 2**self.band.zoom + (tile.y >> further)]

    def _corner(self, tile: TileId) -> tuple[float, float]:
        return tile.x * EXTENT / self.scale, tile.y * EXTENT / self.scale


# --- From the collection's table ----------------------------------------------------------------------------------

_TABLE = (
    "SELECT f.id, ST_AsMVTGeom({geometry}, {frame}::box2d, {extent}, {buffer}) AS geom{attributes}"
    " FROM {table} AS f WHERE f.geom_3857 && {touched} AND {rights}{thinning} ORDER BY f.id"
)


def _from_table(layer: Layer, access: Access, z: int, grid: TileMatrixSet, band: Band | None) -> Part:
    thinning = _left_out(layer, grid.web_zoom(z))
    if band and largest_of_cell(layer, grid.web_zoom(z)):
        thinning = _chosen_in_band(layer, z, grid, band)
    return joined(
        _TABLE,
        geometry=_geometry("f", grid),
        frame=_envelope(grid),
        extent=sql.Literal(EXTENT),
        buffer=sql.Literal(BUFFER),
        attributes=_attributes(layer, access, grid.web_zoom(z), "f"),
        table=sql.Identifier(layer.collection.table),
        touched=_touched(grid),
        rights=fixed(*access.rows("f")),
        thinning=thinning,
    )


def _left_out(layer: Layer, z: int) -> Part:
    match layer.thinning:
        case SmallAreas(min_px2=min_px2):
            return fixed(
                sql.SQL(" AND ST_Area(f.geom_3857) >= %s"), [min_px2 * WEB_MERCATOR_QUAD.pixel(z) ** 2]
            )
        case FirstZooms(field=name, zooms=zooms) if later := sorted(
            value for value, zoom in zooms.items() if zoom > z
        ):
            return fixed(
                sql.SQL(" AND ({} = ANY(%s)) IS NOT TRUE").format(sql.Identifier("f", name)), [later]
            )
        case _:
            return fixed(sql.SQL(""))


def _chosen_in_band(layer: Layer, z: int, grid: TileMatrixSet, band: Band) -> Part:
    """In another grid, the same features are shown as in Web Mercator at the zoom that looks alike."""
    zoom = grid.web_zoom(z)
    rule = largest_of_cell(layer, zoom)
    assert rule is not None  # noqa: S101  the caller asked
    units = _Units(band, zoom)
    margin = 2 * rule.cell_px * units.px * band.unit_m

    def around(tile: TileId) -> list[object]:
        box = bounds_3857(grid, grid.buffered_bounds(tile)).grown(margin)
        left, top = WEB_MERCATOR_QUAD.left, WEB_MERCATOR_QUAD.top
        unit = band.unit_m
        edges = [box.min_x - left, top - box.max_y, box.max_x - left, top - box.min_y]
        return [edge / unit for edge in edges]

    return joined(
        " AND f.id IN (SELECT DISTINCT ON (center_x / {cell}, center_y / {cell},"
        " CASE WHEN size < {cell} THEN 0 ELSE id END) id FROM {table} WHERE geom && {around}{large}"
        " ORDER BY center_x / {cell}, center_y / {cell}, CASE WHEN size < {cell} THEN 0 ELSE id END, weight DESC, id)",
        cell=sql.Literal(max(1, round(rule.cell_px * units.px))),
        table=sql.Identifier(band.table),
        around=Part(sql.SQL("ST_MakeEnvelope(%s, %s, %s, %s)"), around),
        large=fixed(sql.SQL(" AND weight >= %s"), [rule.min_px2 * units.px**2]),
    )


# Cells are counted from the corner of the grid, and those that the buffered tile only touches are read whole: a
# cluster on a border looks the same from both sides.
_CLUSTERS = (
    "SELECT CASE WHEN c.points = 1 THEN c.first_id END AS id,"
    " ST_AsMVTGeom(c.middle, {frame}::box2d, {extent}, {buffer}) AS geom,"
    " CASE WHEN c.points > 1 THEN c.points END AS point_count{attributes} FROM ("
    "SELECT count(*) AS points, min(p.id) AS first_id, ST_SetSRID(ST_MakePoint(avg(p.x), avg(p.y)), {srid}) AS middle"
    " FROM (SELECT f.id, ST_X({geometry}) AS x, ST_Y({geometry}) AS y FROM {table} AS f"
    " WHERE f.geom_3857 && {around} AND {rights}) AS p"
    " GROUP BY floor((p.x - {left}) / {cell}), floor(({top} - p.y) / {cell})) AS c"
    " LEFT JOIN LATERAL (SELECT * FROM {table} AS f WHERE c.points = 1 AND f.id = c.first_id) AS f ON true"
    " WHERE c.middle && {touched}"
)


def _clustered(layer: Layer, access: Access, z: int, grid: TileMatrixSet, rule: Clusters) -> Part:
    cell_units = round(rule.cell_px * UNITS_PER_PX)
    return joined(
        _CLUSTERS,
        frame=_envelope(grid),
        extent=sql.Literal(EXTENT),
        buffer=sql.Literal(BUFFER),
        attributes=_attributes(layer, access, grid.web_zoom(z), "f"),
        srid=sql.Literal(grid.srid),
        geometry=_geometry("f", grid),
        table=sql.Identifier(layer.collection.table),
        around=_touched(grid, BUFFER + cell_units),
        rights=fixed(*access.rows("f")),
        left=sql.Literal(grid.left),
        top=sql.Literal(grid.top),
        cell=sql.Literal(grid.side / 2**z / EXTENT * cell_units),
        touched=_envelope(grid, BUFFER),
    )


def _geometry(alias: str, grid: TileMatrixSet) -> sql.Composed:
    if grid.srid == WEB_MERCATOR_QUAD.srid:
        return sql.Composed([sql.Identifier(alias, "geom_3857")])
    return sql.SQL("ST_Transform({}, {})").format(sql.Identifier(alias, "geom"), sql.Literal(grid.srid))


def _envelope(grid: TileMatrixSet, margin: int = 0) -> Part:
    """The tile in the grid's CRS."""
    text = sql.SQL("ST_MakeEnvelope(%s, %s, %s, %s, {})").format(sql.Literal(grid.srid))
    return Part(text, lambda tile: list(grid.buffered_bounds(tile, buffer=margin).as_tuple()))


def _touched(grid: TileMatrixSet, margin: int = BUFFER) -> Part:
    """The box in EPSG:3857 around the buffered tile."""

    def corners(tile: TileId) -> list[object]:
        bounds: Bounds = bounds_3857(grid, grid.buffered_bounds(tile, buffer=margin))
        return list(bounds.as_tuple())

    return Part(sql.SQL("ST_MakeEnvelope(%s, %s, %s, %s, 3857)"), corners)


# --- Attributes ---------------------------------------------------------------------------------------------------


def tile_attributes(layer: Layer, access: Access, z: int | None = None) -> tuple[Field, ...]:
    """The layer's attributes that the reader may see, in the layer's order; those of zoom `z`, or of any zoom."""
    fields = {field.name: field for field in access.fields}
    names = layer.tile_fields if z is None else layer.fields_at(z)
    return tuple(fields[name] for name in names if name in fields)


def _attributes(layer: Layer, access: Access, z: int, alias: str) -> sql.Composed:
    return sql.Composed(
        [sql.SQL(", {}").format(attribute_sql(field, alias)) for field in tile_attributes(layer, access, z)]
    )


def attribute_sql(field: Field, alias: str) -> sql.Composed:
    """Numbers, booleans and text as they are; what MVT has no type for as text, instants in UTC."""
    casts = {
        "array": "array_to_string({column}, ',') AS {name}",
        "date-time": "to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS {name}",
        "date": "{column}::text AS {name}",
        "time": "{column}::text AS {name}",
        "object": "{column}::text AS {name}",
    }
    return sql.SQL(casts.get(field.type, "{column}")).format(
        column=sql.Identifier(alias, field.name), name=sql.Identifier(field.name)
    )
