"""The versions of one feature, as far as the reader may see it at each of them; and what lies between two.

A deletion counts as a version: its number is one above that of the state it ended, and it has no state itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from gis_core.actors import Actor
from gis_core.errors import Gone, NotFound
from gis_core.permissions import Role
from layers.definitions import STAMPS, Field
from layers.policy import Access
from layers.queries.items import COORDINATE_DIGITS, feature_json
from layers.queries.sql import Query, both, digest_sql

OPERATIONS = {"insert": "create", "update": "update", "delete": "delete"}
STAFF = (Role.PLANNER, Role.STEWARD, Role.AUDITOR, Role.ADMIN)
MOST_LISTED = 1000
_NUMBER = "e.version + (e.pgh_label = 'delete')::int"
_DIMENSION = {"Point": 1, "LineString": 2, "MultiPolygon": 3}  # as ST_CollectionExtract counts


def sees_people(actor: Actor) -> bool:
    """The public and crews are told when and what, not who and why."""
    return actor.has(*STAFF)


@dataclass(frozen=True)
class Version:
    """One entry of a feature's history. `event` is its row in the history table; `batch` names what it was part of."""

    event: int
    number: int
    operation: str
    at: datetime
    batch: str
    reason: dict[str, Any]
    database_role: str

    def as_dict(self, *, people: bool) -> dict[str, Any]:
        """What a reader is told; without `people`, neither who nor why, nor the batch that tells it."""
        told = self.reason if people else {}
        return {
            "version": self.number,
            "operation": self.operation,
            "at": self.at.isoformat(),
            "actor": told.get("actor", ""),
            "comment": told.get("comment", ""),
            "door": self.reason.get("door", "database"),
            "batch": self.batch if people else None,
            "unconditional": bool(self.reason.get("unconditional")),
            **({"database_role": self.database_role} if people and not self.reason else {}),
        }


@dataclass(frozen=True)
class State:
    """A feature as it was in a version. `feature` is GeoJSON text as the reader may see it."""

    event: int
    number: int
    at: datetime
    feature: str


def versions_of(access: Access, feature_id: int, *, limit: int, before: int | None = None) -> list[Version]:
    """Newest first; `before` is the `event` that the page before ended with. Empty for a feature never seen."""
    return [_version(*row) for row in _rows(versions_sql(access, feature_id, limit, before))]


def versions_sql(access: Access, feature_id: int, limit: int, before: int | None) -> Query:
    where, params = both((sql.SQL("e.id = %s"), [feature_id]), access.rows("e"), _older(before))
    text = sql.SQL(
        "SELECT e.pgh_id, {number}, e.pgh_label, e.pgh_created_at, e.pgh_context_id, e.transaction_id,"
        " c.metadata, e.db_user FROM {history} AS e LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id"
        " WHERE {where} ORDER BY e.pgh_id DESC LIMIT %s"
    ).format(number=sql.SQL(_NUMBER), history=_history(access), where=where)
    return text, [*params, limit]


def _older(event: int | None) -> tuple[sql.Composable, list[Any]]:
    return (sql.SQL("true"), []) if event is None else (sql.SQL("e.pgh_id < %s"), [event])


def _version(
    event: int, number: int, label: str, at: datetime, batch: Any, transaction: int, reason: Any, role: str
) -> Version:
    return Version(
        event, number, OPERATIONS[label], at, batch_name(batch, transaction), read_reason(reason), role
    )


def batch_name(batch: Any, transaction: int) -> str:
    """What was written past the application has no batch: the database's transaction stands for it."""
    return str(batch) if batch is not None else f"transaction-{transaction}"


def read_reason(metadata: Any) -> dict[str, Any]:
    found = json.loads(metadata) if isinstance(metadata, str) else metadata
    return found if isinstance(found, dict) else {}


def state_of(access: Access, feature_id: int, number: int) -> State:
    """Raises Gone for the version that is the deletion, NotFound for one that never was or may not be seen."""
    for event, at, feature in _rows(state_sql(access, feature_id, number)):
        if feature is None:
            raise Gone(
                f"Feature {feature_id} of {access.collection.id} was deleted: version {number} is the deletion."
            )
        return State(event, number, at, feature)
    raise NotFound(f"Feature {feature_id} of {access.collection.id} has no version {number}.")


def state_sql(access: Access, feature_id: int, number: int) -> Query:
    """One row (event, moment, GeoJSON text or NULL of a deletion), or none."""
    where, params = both((sql.SQL("t.id = %s"), [feature_id]), access.rows("t"))
    text = sql.SQL(
        "SELECT t.pgh_id, t.pgh_created_at, CASE WHEN t.pgh_label <> 'delete' THEN {feature} END"
        " FROM {history} AS t WHERE {where} AND t.version + (t.pgh_label = 'delete')::int = %s"
        " ORDER BY t.pgh_id DESC LIMIT 1"
    ).format(feature=feature_json(access), history=_history(access), where=where)
    return text, [*params, number]


def state_at(access: Access, feature_id: int, moment: datetime) -> State:
    """As it was at a moment. Raises Gone when it existed, but not then; NotFound when it never was."""
    found = _rows(state_at_sql(access, feature_id, moment))
    for event, number, at, feature in found:
        if feature is not None:
            return State(event, number, at, feature)
    if found or versions_of(access, feature_id, limit=1):
        raise Gone(f"Feature {feature_id} of {access.collection.id} did not exist at {moment.isoformat()}.")
    raise NotFound(f"{access.collection.id} has no feature {feature_id}.")


def state_at_sql(access: Access, feature_id: int, moment: datetime) -> Query:
    """The last event until the moment, if the reader may see it: (event, version, moment, GeoJSON text or NULL)."""
    readable, params = access.rows("t")
    text = sql.SQL(
        "SELECT t.pgh_id, t.version, t.pgh_created_at, CASE WHEN t.pgh_label <> 'delete' THEN {feature} END"
        " FROM (SELECT * FROM {history} WHERE id = %s AND pgh_created_at <= %s ORDER BY pgh_id DESC LIMIT 1) AS t"
        " WHERE {readable}"
    ).format(feature=feature_json(access), history=_history(access), readable=readable)
    return text, [feature_id, moment, *params]


def numbers_of(access: Access, feature_id: int) -> list[tuple[int, int, bool]]:
    """(event, number, is a deletion) of every version that the reader may see, oldest first."""
    readable, params = access.rows("e")
    text = sql.SQL(
        "SELECT e.pgh_id, {number}, e.pgh_label = 'delete' FROM {history} AS e"
        " WHERE e.id = %s AND {readable} ORDER BY e.pgh_id"
    ).format(number=sql.SQL(_NUMBER), history=_history(access), readable=readable)
    return _rows((text, [feature_id, *params]))


def last_event(access: Access, feature_id: int) -> tuple[int, bool]:
    """The feature's newest event, seen or not, and whether the feature stands. (0, False) for one that never was."""
    text = sql.SQL(
        "SELECT e.pgh_id, e.pgh_label <> 'delete' FROM {} AS e WHERE e.id = %s ORDER BY e.pgh_id DESC LIMIT 1"
    )
    found = _rows((text.format(_history(access)), [feature_id]))
    return found[0] if found else (0, False)


def changed_fields(access: Access, before: State | None, after: State | None) -> list[dict[str, Any]]:
    """{name, title, before, after} of the readable fields that differ; choices with their labels, long fields as their
    digests. Stamps left out."""
    old, new = ({**_properties(state), **_digests(access, state)} for state in (before, after))
    shown = [f for f in access.fields if f.name not in STAMPS | {"area_m2", "length_m"}]
    return [_change(f, old.get(f.name), new.get(f.name)) for f in shown if old.get(f.name) != new.get(f.name)]


def _change(field: Field, before: Any, after: Any) -> dict[str, Any]:
    told = {"name": field.name, "title": str(field.title), "before": before, "after": after}
    if field.unit:
        told["unit"] = field.unit
    if field.choices:
        told |= {"before_label": _label(field, before), "after_label": _label(field, after)}
    return told


def _label(field: Field, value: Any) -> str | None:
    return None if value is None else field.label(value)


def _properties(state: State | None) -> dict[str, Any]:
    return json.loads(state.feature)["properties"] if state else {}


def _digests(access: Access, state: State | None) -> dict[str, Any]:
    """Of what the state's text leaves out for its length."""
    names = [f.name for f in access.fields if f.on_request]
    if state is None or not names:
        return {}
    told = sql.SQL(", ").join(digest_sql("e", name) for name in names)
    text = sql.SQL("SELECT {} FROM {} AS e WHERE e.pgh_id = %s").format(told, _history(access))
    (row,) = _rows((text, [state.event]))
    return dict(zip(names, row, strict=True))


def changed_geometry(access: Access, before: State | None, after: State | None) -> dict[str, Any] | None:
    """None when it is the same; else {before, after, added, removed} in GeoJSON, and area_m2 or length_m."""
    if access.collection.geometry_type is None:
        return None
    ((same, *shapes, old, new),) = _rows(geometry_change_sql(access, before, after))
    if same:
        return None
    names = ("before", "after", "added", "removed")
    told: dict[str, Any] = {n: s and json.loads(s) for n, s in zip(names, shapes, strict=True)}
    measure = _measure(access)
    return told | ({measure: {"before": old, "after": new}} if measure else {})


def _measure(access: Access) -> str | None:
    """Geodesic, kept by the database; shown to whom the field is."""
    return next((f.name for f in access.fields if f.name in {"area_m2", "length_m"}), None)


def geometry_change_sql(access: Access, before: State | None, after: State | None) -> Query:
    """One row: same, before, after, added and removed (GeoJSON text or NULL), the measure before and after."""
    measure = _measure(access)
    text = sql.SQL(
        "SELECT a.geom IS NOT DISTINCT FROM b.geom, ST_AsGeoJSON(a.geom, {digits}), ST_AsGeoJSON(b.geom, {digits}),"
        " {added}, {removed}, {old}, {new} FROM (SELECT) AS nothing"
        " LEFT JOIN {history} AS a ON a.pgh_id = %s LEFT JOIN {history} AS b ON b.pgh_id = %s"
    ).format(
        digits=sql.Literal(COORDINATE_DIGITS),
        added=_part(access, "b", "a"),
        removed=_part(access, "a", "b"),
        old=sql.Identifier("a", measure) if measure else sql.NULL,
        new=sql.Identifier("b", measure) if measure else sql.NULL,
        history=_history(access),
    )
    return text, [before and before.event, after and after.event]


def _part(access: Access, one: str, other: str) -> sql.Composed:
    """GeoJSON text of what the one covers and the other does not, made valid; NULL when that is nothing."""
    shape = sql.SQL(
        "ST_CollectionExtract(ST_MakeValid(coalesce(ST_Difference({one}, {other}), {one})), {dimension})"
    ).format(
        one=sql.Identifier(one, "geom"),
        other=sql.Identifier(other, "geom"),
        dimension=sql.Literal(_DIMENSION[access.collection.geometry_type or "Point"]),
    )
    text = sql.SQL("CASE WHEN NOT ST_IsEmpty({shape}) THEN ST_AsGeoJSON({shape}, {digits}) END")
    return text.format(shape=shape, digits=sql.Literal(COORDINATE_DIGITS))


def _history(access: Access) -> sql.Identifier:
    return sql.Identifier(access.collection.history_table)


def _rows(query: Query) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return list(cursor.fetchall())
