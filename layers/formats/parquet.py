"""GeoParquet 1.1: row groups of 20,000, WKB, a bounding box column for readers that skip row groups."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from layers.base import GEOM_SRID
from layers.formats.columnar import GEOMETRY, ArrowColumns
from layers.formats.files import read_chunks, workspace
from layers.formats.snapshot import Rows
from layers.formats.source import FeatureSource

COLUMNS = ArrowColumns(frozenset())  # it has a type for everything
COVERING = "bbox"
ROW_GROUP = 20_000  # rows
_KINDS = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon",
  7: "GeometryCollection"}  # fmt: skip
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_BBOX = pa.struct([(side, pa.float64()) for side in _SIDES])


def write(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    with workspace() as folder:
        path = folder / f"{source.id}.parquet"
        schema = _schema(source, rows)
        box = _Box()
        # Without a stored Arrow schema, readers take the file's own metadata, which is complete only at the end.
        with pq.ParquetWriter(path, schema, compression="zstd", store_schema=False) as writer:
            for batches in _groups(COLUMNS.batches(source, rows)):
                covered = [box.cover(b, schema) for b in batches] if source.geometry_type else batches
                writer.write_table(pa.Table.from_batches(covered))
            writer.add_key_value_metadata(_metadata(source, box))
        yield from read_chunks(path)


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches for one row group each time."""
    group: list[pa.RecordBatch] = []
    for batch in batches:
        group.append(batch)
        if sum(b.num_rows for b in group) >= ROW_GROUP:
            yield group
            group = []
    if group:
        yield group


def _schema(source: FeatureSource, rows: Rows) -> pa.Schema:
    schema = COLUMNS.schema(source, rows.types)
    return schema.append(pa.field(COVERING, _BBOX)) if source.geometry_type else schema


class _Box:
    """The bounding boxes of the rows, and of all."""

    def __init__(self) -> None:
        self.total = np.array([np.nan] * 4)
        self.kinds: set[str] = set()

    def cover(self, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        """The batch with the column `bbox`."""
        shapes = shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False))
        bounds = shapely.bounds(shapes)
        missing = np.isnan(bounds[:, 0])
        self._widen(bounds[~missing])
        self.kinds |= {_KINDS[kind] for kind in np.unique(shapely.get_type_id(shapes[~missing]))}
        sides = [pa.array(bounds[:, i], mask=missing) for i in range(4)]
        boxes = pa.StructArray.from_arrays(sides, fields=list(_BBOX), mask=pa.array(missing))
        return pa.RecordBatch.from_arrays([*batch.columns, boxes], schema=schema)

    def _widen(self, bounds: np.ndarray) -> None:
        if len(bounds):
            least, most = np.fmin(self.total, bounds.min(axis=0)), np.fmax(self.total, bounds.max(axis=0))
            self.total = np.concatenate([least[:2], most[2:]])


def _metadata(source: FeatureSource, box: _Box) -> dict[str, str]:
    told = {
        "title": source.title,
        "description": source.description,
        "provenance": source.provenance,
        "created": source.moment.isoformat(),
        "fields": json.dumps(_fields(source), ensure_ascii=False),
    }
    return told if source.geometry_type is None else {**told, "geo": json.dumps(_geo(source, box))}


def _fields(source: FeatureSource) -> dict[str, dict[str, str]]:
    """Title and unit of each column."""
    return {f.name: {"title": f.title, **({"unit": f.unit} if f.unit else {})} for f in source.fields}


def _geo(source: FeatureSource, box: _Box) -> dict[str, Any]:
    """The metadata of the specification; x before y whatever the CRS says (its section on coordinate order)."""
    crs = pyproj.CRS("OGC:CRS84") if source.srid == GEOM_SRID else pyproj.CRS.from_epsg(source.srid)
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(box.kinds),
        "crs": crs.to_json_dict(),
        "covering": {"bbox": {side: [COVERING, side] for side in _SIDES}},
    }
    if box.kinds:
        column["bbox"] = box.total.tolist()
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
