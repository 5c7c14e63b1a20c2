"""A zipped Shapefile for programs that read nothing newer, with a list of the names that it had to shorten."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from layers.formats.columnar import ArrowColumns
from layers.formats.files import workspace, zip_chunks
from layers.formats.gdal import geometry_options
from layers.formats.gdal_process import write_layer
from layers.formats.snapshot import Rows
from layers.formats.source import FeatureSource

COLUMNS = ArrowColumns(frozenset({"time", "array", "date-time"}))
NAME_LETTERS = 10
TEXT_BYTES = 254


def write(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    """.shp .shx .dbf .prj .cpg, README.txt and fields.csv; a table is the .dbf alone."""
    with workspace() as folder:
        batches = COLUMNS.batches(source, rows)
        names = short_names(batches.schema.names)
        cut = _Cut()
        schema = pa.schema([f.with_name(name) for f, name in zip(batches.schema, names, strict=True)])
        shortened = (pa.RecordBatch.from_arrays(cut.columns(batch), schema=schema) for batch in batches)
        options = geometry_options(source)
        write_layer(
            pa.RecordBatchReader.from_batches(schema, shortened),
            folder / f"{source.id}.shp",
            driver="ESRI Shapefile",
            layer=source.id,
            encoding="UTF-8",
            **options,
        )
        _write_names(folder / "fields.csv", source, names)
        (folder / "README.txt").write_text(_readme(source, cut.count), encoding="utf-8-sig")
        yield from zip_chunks(sorted(folder.iterdir()))


def short_names(names: Iterable[str]) -> list[str]:
    """At most 10 letters each, all different, whatever the case: `green_share_pct` -> `green_shar`."""
    short: list[str] = []
    for name in names:
        candidate, number = name[:NAME_LETTERS], 0
        while candidate.lower() in {s.lower() for s in short}:
            number += 1
            candidate = f"{name[: NAME_LETTERS - 1 - len(str(number))]}_{number}"
        short.append(candidate)
    return short


class _Cut:
    """Cuts texts to what a .dbf holds, between letters, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def columns(self, batch: pa.RecordBatch) -> list[pa.Array]:
        return [self._fit(c) if pa.types.is_string(c.type) else c for c in batch.columns]

    def _fit(self, texts: pa.Array) -> pa.Array:
        longest = pc.max(pc.binary_length(texts)).as_py() or 0
        if longest <= TEXT_BYTES:
            return texts
        return pa.array([self._cut(text) for text in texts.to_pylist()], pa.string())

    def _cut(self, text: str | None) -> str | None:
        data = (text or "").encode()
        if len(data) <= TEXT_BYTES:
            return text
        self.count += 1
        return data[:TEXT_BYTES].decode(errors="ignore")


def _write_names(path: Path, source: FeatureSource, names: list[str]) -> None:
    """One line a field: its name in the file, its full name, title and unit."""
    rows = [("id", "", ""), *((f.name, f.title, f.unit or "") for f in source.fields)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["field", "name", "title", "unit"])
        writer.writerows((short, *row) for short, row in zip(names, rows, strict=False))


def _readme(source: FeatureSource, cut: int) -> str:
    return "\n".join(
        [
            source.title,
            source.description,
            source.provenance,
            "",
            "A Shapefile holds less than CasaGIS does (GeoPackage holds all):",
            f"- Field names have at most {NAME_LETTERS} letters; fields.csv gives the full names.",
            f"- Texts have at most {TEXT_BYTES} bytes of UTF-8; cut here: {cut}.",
            "- Empty text and no value are the same; moments and times are text (UTC), lists are JSON.",
            "- Numbers of more than 15 digits are exact in the file, but many programs read them rounded.",
            "",
        ]
    )
