"""The one door that changes single features: create, replace, patch, delete, undelete; all or nothing, with a reason.

Order of one call: lock the rows, judge versions and rights, write, judge the rules of what then stands, commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from gis_core.actors import Actor
from gis_core.errors import NotAllowed, NotFound, PreconditionRequired, RulesBroken
from gis_core.geometry import BBox
from gis_core.history import recorded
from layers.events import features_changed
from layers.policy import Access, access_to, require_write
from layers.queries.revisions import revision_of
from layers.registry import get_collection
from layers.services import statements
from layers.services.bodies import Body, read_patch, read_whole
from layers.services.broken import Broken
from layers.services.conflicts import conflict_of, is_gone
from layers.services.constraints import broken_constraint
from layers.services.copies import copied_values
from layers.services.neighbours import broken_by
from layers.services.rows import Row, answered, lock_rows


@dataclass(frozen=True)
class Create:
    """`feature`: a GeoJSON Feature; its id is given by the database.

    copy_of: a feature whose columns it takes over where it does not give its own (layers.services.copies).
    """

    collection: str
    feature: Mapping[str, Any]
    copy_of: int | None = None


@dataclass(frozen=True)
class Replace:
    """Every property that is left out goes back to its default, but those that answers leave out.

    `expected`: the version it was made from.
    """

    collection: str
    id: int
    feature: Mapping[str, Any]
    expected: int | None = None


@dataclass(frozen=True)
class Patch:
    """`patch`: a JSON Merge Patch (RFC 7396) of {"geometry": …, "properties": {…}}."""

    collection: str
    id: int
    patch: Mapping[str, Any]
    expected: int | None = None


@dataclass(frozen=True)
class Delete:
    collection: str
    id: int
    expected: int | None = None


@dataclass(frozen=True)
class Undelete:
    """Bring a deleted feature back under its id, as it was in `version`."""

    collection: str
    id: int
    version: int


Edit = Create | Replace | Patch | Delete | Undelete
ACTIONS = {Create: "create", Replace: "replace", Patch: "patch", Delete: "delete", Undelete: "undelete"}


@dataclass(frozen=True)
class Edited:
    """What an edit did. `feature` is GeoJSON text in CRS84 as an answer to the actor tells it, None after a delete."""

    collection: str
    id: int
    version: int
    action: str
    feature: str | None


@dataclass(frozen=True)
class Applied:
    batch: UUID
    edits: tuple[Edited, ...]


@dataclass
class _Work:
    """What one call gathers on its way."""

    actor: Actor
    srid: int
    flips_axes: bool
    accesses: dict[str, Access] = field(default_factory=dict)
    rows: dict[tuple[str, int], Row] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    moved: dict[str, list[int]] = field(default_factory=dict)  # collection -> ids whose geometry is new
    bounds: dict[str, list[tuple[float, float, float, float]]] = field(default_factory=dict)

    def access(self, collection_id: str) -> Access:
        if collection_id not in self.accesses:
            access = access_to(self.actor, get_collection(collection_id))
            require_write(access)
            self.accesses[collection_id] = access
        return self.accesses[collection_id]

    def complain(self, collection: str, feature_id: int | None, broken: Iterable[Broken]) -> None:
        self.faults += [fault.as_dict(collection, feature_id) for fault in broken]

    def touch(self, collection: str, shape: Any) -> None:
        if shape is not None:
            self.bounds.setdefault(collection, []).append(shape.bounds)


def apply_edits(
    actor: Actor,
    edits: Sequence[Edit],
    *,
    comment: str = "",
    door: str = "api",
    srid: int = 4326,
    flips_axes: bool = False,
    dry_run: bool = False,
    **more: Any,
) -> Applied:
    """All edits or none, in one transaction and one batch of the history.

    srid, flips_axes: how the given geometries are to be read (see layers.services.shapes.read_shape).
    dry_run: the same answer or error, and nothing changed. more: further parts of the batch's reason, as JSON.
    Raises NotFound, NotAuthenticated, NotAllowed; PreconditionRequired for an edit without `expected` (a token made
    for clients without preconditions excepted); PreconditionFailed with base, theirs and yours; RulesBroken with
    one entry in `errors` for each broken rule.
    """
    work = _Work(actor, srid, flips_axes)
    blind = [edit for edit in edits if getattr(edit, "expected", 0) is None]
    if blind and not actor.unconditional:
        raise PreconditionRequired(
            "Say which version your change was made from: send the feature's ETag in If-Match."
        )
    with recorded(actor, comment=comment, door=door, unconditional=bool(blind), **more) as batch:
        _lock(work, edits)
        done = [_apply(work, edit) for edit in edits]
        _judge(work)
        if dry_run:
            transaction.set_rollback(True)
        else:
            _announce(work)
    return Applied(batch, tuple(edited for edited in done if edited is not None))


def _lock(work: _Work, edits: Sequence[Edit]) -> None:
    """All rows at once, collections and ids in order, so that two batches never wait for each other in a circle."""
    wanted: dict[str, set[int]] = {}
    for edit in edits:
        work.access(edit.collection)
        if not isinstance(edit, Create):
            wanted.setdefault(edit.collection, set()).add(edit.id)
    for collection_id in sorted(wanted):
        found = lock_rows(work.access(collection_id), sorted(wanted[collection_id]))
        work.rows |= {(collection_id, row.id): row for row in found}


def _apply(work: _Work, edit: Edit) -> Edited | None:
    """None when the edit broke rules, which are kept for the end."""
    access = work.access(edit.collection)
    match edit:
        case Create():
            return _create(work, access, edit)
        case Undelete():
            return _undelete(work, access, edit)
        case _:
            row = _current(work, access, edit)
            return (
                _delete(work, access, row) if isinstance(edit, Delete) else _change(work, access, edit, row)
            )


def _current(work: _Work, access: Access, edit: Replace | Patch | Delete) -> Row:
    """The row as it is now. Raises NotFound, NotAllowed, PreconditionFailed."""
    row = work.rows.get((edit.collection, edit.id))
    if row is None or not row.readable:
        if row is None and edit.expected is not None and is_gone(access, edit.id):
            raise conflict_of(access, edit.id, edit.expected, edit, None)
        raise NotFound(f"{edit.collection} has no feature {edit.id}.")
    if not row.writable:
        raise NotAllowed(_not_yours(access, edit.id))
    if edit.expected is not None and edit.expected != row.version:
        raise conflict_of(access, edit.id, edit.expected, edit, row)
    return row


def _not_yours(access: Access, feature_id: int) -> str:
    told = f"Feature {feature_id} of {access.collection.id} lies outside the areas where you may write"
    only = " and ".join(f"{name}={value}" for name, value in access.where.items())
    return f"{told}, or is no longer {only}." if only else f"{told}."


def _create(work: _Work, access: Access, edit: Create) -> Edited | None:
    body = read_whole(access, edit.feature, None, srid=work.srid, flips_axes=work.flips_axes)
    copied = copied_values(access, edit.copy_of) if edit.copy_of is not None else {}
    if broken := [fault for fault in body.broken if fault.field not in copied]:
        return work.complain(edit.collection, None, broken)
    values = copied | {n: value for n, value in body.values.items() if value is not statements.DEFAULT}
    return _written(work, access, "create", body, statements.insert_sql(access, values), None)


def _change(work: _Work, access: Access, edit: Replace | Patch, row: Row) -> Edited | None:
    given = {"srid": work.srid, "flips_axes": work.flips_axes}
    body = (
        read_whole(access, edit.feature, row, **given)
        if isinstance(edit, Replace)
        else read_patch(access, edit.patch, row, **given)
    )
    if body.broken:
        return work.complain(edit.collection, edit.id, body.broken)
    if not body.values:
        told = answered(access, row.feature)
        return Edited(edit.collection, edit.id, row.version, ACTIONS[type(edit)], told)
    work.touch(edit.collection, row.shape)
    query = statements.update_sql(access, edit.id, body.values)
    return _written(work, access, ACTIONS[type(edit)], body, query, row)


def _written(
    work: _Work, access: Access, action: str, body: Body, query: statements.Query, row: Row | None
) -> Edited | None:
    collection = access.collection
    try:
        with connection.cursor() as cursor:
            cursor.execute(*query)
            feature_id, version, writable, feature = cursor.fetchone()
    except IntegrityError as error:
        work.complain(
            collection.id, row.id if row else None, [broken_constraint(collection, error, body.values)]
        )
        raise _refusal(work) from error
    if not writable:
        raise NotAllowed(f"You may not write in that part of the city ({collection.id}).")
    if body.shape is not None:
        work.moved.setdefault(collection.id, []).append(feature_id)
        work.touch(collection.id, body.shape)
    if row is not None:  # a second edit of the same feature in this batch goes on from here
        work.rows[collection.id, feature_id] = row.changed(version, feature, body.shape)
    return Edited(collection.id, feature_id, version, action, answered(access, feature))


def _delete(work: _Work, access: Access, row: Row) -> Edited:
    with connection.cursor() as cursor:
        cursor.execute(*statements.delete_sql(access, row.id))
    work.touch(access.collection.id, row.shape)
    work.rows.pop((access.collection.id, row.id))
    return Edited(access.collection.id, row.id, row.version, "delete", None)


def _undelete(work: _Work, access: Access, edit: Undelete) -> Edited:
    try:
        with connection.cursor() as cursor:
            cursor.execute(*statements.undelete_sql(access, edit.id, edit.version))
            found = cursor.fetchone()
    except IntegrityError as error:  # its identifier, say, belongs to another feature by now
        work.complain(edit.collection, edit.id, [broken_constraint(access.collection, error, {})])
        raise _refusal(work) from error
    if found is None:
        raise NotFound(f"{edit.collection} has no deleted feature {edit.id} with a version {edit.version}.")
    feature_id, version, writable, feature = found
    if not writable:
        raise NotAllowed(f"You may not write in that part of the city ({edit.collection}).")
    work.moved.setdefault(edit.collection, []).append(feature_id)
    (row,) = lock_rows(access, [feature_id])
    work.touch(edit.collection, row.shape)
    return Edited(edit.collection, feature_id, version, "undelete", answered(access, feature))


def _judge(work: _Work) -> None:
    """The rules between features hold for what stands after the last edit. Raises RulesBroken."""
    for collection_id, ids in work.moved.items():
        for feature_id, broken in broken_by(work.access(collection_id).collection, ids):
            work.complain(collection_id, feature_id, [broken])
    if work.faults:
        raise _refusal(work)


def _refusal(work: _Work) -> RulesBroken:
    first = work.faults[0]
    rest = f" ({len(work.faults)} rules in all.)" if len(work.faults) > 1 else ""
    return RulesBroken(f"{first['field']} {first['rule']}. {first['cure']}{rest}", errors=work.faults)


def _announce(work: _Work) -> None:
    """One signal for each collection, on commit, with the box of the old and the new geometries."""
    if not features_changed.has_listeners():
        return
    for collection_id in work.accesses:
        boxes = work.bounds.get(collection_id)
        transaction.on_commit(partial(_send, collection_id, _around(boxes) if boxes else None))


def _send(collection_id: str, box: BBox | None) -> None:
    features_changed.send(
        sender=apply_edits, collection=collection_id, bbox=box, revision=revision_of(collection_id)
    )


def _around(boxes: Sequence[tuple[float, float, float, float]]) -> BBox:
    west, south, east, north = zip(*boxes, strict=True)
    return BBox(min(west), min(south), max(east), max(north))
