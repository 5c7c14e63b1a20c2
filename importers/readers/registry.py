"""Which reader reads which file, by the end of its name."""

from __future__ import annotations

import re
from dataclasses import replace
from glob import escape
from pathlib import Path

from gis_core.errors import InvalidInput
from importers.readers.archive import ArchiveReader
from importers.readers.base import Reader, ReadOptions, SourceTable
from importers.readers.delimited import DelimitedReader
from importers.readers.shapefile import ShapefileReader
from importers.readers.vector import VectorReader

PLAIN: tuple[Reader, ...] = (VectorReader(), ShapefileReader(), DelimitedReader())
READABLE = frozenset().union(*(reader.suffixes for reader in PLAIN))
ARCHIVES = ArchiveReader(READABLE)


def read_source(path: Path, options: ReadOptions) -> SourceTable:
    """The one layer that `options` means. Raises InvalidInput for a file that is missing, empty, unknown or broken."""
    _check_file(path)
    path = _plain(path, options.workspace)
    if path.suffix.lower() in ARCHIVES.suffixes:
        inner, options = ARCHIVES.unpack(path, options)
        return _read(inner, options, shown=f"{path.name}/{inner.name}")
    return _read(path, options, shown=path.name)


def _read(path: Path, options: ReadOptions, *, shown: str) -> SourceTable:
    table = _reader_of(path).read(path, options)
    if not len(table):
        raise InvalidInput(f"{shown}, layer {table.name}: there are no rows in it; nothing to import.")
    return replace(table, values=table.values.reset_index(drop=True))


def _reader_of(path: Path) -> Reader:
    suffix = path.suffix.lower()
    for reader in PLAIN:
        if suffix in reader.suffixes:
            return reader
    known = ", ".join(sorted(READABLE | ARCHIVES.suffixes))
    raise InvalidInput(
        f"{path.name}: files ending in {suffix or 'nothing'} are not read here. Known: {known}."
        " Save it as a GeoPackage, with QGIS or ogr2ogr."
    )


def _plain(path: Path, workspace: Path) -> Path:
    """GDAL's wrapper reads "!" and "?" in a name as signs of its own: such files are read through links."""
    if not set("!?") & set(str(path)):
        return path
    folder = workspace / "linked"
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub("[!?]", "_", path.stem)
    for part in path.parent.glob(f"{escape(path.stem)}.*"):
        link = folder / f"{name}{part.name.removeprefix(path.stem)}"
        link.unlink(missing_ok=True)
        link.symlink_to(part.resolve())
    return folder / f"{name}{path.suffix}"


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise InvalidInput(f"{path.name} is a folder; name a file in it, or zip it.")
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}.")
    if not path.stat().st_size:
        raise InvalidInput(f"{path.name} is empty (0 bytes); send it again.")
