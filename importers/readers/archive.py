"""Zip files: unpacked into the workspace with every limit held, then read like what they hold."""

from __future__ import annotations

import stat
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gis_core.errors import InvalidInput
from importers.readers.base import ReadOptions
from importers.readers.vector import choose

MAX_MEMBERS = 1000
BLOCK = 1 << 20
ENCRYPTED = 0x1


class ArchiveReader:
    """`readable`: the suffixes of files worth looking for inside."""

    suffixes = frozenset({".zip", ".kmz"})

    def __init__(self, readable: frozenset[str]) -> None:
        self._readable = readable

    def unpack(self, path: Path, options: ReadOptions) -> tuple[Path, ReadOptions]:
        """The file inside that `options.layer` means, and the options for reading it."""
        found = [p for p in extract(path, options) if p.suffix.lower() in self._readable]
        if not found:
            raise InvalidInput(
                f"{path.name} holds no file that can be read. Looked for: {', '.join(sorted(self._readable))}."
            )
        if len(found) == 1:
            by_file = options.layer == found[0].stem and found[0].suffix.lower() != ".gpkg"
            return found[0], replace(options, layer=None) if by_file else options
        by_name = {p.stem: p for p in found}
        if len(by_name) < len(found):
            by_name = {p.name: p for p in found}
        return by_name[choose(path.name, sorted(by_name), options.layer)], replace(options, layer=None)


def extract(path: Path, options: ReadOptions) -> list[Path]:
    """Every plain file of the archive, in one folder by its place in it. Raises InvalidInput at anything foul."""
    folder = options.workspace / f"{path.stem}.unpacked"
    try:
        with zipfile.ZipFile(path) as archive:
            return _extract(archive, path.name, folder, options.max_bytes)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise InvalidInput(f"{path.name} is not a whole zip file: {error}. Zip it again.") from error


def _extract(archive: zipfile.ZipFile, name: str, folder: Path, max_bytes: int) -> list[Path]:
    members = [m for m in archive.infolist() if not m.is_dir()]
    if not members:
        raise InvalidInput(f"{name} is an empty zip file.")
    if len(members) > MAX_MEMBERS:
        raise InvalidInput(
            f"{name} holds {len(members)} files, more than {MAX_MEMBERS}; send only what belongs to one layer."
        )
    for member in members:
        _check(member, name)
    left, made = max_bytes, []
    for member in members:
        target = folder / member.filename
        left -= _write(archive, member, target, left, name)
        if not _is_litter(member):
            made.append(target)
    return made


def _check(member: zipfile.ZipInfo, name: str) -> None:
    inner = PurePosixPath(member.filename.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in inner.parts[0]:
        raise InvalidInput(
            f"{name} holds {member.filename!r}, a path that leads out of the archive; it was not unpacked."
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise InvalidInput(f"{name} holds {member.filename!r}, a link; zip the file itself.")
    if member.flag_bits & ENCRYPTED:
        raise InvalidInput(f"{name} is locked with a password; send it without.")


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int, name: str) -> int:
    """Bytes written. Counts what really comes out: a zip bomb lies in its header."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as source, target.open("wb") as sink:
        while block := source.read(BLOCK):
            written += len(block)
            if written > left:
                raise InvalidInput(
                    f"{name} unpacks to more than the limit of bytes allowed (CASAGIS_UPLOAD_MAX_MB); nothing was read."
                )
            sink.write(block)
    return written


def _is_litter(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return "__MACOSX" in parts or parts[-1].startswith(".")
