"""What one request to MapProxy may see and asked for; the sources look here while they draw for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from layers.definitions import Extent, Layer
from layers.policy import Access
from tiles.raster.files import RasterFile


@dataclass
class Sight:
    """`accesses` and `files` by layer id. `read` runs one statement, from MapProxy's thread, on the doors' pool.

    `failure` is an error that is not MapProxy's to tell; the door raises it.
    """

    accesses: Mapping[str, Access]
    files: Mapping[str, RasterFile]
    read: Callable[[sql.Composed, Sequence[object]], list[dict[str, Any]]]
    language: str
    failure: Exception | None = None

    def shows(self, layer: Layer) -> bool:
        """A raster shows the whole city, so a right to an area is not enough; features are chosen one by one."""
        access = self.accesses.get(layer.id)
        if access is None:
            return False
        return not layer.raster or (access.read is Extent.CITY and layer.id in self.files)


SIGHT: ContextVar[Sight] = ContextVar("sight")
