"""Tiles that the public sees, kept in this process as they go out: compressed once, the least used leave first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from tiles.encodings import FROM_BYTES, IDENTITY, encoded
from tiles.grids import Bounds
from tiles.http import Messages

MOST_PATHS = 4  # addresses that one tile is found by at once; any other is looked up the longer way
NOT_MODIFIED = "304"
OVERHEAD = 1_000  # bytes that Python needs for a kept tile beside its bodies


@dataclass(eq=False, slots=True)
class Kept:
    """A tile as it was drawn at `state` of `collections`. `bounds` in EPSG:3857: what its content depends on.

    checked: the ledger's number at which it was last found true; rights: readers.public.number when it was drawn.
    answers: by content coding, and by NOT_MODIFIED, as they go out.
    """

    key: str
    etag: str
    collections: tuple[str, ...]
    state: str
    bounds: Bounds | None
    bodies: dict[str, bytes]
    checked: int = -1
    rights: int = -1
    answers: dict[str, Messages] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return self.bodies[IDENTITY]

    @property
    def size(self) -> int:
        return OVERHEAD + sum(map(len, self.bodies.values()))

    def coding(self, wanted: str) -> str:
        """What it goes out in when a client wants this coding."""
        return wanted if len(self.body) >= FROM_BYTES else IDENTITY

    def in_coding(self, coding: str) -> bytes:
        if coding not in self.bodies:
            self.bodies[coding] = encoded(self.body, coding)
        return self.bodies[coding]


class TileCache:
    """`limit` in bytes; 0 keeps nothing."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self.by_path: dict[str, Kept] = {}
        self._kept: OrderedDict[str, tuple[Kept, int]] = OrderedDict()

    def get(self, key: str) -> Kept | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def used(self, kept: Kept) -> None:
        """It is one that is kept."""
        self._kept.move_to_end(kept.key)

    def put(self, kept: Kept) -> None:
        """Also when a kept tile has grown by a coding."""
        if (before := self.get(kept.key)) is not None:
            self._leave(before, paths=before is not kept)
        self._kept[kept.key] = (kept, kept.size)
        self.size += kept.size
        while self.size > self.limit and self._kept:
            self._leave(next(iter(self._kept.values()))[0])

    def name(self, kept: Kept, path: str) -> None:
        """Find it by this address from now on."""
        if kept.key in self._kept and len(kept.paths) < MOST_PATHS and path not in kept.paths:
            kept.paths.append(path)
            self.by_path[path] = kept

    def clear(self) -> None:
        self._kept.clear()
        self.by_path.clear()
        self.size = 0

    def _leave(self, kept: Kept, *, paths: bool = True) -> None:
        self.size -= self._kept.pop(kept.key)[1]
        if paths:
            for path in kept.paths:
                self.by_path.pop(path, None)
            kept.paths.clear()
