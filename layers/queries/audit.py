"""Every change for the auditors: who, when, why, by which door, and each field before and after. Oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from layers.definitions import STAMPS, Field
from layers.policy import Access
from layers.queries.items import COORDINATE_DIGITS
from layers.queries.sql import Query, digest_sql


@dataclass(frozen=True)
class AuditFilter:
    """`since` is within, `until` without; `actor` a user name, or a database role of changes without a batch."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""


def audit_sql(accesses: Sequence[Access], asked: AuditFilter) -> Query:
    """Over all collections, by their moment, rows of: moment, event, batch, transaction, database role, reason (JSON
    text), collection, feature, external_id, label, version, and JSON text of the state before and after.
    """
    parts, params = [], []
    for access in accesses:
        text, values = _of_collection(access, asked)
        parts.append(text)
        params += values
    return sql.SQL("{} ORDER BY 1, 2").format(sql.SQL(" UNION ALL ").join(parts)), params


def _of_collection(access: Access, asked: AuditFilter) -> Query:
    """Of an insert there is no before, of a delete no after; a state before that may not be seen is none."""
    readable, values = access.rows("e")
    readable_before, values_before = access.rows("b")
    conditions, bound = _asked(asked)
    text = sql.SQL(
        "SELECT e.pgh_created_at, e.pgh_id, e.pgh_context_id::text, e.transaction_id, e.db_user, c.metadata::text,"
        " {collection}, e.id, {name}, e.pgh_label, e.version + (e.pgh_label = 'delete')::int,"
        " CASE WHEN e.pgh_label = 'delete' THEN {own} ELSE {before} END,"
        " CASE WHEN e.pgh_label <> 'delete' THEN {own} END"
        " FROM {history} AS e LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id"
        " LEFT JOIN LATERAL (SELECT b.* FROM {history} AS b WHERE b.id = e.id AND b.pgh_id < e.pgh_id"
        " AND e.pgh_label = 'update' AND {readable_before} ORDER BY b.pgh_id DESC LIMIT 1) AS b ON true"
        " WHERE {readable} AND {asked}"
    ).format(
        collection=sql.Literal(access.collection.id),
        name=sql.SQL("e.external_id" if "external_id" in map(_name, access.fields) else "NULL::varchar"),
        own=_values(access, "e"),
        before=_values(access, "b"),
        history=sql.Identifier(access.collection.history_table),
        readable=readable,
        readable_before=readable_before,
        asked=sql.SQL(conditions),
    )
    return text, [*values_before, *values, *bound]


def _asked(asked: AuditFilter) -> tuple[str, list[Any]]:
    conditions, params = ["true"], []
    if asked.since is not None:
        conditions.append("e.pgh_created_at >= %s")
        params.append(asked.since)
    if asked.until is not None:
        conditions.append("e.pgh_created_at < %s")
        params.append(asked.until)
    if asked.actor:
        conditions.append("coalesce(c.metadata ->> 'actor', e.db_user) = %s")
        params.append(asked.actor)
    return " AND ".join(conditions), params


def _name(field: Field) -> str:
    return field.name


def _values(access: Access, alias: str) -> sql.Composed:
    """JSON text of the fields that the reader may see, long ones as their digests, and the geometry."""
    pairs = [
        sql.SQL("{}, {}").format(
            sql.Literal(f.name), digest_sql(alias, f.name) if f.on_request else sql.Identifier(alias, f.name)
        )
        for f in access.fields
        if f.name not in STAMPS
    ]
    if access.collection.geometry_type:
        shape = sql.SQL("'geometry', ST_AsGeoJSON({}, {})::json")
        pairs.append(shape.format(sql.Identifier(alias, "geom"), sql.Literal(COORDINATE_DIGITS)))
    text = sql.SQL("CASE WHEN {} IS NOT NULL THEN json_build_object({})::text END")
    return text.format(sql.Identifier(alias, "pgh_id"), sql.SQL(", ").join(pairs))
