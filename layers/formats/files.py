"""Files that a format must finish before the first byte can go: a folder of their own, streamed, then removed."""

from __future__ import annotations

import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

CHUNK_BYTES = 1 << 18
STALE_S = 6 * 3600  # a folder this old was left by a process that died


@contextmanager
def workspace() -> Iterator[Path]:
    """A new folder below the service's own; removed whatever happens."""
    root = Path(settings.VAR) / "downloads"
    root.mkdir(parents=True, exist_ok=True)
    _remove_stale(root)
    folder = Path(tempfile.mkdtemp(dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_stale(root: Path) -> None:
    for folder in root.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > STALE_S:
                shutil.rmtree(folder, ignore_errors=True)


def read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def zip_chunks(paths: list[Path]) -> Iterator[bytes]:
    """A zip of the files, made as it is read: no second copy on the disk."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        for path in paths:
            entry = zipfile.ZipInfo.from_file(path, path.name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as target:
                for chunk in read_chunks(path):
                    target.write(chunk)
                    yield outlet.take()
    yield outlet.take()


class _Outlet:
    """What zipfile writes to: it cannot seek, and is emptied after every write."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
