"""Tiles in one file: PMTiles 3 and MBTiles 1.3. Both take gzipped tiles in the order of their numbers."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, Protocol

from pmtiles.tile import Compression, TileType
from pmtiles.writer import Writer

from tiles.pyramids.pyramid import tile_of

_MBTILES_ID = 0x4D504258  # "MPBX": the application id that MBTiles asks for
_DEGREES_E7 = 10_000_000


class Archive(Protocol):
    """A file being written: `add` each tile, then `finish`; `close` in any case."""

    media_type: str

    def __init__(self, path: Path) -> None: ...

    def add(self, number: int, body: bytes) -> None: ...

    def finish(self, about: dict[str, Any]) -> None:
        """`about` is of tiles.pyramids.metadata."""

    def close(self) -> None: ...


class PMTilesArchive:
    """Equal tiles are kept once. What a file of 100,000 tiles needs in memory is their directory: some 30 MB."""

    media_type = "application/vnd.pmtiles"

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._writer = Writer(self._file)
        self._writer.tile_f.close()
        self._tiles = path.with_suffix(".tiles")
        self._writer.tile_f = self._tiles.open("w+b")  # on the disk of the file, not of the system

    def add(self, number: int, body: bytes) -> None:
        self._writer.write_tile(number, body)

    def finish(self, about: dict[str, Any]) -> None:
        west, south, east, north = (round(degrees * _DEGREES_E7) for degrees in about["bounds"])
        longitude, latitude, zoom = about["center"]
        header = {
            "version": 3,
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            "center_zoom": zoom,
            "center_lon_e7": round(longitude * _DEGREES_E7),
            "center_lat_e7": round(latitude * _DEGREES_E7),
        }
        in_header = {"bounds", "center", "minzoom", "maxzoom"}
        self._writer.finalize(header, {key: value for key, value in about.items() if key not in in_header})

    def close(self) -> None:
        self._writer.tile_f.close()
        self._tiles.unlink(missing_ok=True)
        self._file.close()


class MBTilesArchive:
    """A database that is no use half written, so it is written without the care that a living one needs."""

    media_type = "application/vnd.sqlite3"

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = {_MBTILES_ID};"
            "CREATE TABLE metadata (name text, value text);"
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);"
            "BEGIN;"
        )

    def add(self, number: int, body: bytes) -> None:
        tile = tile_of(number)
        row_from_below = 2**tile.z - 1 - tile.y
        self._database.execute(
            "INSERT INTO tiles VALUES (?, ?, ?, ?)", (tile.z, tile.x, row_from_below, body)
        )

    def finish(self, about: dict[str, Any]) -> None:
        inner = {"vector_layers", "collections", "made_at"}
        told = {key: value for key, value in about.items() if key not in inner}
        told |= {key: ",".join(map(str, about[key])) for key in ("bounds", "center")}
        told |= {"format": "pbf", "json": json.dumps({key: about[key] for key in inner}, ensure_ascii=False)}
        rows = [(name, str(value)) for name, value in told.items()]
        self._database.executemany("INSERT INTO metadata VALUES (?, ?)", rows)
        self._database.execute("CREATE UNIQUE INDEX name ON metadata (name)")
        self._database.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        self._database.execute("COMMIT")

    def close(self) -> None:
        self._database.close()


ARCHIVES: dict[str, type[Archive]] = {"pmtiles": PMTilesArchive, "mbtiles": MBTilesArchive}
