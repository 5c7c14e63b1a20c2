"""Tiles that the public sees, kept on disk for all processes of this machine and for the next start."""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile

SWEEP_SHARE = 8  # a process looks at the size again after it wrote an eighth of the limit
LEFT_SHARE = 0.8  # of the limit, after a sweep


@dataclass(frozen=True)
class Stored:
    """`bodies`: content coding -> bytes."""

    state: str
    bodies: dict[str, bytes]


class DiskCache:
    """One file a tile: a line of JSON, then the bodies. A file is put in its place whole, and a damaged one is none.

    limit in bytes; 0 keeps nothing.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self.limit = folder, limit
        self._written = 0

    def get(self, key: str) -> Stored | None:
        if not self.limit:
            return None
        if not self.limit:  # what an earlier run left there is not asked for
            return None
        try:
            head, _, rest = (self.folder / key).read_bytes().partition(b"\n")
            told = json.loads(head)
            if zlib.crc32(rest) != told["crc32"]:
                return None
            ends = list(accumulate(told["lengths"].values(), initial=0))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        bodies = {name: rest[a:b] for name, (a, b) in zip(told["lengths"], pairwise(ends), strict=True)}
        return Stored(told["state"], bodies)

    def put(self, key: str, stored: Stored) -> None:
        """A disk that is full or gone costs the cache, never the answer."""
        if not self.limit:
            return
        rest = b"".join(stored.bodies.values())
        lengths = {name: len(body) for name, body in stored.bodies.items()}
        head = json.dumps({"state": stored.state, "crc32": zlib.crc32(rest), "lengths": lengths}).encode()
        with suppress(OSError):
            self._place(self.folder / key, head + b"\n" + rest)
        self._written += len(head) + len(rest)
        if self._written * SWEEP_SHARE >= self.limit:
            self._written = 0
            self.sweep()

    def _place(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.write(content)
                file.close()
                Path(file.name).replace(path)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise

    def sweep(self) -> None:
        """The oldest leave until there is room again; one process at a time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".sweep").open("w") as lock, suppress(OSError):
            flock(lock, LOCK_EX | LOCK_NB)
            found = sorted(_files(self.folder))
            size = sum(length for _, length, _ in found)
            for _, length, path in found:
                if size <= self.limit * LEFT_SHARE:
                    return
                path.unlink(missing_ok=True)
                size -= length


def _files(folder: Path) -> list[tuple[float, int, Path]]:
    """Time of writing, bytes on the disk and path of each."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            with suppress(FileNotFoundError):
                told = path.stat()
                found.append((told.st_mtime, told.st_blocks * 512, path))
    return found
