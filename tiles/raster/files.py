"""Which files each raster layer has, and which of them a time chooses; the newest is the one that began last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from gis_core.errors import NotFound
from layers.definitions import Layer
from layers.registry import LAYERS, get_layer
from tiles.raster.moments import INSTANT, Span, told

HOW_TO_MAKE = {  # by layer, else by collection
    "green-share": "Run the process compute-green-grid to make one.",
    "pollution-grids": "Run the process compute-pollution-grid to make one.",
    "rasters": "Run the process import-raster to bring one in.",
}
_FILES = sql.SQL(
    "(SELECT %s AS layer, id, file, period_start, period_end FROM {table} WHERE {where}"
    " ORDER BY period_start DESC, period_end DESC, id DESC)"
)


@dataclass(frozen=True)
class RasterFile:
    """One file of a raster layer: its feature's id, its name below MEDIA_ROOT, and when it is of."""

    feature: int
    name: str
    period: Span

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> RasterFile:
        start, end = row["period_start"], row["period_end"]
        return cls(row["id"], row["file"], Span(start, max(end, start + INSTANT)))

    @property
    def time(self) -> str:
        """What chooses it: the start of its period."""
        return told(self.period.start)

    @property
    def path(self) -> Path:
        return media_path(self.name)


def media_path(name: str) -> Path:
    """Raises NotFound for a file that is not there, or that leads out of the media folder."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / name).resolve()
    if not (path.is_relative_to(root) and path.is_file()):
        raise NotFound(f"The raster's file {name!r} is not in the media folder.")
    return path


Files = Mapping[str, tuple[RasterFile, ...]]  # by layer id; a layer without a file is not in it


def raster_layers() -> list[Layer]:
    return [layer for layer in LAYERS.values() if layer.raster]


def files_sql(layers: Iterable[Layer]) -> tuple[sql.Composed, list[Any]]:
    """One row a file: layer, id, file, period_start, period_end; newest first within a layer.

    By their starts, so that a month within a year can be chosen, and the newest is the last of the times that are told.
    """
    queries, params = [], []
    for layer in layers:
        wanted = layer.style.layers[0]["metadata"]["where"]
        conditions = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in wanted]
        queries.append(
            _FILES.format(
                table=sql.Identifier(layer.collection.table), where=sql.SQL(" AND ").join(conditions)
            )
        )
        params += [layer.id, *wanted.values()]
    return sql.SQL(" UNION ALL ").join(queries), params


def by_layer(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[RasterFile, ...]]:
    found: dict[str, tuple[RasterFile, ...]] = {}
    for row in rows:
        found[row["layer"]] = (*found.get(row["layer"], ()), RasterFile.of(row))
    return found


def read_files(layers: Sequence[Layer]) -> dict[str, tuple[RasterFile, ...]]:
    """On Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(*files_sql(layers))
        names = [column.name for column in cursor.description]
        return by_layer(dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def file_at(layer_id: str, files: Files, span: Span | None) -> RasterFile:
    """The newest whose period meets the span, else the last one that ended before it; without a span the newest.

    Raises NotFound when there is no file, or none so early.
    """
    known = files.get(layer_id)
    if not known:
        cure = HOW_TO_MAKE.get(layer_id) or HOW_TO_MAKE.get(get_layer(layer_id).collection.id, "")
        raise NotFound(f"The layer {layer_id} has no raster yet. {cure}")
    if span is None:
        return known[0]
    met = next((file for file in known if file.period.meets(span)), None)
    chosen = met or next((file for file in known if file.period.end <= span.start), None)
    if chosen is None:
        first = min(file.period.start for file in known)
        raise NotFound(f"The layer {layer_id} has nothing at or before that time; it begins {told(first)}.")
    return chosen


def times_of(files: Sequence[RasterFile]) -> list[str]:
    """Every time that can be chosen, from the oldest to the newest."""
    starts: set[datetime] = {file.period.start for file in files}
    return [told(start) for start in sorted(starts)]
