"""Writes the mapping table as a page: python -m importers.osm.mapping_page > docs/osm-mapping.md"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from importers.osm.mapping import FIELDS, FRACTIONS, NAMED, RESTRICTIONS, RULES, SHAPES

_HEAD = """# What OpenStreetMap becomes here

Made from `importers/osm/mapping.py` by `python -m importers.osm.mapping_page > docs/osm-mapping.md`;
a test keeps the two in step. The first line that fits counts, collection by collection.
`key=*` is any value but `no`; `key!=value` is any other value, or none; `&` joins conditions.
A *place* is a node, a point inside an area or the middle of a line; an *area* is a closed way or a multipolygon.

Streets are split at every node that two kept ways share, so that equal end points mean a connection;
a section is `osm:way/<id>:<number>`. Everything is clipped to the city's box.
"""
_NAMES = """
Names: `name:fr`, `name:ar` and `name:en` fill their columns. `name` is split by script: its Arabic part goes to
`name_ar`, the rest to the city's first language (French or English; where that is Arabic, French in French-speaking
countries and English elsewhere), or to the other one where a translation stands there already.
"""
_TURNS = """
## turn-restrictions

Relations `type=restriction` with one way *from*, one node *via* and one way *to*, and a rule among: {kinds}.
After splitting, the section of *from* that ends at the node and the section of *to* that starts there are named.
Relations that go via ways, are for part of the day or the week (`restriction:conditional`), or do not hold for
lorries and cars (`except`) are counted as skipped.
"""


def render() -> str:
    parts = [
        _HEAD,
        _NAMES,
        *map(_collection, SHAPES),
        _TURNS.format(kinds=", ".join(f"`{k}`" for k in sorted(RESTRICTIONS))),
    ]
    return "".join(parts)


def _collection(collection: str) -> str:
    note = (
        " (no collection: names to make districts of where none are drawn)" if collection == "places" else ""
    )
    lines = [f"\n## {collection}\n\nDrawn as: {SHAPES[collection]}{note}\n", "\n| tags | sets |\n|---|---|\n"]
    lines += _rows(
        (_code(r.tags), ", ".join(f"{k} = {v}" for k, v in r.sets.items()))
        for r in RULES
        if r.collection == collection
    )
    fields = [f for f in FIELDS if f.collection == collection]
    if fields:
        lines.append("\n| field | from | how |\n|---|---|---|\n")
        lines += _rows((f.field, ", ".join(map(_code, f.keys)), f.note) for f in fields)
    if collection in NAMED:
        lines.append("\nWith names.\n")
    if collection == "waste-containers":
        lines += _fractions()
    return "".join(lines)


def _fractions() -> Iterator[str]:
    yield "\n| fraction | `recycling:…` or `waste=…` |\n|---|---|\n"
    by_fraction: dict[str, list[str]] = {}
    for key, fraction in FRACTIONS.items():
        by_fraction.setdefault(fraction, []).append(_code(key))
    yield from _rows((fraction, ", ".join(keys)) for fraction, keys in by_fraction.items())


def _rows(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    return ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)


def _code(text: str) -> str:
    return f"`{text}`"


if __name__ == "__main__":
    sys.stdout.write(render())
