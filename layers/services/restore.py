"""Bring back what was: one version of a feature, a deleted feature, or the state before a whole batch.

A restored state is a change like any other: judged by rights and rules, with a version and a reason of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from gis_core.actors import Actor
from gis_core.errors import Conflict, NotAllowed, NotFound, TooLarge
from layers.definitions import Collection
from layers.policy import Access, access_to, require_write
from layers.queries.batches import BatchKey
from layers.queries.sql import Query
from layers.queries.versions import last_event, read_reason, sees_people, state_of
from layers.registry import COLLECTIONS, get_collection
from layers.services.edit import Applied, Delete, Edit, Patch, Undelete, apply_edits

DOOR = "restore"
MOST_REVERTED = 10_000
_FULL_DIGITS = 15


def restore_version(
    actor: Actor,
    collection_id: str,
    feature_id: int,
    number: int,
    *,
    expected: int | None = None,
    comment: str = "",
) -> Applied:
    """The feature as it was in a version, as far as the actor may write its fields; a deleted one comes back whole.

    expected: the version that the actor saw last; of a deleted feature it is not asked for.
    Raises NotFound, Gone (that version is a deletion), NotAllowed, and what apply_edits raises.
    """
    access = access_to(actor, get_collection(collection_id))
    require_write(access)
    state = state_of(access, feature_id, number)
    last, stands = last_event(access, feature_id)
    edit: Edit = (
        Patch(collection_id, feature_id, _patch(access, state.event, last), expected)
        if stands
        else Undelete(collection_id, feature_id, number)
    )
    return apply_edits(actor, [edit], comment=comment, door=DOOR, restores={"version": number})


def _patch(access: Access, event: int, now: int) -> dict[str, Any]:
    """A merge patch from the state of one history row to that of another: only what differs, of what the actor may
    write. A geometry that is the same stays out, so that it is not stored with fewer digits."""
    old, old_shape = _state(access.collection, event)
    new, new_shape = _state(access.collection, now)
    properties = {name: old[name] for name in access.writable if old[name] != new[name]}
    moved = {} if old_shape == new_shape else {"geometry": json.loads(old_shape)}
    return {"properties": properties, **moved}


def _state(collection: Collection, event: int) -> tuple[dict[str, Any], Any]:
    ((properties, geometry),) = _rows(state_sql(collection, event))
    return json.loads(properties), geometry


def state_sql(collection: Collection, event: int) -> Query:
    """One row: the writable columns as JSON, and the geometry as GeoJSON text in full precision."""
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, {}").format(sql.Literal(name), sql.Identifier("t", name)) for name in collection.writable
    )
    geometry = f"ST_AsGeoJSON(t.geom, {_FULL_DIGITS})" if collection.geometry_type else "NULL"
    text = sql.SQL(
        "SELECT json_build_object({pairs})::text, {geometry} FROM {history} AS t WHERE t.pgh_id = %s"
    )
    return text.format(
        pairs=pairs, geometry=sql.SQL(geometry), history=sql.Identifier(collection.history_table)
    ), [event]


@dataclass(frozen=True)
class Touched:
    """A feature that a batch changed: its last event at all, the batch's last one, and the one before the batch."""

    collection: str
    id: int
    last_in_batch: int
    last: int
    label: str
    version: int
    reason: dict[str, Any]
    before: int | None
    version_before: int | None
    label_before: str | None

    @property
    def stood_before(self) -> bool:
        return self.label_before is not None and self.label_before != "delete"

    @property
    def stands(self) -> bool:
        return self.label != "delete"


def revert_batch(actor: Actor, key: BatchKey, *, comment: str = "") -> Applied:
    """Every feature of the batch as it was before it, over all its collections, or none.

    Raises NotFound; NotAllowed when the batch changed what the actor may not see or write; Conflict when another
    batch changed one of its features since (`changed`: which, and to what version); TooLarge.
    """
    with transaction.atomic():
        touched = _touched_by(key)
        accesses = _accesses(actor, touched)
        _refuse_changed_since(actor, touched)
        edits = [edit for one in touched for edit in _undo(accesses[one.collection], one)]
        edits.sort(key=lambda edit: _ORDER[type(edit)])
        return apply_edits(actor, edits, comment=comment, door=DOOR, reverts=str(key))


# What was made goes first, so that what was deleted finds its identifier free.
_ORDER = {Delete: 0, Patch: 1, Undelete: 2}


def _touched_by(key: BatchKey) -> list[Touched]:
    found: list[Touched] = []
    for collection in COLLECTIONS.values():
        rows = _rows(touched_sql(collection, key, MOST_REVERTED + 1 - len(found)))
        found += [Touched(collection.id, *row[:5], read_reason(row[5]), *row[6:]) for row in rows]
        if len(found) > MOST_REVERTED:
            raise TooLarge(
                f"Batch {key} changed more than {MOST_REVERTED} features; load the older state instead."
            )
    if not found:
        raise NotFound(f"There is no batch {key}.")
    return found


def touched_sql(collection: Collection, key: BatchKey, limit: int) -> Query:
    """Rows with the columns of Touched, all but the collection."""
    condition, params = key.condition
    text = sql.SQL(
        "SELECT own.id, own.last, newest.pgh_id, newest.pgh_label, newest.version, c.metadata,"
        " older.pgh_id, older.version, older.pgh_label"
        " FROM (SELECT e.id, min(e.pgh_id) AS first, max(e.pgh_id) AS last FROM {history} AS e WHERE {condition}"
        " GROUP BY e.id ORDER BY e.id LIMIT %s) AS own"
        " CROSS JOIN LATERAL (SELECT * FROM {history} AS h WHERE h.id = own.id ORDER BY h.pgh_id DESC LIMIT 1)"
        " AS newest"
        " LEFT JOIN LATERAL (SELECT * FROM {history} AS h WHERE h.id = own.id AND h.pgh_id < own.first"
        " ORDER BY h.pgh_id DESC LIMIT 1) AS older ON true"
        " LEFT JOIN pghistory_context AS c ON c.id = newest.pgh_context_id ORDER BY own.id"
    ).format(history=sql.Identifier(collection.history_table), condition=condition)
    return text, [*params, limit]


def _accesses(actor: Actor, touched: Sequence[Touched]) -> Mapping[str, Access]:
    """Of each collection of the batch. Raises NotAllowed when any of its features is not the actor's to change."""
    names = sorted({one.collection for one in touched})
    accesses = {name: access_to(actor, get_collection(name)) for name in names}
    for name, access in accesses.items():
        require_write(access)
        events = [one.last for one in touched if one.collection == name]
        events += [one.before for one in touched if one.collection == name and one.before is not None]
        if _rows(out_of_reach_sql(access, events)):
            raise NotAllowed(f"This batch changed features of {name} outside the areas where you may write.")
    return accesses


def out_of_reach_sql(access: Access, events: Sequence[int]) -> Query:
    """A row when one of the history rows may not be read and written by the actor."""
    readable, reading = access.rows("e")
    writable, writing = access.writable_rows("e")
    text = sql.SQL("SELECT 1 FROM {} AS e WHERE e.pgh_id = ANY (%s) AND NOT ({} AND {}) LIMIT 1")
    history = sql.Identifier(access.collection.history_table)
    return text.format(history, readable, writable), [list(events), *reading, *writing]


def _refuse_changed_since(actor: Actor, touched: Sequence[Touched]) -> None:
    newer = [one for one in touched if one.last != one.last_in_batch]
    if not newer:
        return
    changed = [
        {
            "collection": one.collection,
            "id": one.id,
            "version": one.version + (not one.stands),
            "changed_by": one.reason.get("actor", "") if sees_people(actor) else "",
        }
        for one in newer
    ]
    named = ", ".join(f"{one.collection} {one.id}" for one in newer[:10])
    raise Conflict(
        f"{len(newer)} of the batch's features were changed since: {named}. Nothing was reverted; revert the later"
        " changes first, or restore single features.",
        changed=changed,
    )


def _undo(access: Access, one: Touched) -> Iterator[Edit]:
    if not one.stood_before:
        if one.stands:
            yield Delete(one.collection, one.id, one.version)
    elif not one.stands:
        yield Undelete(one.collection, one.id, int(one.version_before or 0))
    else:
        _refuse_locked(access, one)
        yield Patch(one.collection, one.id, _patch(access, int(one.before or 0), one.last), one.version)


def _refuse_locked(access: Access, one: Touched) -> None:
    """A revert is whole: a field that the actor may not write must not have been changed."""
    now, before = (_state(access.collection, event)[0] for event in (one.last, int(one.before or 0)))
    fields = [name for name in access.collection.writable if now[name] != before[name]]
    locked = [name for name in fields if name not in access.writable]
    if locked:
        shown = ", ".join(name for name in locked if name not in access.hidden)
        what = f"{shown} of" if shown else "fields that you do not see of"
        raise NotAllowed(
            f"This batch changed {what} {one.collection} {one.id}, which you may not write; ask a steward."
        )


def _rows(query: Query) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return list(cursor.fetchall())
