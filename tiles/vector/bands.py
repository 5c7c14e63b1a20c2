"""Prepared bands: polygons as whole pixels of a few zooms, written when they change, so that a tile only has to pick.

One band holds a collection in units of a tile (4096 to a side) of its zoom, x to the right and y down from the corner
of the world. Tiles of that zoom take the units as they are, those of the next one twice as large: doubling keeps a
valid polygon valid, so one table serves two zooms. See docs/decisions/0012-prepared-bands.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from psycopg import sql

from layers.definitions import Collection, Layer, SmallAreas
from layers.registry import COLLECTIONS, LAYERS
from tiles.grids import BUFFER, EXTENT, WEB_MERCATOR_QUAD

TOP_ZOOM = 16  # beyond it a tile holds few features, made from the exact geometry
CUT_FROM_POINTS = 1000  # larger shapes are kept in pieces, one for each tile of the band's zoom
MEASURES = ("weight", "size", "center_x", "center_y")


@dataclass(frozen=True)
class Band:
    """`fields`: the attributes that any tile made of it shows. A shape kept whole has the cell WHOLE, a piece the
    number of its tile. `weight` is the shape's area, `size` the longer side of its box, both in the band's units."""

    collection: Collection
    zoom: int
    fields: tuple[str, ...]

    @property
    def table(self) -> str:
        return f"tiles_{self.collection.id.replace('-', '_')}_z{self.zoom}"

    @property
    def tolerance_m(self) -> float:
        """How far a simplified border may lie from its own: half a unit near by; two, a quarter of a pixel, from
        afar, where wiggles of a border make most of a tile's bytes."""
        return self.unit_m * (0.5 if self.zoom == band_zoom(TOP_ZOOM) else 2)

    @property
    def unit_m(self) -> float:
        """One unit in metres of EPSG:3857."""
        return WEB_MERCATOR_QUAD.side / 2.0**self.zoom / EXTENT


WHOLE = -1


def band_zoom(z: int) -> int:
    """The zoom whose units serve tiles of zoom `z`: the odd one of the pair."""
    return max(z - 1, 0) // 2 * 2 + 1


def band_of(layer: Layer, z: int) -> Band | None:
    """What a layer's Web Mercator tile of zoom `z` is made of; None where tiles come from the exact geometry."""
    bands = bands_of(layer.collection)
    return next((band for band in bands if band.zoom == band_zoom(z)), None) if z <= TOP_ZOOM else None


def bands_of(collection: Collection) -> tuple[Band, ...]:
    """From the finest to the coarsest; none for points and lines, which the plain column serves as well."""
    return _bands_of(collection.id)


@cache
def _bands_of(collection_id: str) -> tuple[Band, ...]:
    collection = COLLECTIONS[collection_id]
    if collection.geometry_type != "MultiPolygon":
        return ()
    layers = [layer for layer in LAYERS.values() if layer.collection is collection and not layer.raster]
    if not layers:
        return ()
    first = band_zoom(min(layer.min_zoom for layer in layers))
    zooms = range(band_zoom(TOP_ZOOM), first - 1, -2)
    return tuple(Band(collection, zoom, _fields(layers, zoom)) for zoom in zooms)


def _fields(layers: list[Layer], zoom: int) -> tuple[str, ...]:
    """Of all layers of the collection, in the order of the model."""
    shown = {name for layer in layers for name in layer.fields_at(zoom + 1)}
    return tuple(field.name for field in layers[0].collection.fields if field.name in shown)


def rows_sql(band: Band, source: sql.Composable) -> sql.Composed:
    """The band's rows of the features in `source` (a FROM item with the columns of the collection's table), along a
    Hilbert curve, in which PostGIS sorts geometries."""
    return sql.SQL(
        "SELECT id, cell, geom, {measures}{fields} FROM ("
        "SELECT id, {whole} AS cell, {shape} AS geom, geom_3857{fields} FROM ({snapped}) AS snapped"
        " UNION ALL "
        "SELECT f.id, piece.cell, piece.geom, f.geom_3857{f_fields} FROM {source} AS f"
        " CROSS JOIN LATERAL casagis_band_pieces(f.geom_3857, {zoom}, {tolerance}) AS piece"
        " WHERE ST_NPoints(f.geom_3857) >= {cut_from}"
        ") AS made WHERE NOT ST_IsEmpty(geom) ORDER BY geom"
    ).format(
        source=source,
        whole=sql.Literal(WHOLE),
        cut_from=sql.Literal(CUT_FROM_POINTS),
        zoom=sql.Literal(band.zoom),
        tolerance=sql.Literal(band.tolerance_m),
        snapped=_snapped_sql(band, source),
        shape=_shape_sql(band),
        measures=_measures_sql(band),
        fields=_listed(band.fields),
        f_fields=_listed(band.fields, "f"),
    )


def made_of(band: Band) -> str:
    """A text that differs where a band's rows would be made otherwise."""
    return (rows_sql(band, sql.SQL("")) + PIECES).as_string()


def _snapped_sql(band: Band, source: sql.Composable) -> sql.Composed:
    """Shapes that are kept whole, simplified, and their snapped form. OFFSET keeps the planner from
    computing that once for each of its uses."""
    return sql.SQL(
        "SELECT id, geom_3857, plain{fields},"
        " ST_SetSRID(ST_SnapToGrid(ST_Affine(plain, {k}, 0, 0, -{k}, {half}, {half}), 1), 0) AS snapped FROM ("
        "SELECT f.id, f.geom_3857, ST_Simplify(f.geom_3857, {tolerance}, true) AS plain{f_fields} FROM {source} AS f"
        " WHERE ST_NPoints(f.geom_3857) < {cut_from} OFFSET 0) AS simplified OFFSET 0"
    ).format(
        k=sql.Literal(1 / band.unit_m),
        half=sql.Literal(EXTENT * 2**band.zoom // 2),
        tolerance=sql.Literal(band.tolerance_m),
        cut_from=sql.Literal(CUT_FROM_POINTS),
        source=source,
        fields=_listed(band.fields),
        f_fields=_listed(band.fields, "f"),
    )


def _shape_sql(band: Band) -> sql.Composed:
    """Valid and oriented as MVT wants it. Most shapes stay valid on the grid, and asking costs half of what mending
    does; ST_AsMVTGeom mends the others, with the world as one tile. NULL for what is smaller than a unit."""
    return sql.SQL(
        "CASE WHEN ST_IsValid(snapped) THEN ST_ForcePolygonCCW(snapped)"
        " ELSE ST_SetSRID(ST_AsMVTGeom(plain, {world}, {extent}, 0, false), 0) END"
    ).format(world=_WORLD, extent=sql.Literal(EXTENT << band.zoom))


_WORLD = sql.SQL("ST_MakeEnvelope({0}, {0}, {1}, {1}, 3857)::box2d").format(
    sql.Literal(WEB_MERCATOR_QUAD.left), sql.Literal(-WEB_MERCATOR_QUAD.left)
)


def _measures_sql(band: Band) -> sql.Composed:
    """Of the exact geometry, so that the pieces of one shape agree."""
    return sql.SQL(
        "(ST_Area(geom_3857) / ({unit} * {unit}))::real AS weight,"
        " ceil(greatest(ST_XMax(geom_3857) - ST_XMin(geom_3857), ST_YMax(geom_3857) - ST_YMin(geom_3857)) / {unit})"
        "::integer AS size,"
        " floor(((ST_XMin(geom_3857) + ST_XMax(geom_3857)) / 2 - {left}) / {unit})::integer AS center_x,"
        " floor(({top} - (ST_YMin(geom_3857) + ST_YMax(geom_3857)) / 2) / {unit})::integer AS center_y"
    ).format(
        unit=sql.Literal(band.unit_m),
        left=sql.Literal(WEB_MERCATOR_QUAD.left),
        top=sql.Literal(WEB_MERCATOR_QUAD.top),
    )


def _listed(names: tuple[str, ...], prefix: str | None = None) -> sql.Composed:
    """`, a, b` or `, f.a, f.b`."""
    return sql.Composed(
        [
            sql.SQL(", {}").format(sql.Identifier(prefix, name) if prefix else sql.Identifier(name))
            for name in names
        ]
    )


# A large shape as pieces: first cut roughly into blocks of 8 x 8 tiles, then each tile's own piece exactly, with the
# buffer that tiles have. A tile of the band's zoom takes its piece as it is.
PIECES = sql.SQL(
    """
CREATE OR REPLACE FUNCTION casagis_band_pieces(shape geometry, zoom integer, tolerance float8)
RETURNS TABLE (cell integer, geom geometry) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH grid AS (
    SELECT {side} / (1 << zoom) AS side, ST_Simplify(shape, tolerance, true) AS shape
  ), reach AS (
    SELECT side, shape, {buffer}::float8 / {extent} AS margin,
      floor((ST_XMin(shape) - {left}) / side - {buffer}::float8 / {extent})::integer AS first_x,
      floor((ST_XMax(shape) - {left}) / side + {buffer}::float8 / {extent})::integer AS last_x,
      floor(({top} - ST_YMax(shape)) / side - {buffer}::float8 / {extent})::integer AS first_y,
      floor(({top} - ST_YMin(shape)) / side + {buffer}::float8 / {extent})::integer AS last_y
    FROM grid
  ), block AS (
    SELECT reach.*, bx, by, ST_ClipByBox2D(shape, ST_MakeEnvelope(
      {left} + (bx - margin) * side, {top} - (by + 8 + margin) * side,
      {left} + (bx + 8 + margin) * side, {top} - (by - margin) * side, 3857)) AS part
    FROM reach, generate_series(first_x, last_x, 8) AS bx, generate_series(first_y, last_y, 8) AS by
  ), tile AS (
    SELECT x, y, ST_AsMVTGeom(part, ST_MakeEnvelope(
      {left} + x * side, {top} - (y + 1) * side, {left} + (x + 1) * side, {top} - y * side, 3857)::box2d,
      {extent}, {buffer}, true) AS piece
    FROM block, generate_series(bx, least(bx + 7, last_x)) AS x, generate_series(by, least(by + 7, last_y)) AS y
    WHERE NOT ST_IsEmpty(part) AND x BETWEEN 0 AND (1 << zoom) - 1 AND y BETWEEN 0 AND (1 << zoom) - 1
  )
  SELECT x * (1 << zoom) + y, ST_Translate(ST_SetSRID(piece, 0), x * {extent}, y * {extent})
  FROM tile WHERE piece IS NOT NULL
$$"""
).format(
    side=sql.Literal(WEB_MERCATOR_QUAD.side),
    left=sql.Literal(WEB_MERCATOR_QUAD.left),
    top=sql.Literal(WEB_MERCATOR_QUAD.top),
    extent=sql.Literal(EXTENT),
    buffer=sql.Literal(BUFFER),
)


def largest_of_cell(layer: Layer, z: int) -> SmallAreas | None:
    """The layer's rule, if only the largest of each cell is shown at zoom `z`."""
    rule = layer.thinning
    return rule if isinstance(rule, SmallAreas) and z <= rule.cells_until else None
