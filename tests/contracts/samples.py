"""One plausible frame for any collection, made from its definition: what every layer is put through."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString, Point

from layers.definitions import Collection, Field
from tests.conftest import square

_VALUES: dict[str, Any] = {
    "string": "text", "integer": 3, "number": 2.5, "boolean": True,
    "date": "2026-11-23", "date-time": "2026-11-23T10:00:00+00:00", "time": "06:30:00",
    "object": {"v1": {"km": 2.5}},
}  # fmt: skip


def sample_frame(collection: Collection, rows: int = 3) -> pd.DataFrame:
    fields = [f for f in collection.fields if not f.read_only and f.name not in {"external_id", "source"}]
    data: dict[str, list[Any]] = {f.name: [_value(f)] * rows for f in fields}
    data |= {"external_id": [f"sample-{n}" for n in range(rows)], "source": ["synthetic"] * rows}
    if collection.geometry_type is None:
        return pd.DataFrame(data)
    shapes = {"Point": _point, "LineString": _line, "MultiPolygon": lambda n: square(-7.6 + n / 50, 33.55)}
    return gpd.GeoDataFrame(
        {**data, "geom": [shapes[collection.geometry_type](n) for n in range(rows)]},
        geometry="geom",
        crs=4326,
    )


def _value(field: Field) -> Any:
    if field.choices:
        return field.choices[0][0]
    if field.type == "array":
        return [1, 3] if field.name in {"collection_days", "weekdays"} else ["mixed"]
    return _VALUES[field.type]


def _point(n: int) -> Point:
    return Point(-7.6 + n / 50, 33.55)


def _line(n: int) -> LineString:
    return LineString([(-7.6 + n / 50, 33.55), (-7.595 + n / 50, 33.555)])
