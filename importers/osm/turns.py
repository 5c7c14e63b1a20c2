"""Turn restrictions named by the sections that their ways became."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import shapely

from importers.osm.extract import Extract, Restriction
from importers.osm.mapping import RESTRICTION_KEYS, RESTRICTIONS
from importers.osm.streets import Section

_OUR_VEHICLES = frozenset({"motorcar", "motor_vehicle", "hgv"})


@dataclass(frozen=True)
class Turn:
    external_id: str
    kind: str
    from_street: str
    to_street: str
    geom: shapely.Point


class _Skipped(Exception):
    """The reason why a relation gives no turn."""


def resolve_turns(extract: Extract, sections: list[Section]) -> list[Turn]:
    """Turns of all relations that speak of one node between two kept sections; the others are counted."""
    by_way: dict[int, list[Section]] = defaultdict(list)
    for section in sections:
        by_way[section.way.id].append(section)
    return list(_turns(extract, by_way))


def _turns(extract: Extract, by_way: dict[int, list[Section]]) -> Iterator[Turn]:
    for restriction in extract.restrictions:
        try:
            yield _turn(restriction, by_way)
        except _Skipped as reason:
            extract.skip("turn-restrictions", str(reason))


def _turn(restriction: Restriction, by_way: dict[int, list[Section]]) -> Turn:
    kind = _kind(restriction)
    from_way, via, to_way = _members(restriction)
    arriving = [s for s in by_way[from_way] if _can_end_at(s, via)]
    leaving = [s for s in by_way[to_way] if _can_start_at(s, via)]
    if not arriving or not leaving:
        raise _Skipped("its streets do not meet at the node, or lie outside the box")
    if len(arriving) > 1 or len(leaving) > 1:
        raise _Skipped("its street passes through the node instead of ending there")
    place = arriving[0].line.coords[-1 if arriving[0].end == via else 0]
    return Turn(
        f"osm:relation/{restriction.id}",
        kind,
        arriving[0].external_id,
        leaving[0].external_id,
        shapely.Point(place),
    )


def _kind(restriction: Restriction) -> str:
    tags = restriction.tags
    kind = next((tags[key] for key in RESTRICTION_KEYS if key in tags), None)
    if kind is None:
        raise _Skipped("only at certain times, or for other vehicles")
    if kind not in RESTRICTIONS:
        raise _Skipped(f"restriction={kind} is not one of ours")
    if _OUR_VEHICLES & set(tags.get("except", "").replace(" ", "").split(";")):
        raise _Skipped("excepts motor vehicles")
    return kind


def _members(restriction: Restriction) -> tuple[int, int, int]:
    """Ids of the way from, the node via, the way to."""
    found = {
        role: [(kind, ref) for kind, ref, r in restriction.members if r == role]
        for role in ("from", "via", "to")
    }
    if any(kind == "w" for kind, _ref in found["via"]):
        raise _Skipped("goes via a way")
    if [len(found[role]) for role in ("from", "via", "to")] != [1, 1, 1]:
        raise _Skipped("has not one from, one via and one to")
    return found["from"][0][1], found["via"][0][1], found["to"][0][1]


def _can_end_at(section: Section, node: int) -> bool:
    direction = section.way.sets["one_way"]
    return (section.end == node and direction != "backward") or (
        section.start == node and direction != "forward"
    )


def _can_start_at(section: Section, node: int) -> bool:
    direction = section.way.sets["one_way"]
    return (section.start == node and direction != "backward") or (
        section.end == node and direction != "forward"
    )
