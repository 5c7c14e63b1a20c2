"""Writes small OpenStreetMap files by hand, in OPL (one object a line), and reads them for a city."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gis_core.city import City, load_city
from gis_core.geometry import BBox
from importers.osm.frames import OsmFrames, read_osm

BOX = BBox(24.0, 60.0, 24.1, 60.1)


def city(box: BBox = BOX, country: str = "FI", languages: tuple[str, ...] = ("en", "fr", "ar")) -> City:
    return replace(load_city("helsinki"), bbox=box, country=country, languages=languages)


def node(number: int, lon: float, lat: float, **tags: str) -> str:
    return f"n{number} v1{_tags(tags)} x{lon:.7f} y{lat:.7f}"


def way(number: int, nodes: list[int], **tags: str) -> str:
    return f"w{number} v1{_tags(tags)} N{','.join(f'n{n}' for n in nodes)}"


def relation(number: int, members: list[str], **tags: str) -> str:
    """Members as "w1@from"."""
    return f"r{number} v1{_tags(tags)} M{','.join(members)}"


def _file_order(line: str) -> tuple[int, int]:
    """Nodes, ways, relations, each by number, as every extract has them."""
    return "nwr".index(line[0]), int(line[1:].split()[0])


def _tags(tags: dict[str, str]) -> str:
    """A keyword's double underscore stands for a colon."""
    pairs = ",".join(f"{_escape(k.replace('__', ':'))}={_escape(v)}" for k, v in tags.items())
    return f" T{pairs}" if pairs else ""


def _escape(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-_:.;" else f"%{ord(c):x}%" for c in text)


def read_lines(folder: Path, *lines: str, of: City | None = None) -> OsmFrames:
    path = folder / "written.osm.opl"
    path.write_text("\n".join(sorted(lines, key=_file_order)) + "\n", encoding="utf-8")
    return read_osm(path, of or city())
