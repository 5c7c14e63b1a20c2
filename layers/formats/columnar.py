"""Rows as Arrow record batches: what GDAL and Parquet take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from psycopg import sql

from layers.definitions import Field
from layers.formats.snapshot import Row, Rows
from layers.formats.source import FeatureSource, column, geometry, plain_text

GEOMETRY = "geometry"
_TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "date-time": pa.timestamp("us", tz="UTC"),
    "time": pa.time64("us"),
}
# Moments leave the database as whole numbers, which Arrow reads as they are.
_WHOLE = {
    "date": ("({} - DATE '1970-01-01')", pa.int32()),
    "date-time": ("(extract(epoch FROM {}) * 1000000)::bigint", pa.int64()),
    "time": ("(extract(epoch FROM {}) * 1000000)::bigint", pa.int64()),
}
_CASTS = {"integer": "::bigint", "number": "::float8", "boolean": "::boolean"}
_INTEGER_ARRAYS = {1005: pa.int64(), 1007: pa.int64(), 1016: pa.int64()}
_NUMBER_ARRAYS = {1021: pa.float64(), 1022: pa.float64(), 1000: pa.bool_()}


@dataclass(frozen=True)
class ArrowColumns:
    """Which kinds of values a format has no own type for: those are written as plain text."""

    as_text: frozenset[str]

    def columns(self, source: FeatureSource) -> Sequence[sql.Composable]:
        """id, the fields, and the geometry as WKB unless the source is a table."""
        wkb = [] if source.geometry_type is None else [sql.SQL("ST_AsBinary({})").format(geometry(source))]
        return [sql.SQL("{}::bigint").format(column("id")), *map(self._column, source.fields), *wkb]

    def _column(self, f: Field) -> sql.Composable:
        if f.type in self.as_text or f.type == "object":
            return plain_text(f)
        if f.type in _WHOLE:
            return sql.SQL(_WHOLE[f.type][0]).format(column(f.name))
        return sql.SQL("{}" + _CASTS.get(f.type, "")).format(column(f.name))

    def batches(self, source: FeatureSource, rows: Rows) -> pa.RecordBatchReader:
        """A stream of record batches with the columns id, the fields', and `geometry`."""
        schema = self.schema(source, rows.types)
        return pa.RecordBatchReader.from_batches(schema, self._convert(schema, rows))

    def schema(self, source: FeatureSource, types: Sequence[int]) -> pa.Schema:
        """Lists take the type of their items from the database's type numbers."""
        fields = [pa.field("id", pa.int64(), nullable=False)]
        fields += [
            pa.field(f.name, self._type(f, oid)) for f, oid in zip(source.fields, types[1:], strict=False)
        ]
        if source.geometry_type is not None:
            fields.append(pa.field(GEOMETRY, pa.binary()))
        return pa.schema(fields)

    def _type(self, f: Field, oid: int) -> pa.DataType:
        if f.type in self.as_text:
            return pa.string()
        if f.type == "array":
            return pa.list_((_INTEGER_ARRAYS | _NUMBER_ARRAYS).get(oid, pa.string()))
        return _TYPES.get(f.type, pa.string())

    def _convert(self, schema: pa.Schema, rows: Rows) -> Iterator[pa.RecordBatch]:
        for batch in rows:
            yield record_batch(schema, batch)


def record_batch(schema: pa.Schema, batch: list[Row]) -> pa.RecordBatch:
    arrays = [_array(values, f.type) for values, f in zip(zip(*batch, strict=True), schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    if pa.types.is_date32(kind):
        return pa.array(values, pa.int32()).cast(kind)
    if pa.types.is_timestamp(kind) or pa.types.is_time64(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)
