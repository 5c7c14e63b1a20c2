"""Batches: what was changed together, over all collections that the reader may see. Newest first, page by page.

What was written past the application has no batch: there, the database's transaction stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from gis_core.errors import NotFound
from layers.policy import Access
from layers.queries.sql import Query
from layers.queries.versions import OPERATIONS, batch_name, read_reason

PAST = "transaction-"


@dataclass(frozen=True)
class BatchKey:
    """Of a batch its UUID; of a transaction past the application its number."""

    batch: UUID | None = None
    transaction: int | None = None

    @classmethod
    def parse(cls, text: str) -> BatchKey:
        """Raises NotFound for a text that names neither."""
        number = text.removeprefix(PAST)
        if text.startswith(PAST) and number.isascii() and number.isdigit() and len(number) < 19:
            return cls(transaction=int(number))
        try:
            return cls(batch=UUID(text))
        except ValueError as error:
            raise NotFound(f"There is no batch {text!r}.") from error

    def __str__(self) -> str:
        return batch_name(self.batch, self.transaction or 0)

    @property
    def condition(self) -> tuple[sql.Composable, list[Any]]:
        """Which rows of the history `e` are of it."""
        if self.batch is not None:
            return sql.SQL("e.pgh_context_id = %s"), [self.batch]
        return sql.SQL("e.pgh_context_id IS NULL AND e.transaction_id = %s"), [self.transaction]


@dataclass(frozen=True)
class Batch:
    """`counts`: collection -> operation -> features, as far as the reader may see them."""

    key: BatchKey
    at: datetime
    reason: dict[str, Any]
    database_role: str = ""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        told = {
            "batch": str(self.key),
            "at": self.at.isoformat(),
            "actor": "",
            "comment": "",
            "door": "database",
        }
        past = {"database_role": self.database_role} if self.key.batch is None else {}
        return {**told, **self.reason, **past, "counts": self.counts}


@dataclass(frozen=True)
class BatchFilter:
    """`since` is within, `until` without. After a page: `until` its last moment and `after` its last batch."""

    limit: int
    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    after: UUID | None = None


def batches(accesses: Sequence[Access], asked: BatchFilter) -> list[Batch]:
    """Those with a change in one of the collections that the reader may see."""
    found = [
        Batch(BatchKey(batch=id), at, read_reason(reason))
        for id, at, reason in _rows(told_batches_sql(accesses, asked))
    ]
    for access in accesses:
        found += [
            Batch(BatchKey(transaction=number), at, {}, role)
            for number, at, role in _rows(past_batches_sql(access, asked))
        ]
    found.sort(key=lambda batch: (batch.at, batch.key.batch.int if batch.key.batch else 0), reverse=True)
    return _counted(accesses, _once(found)[: asked.limit])


def _once(found: Sequence[Batch]) -> list[Batch]:
    """A transaction may have changed several collections."""
    return list({batch.key: batch for batch in found}.values())


def told_batches_sql(accesses: Sequence[Access], asked: BatchFilter) -> Query:
    """Rows (id, at, reason): from the reasons, by their index, down to those with a change that may be seen."""
    seen, params = [], []
    for access in accesses:
        readable, values = access.rows("e")
        text = sql.SQL("EXISTS (SELECT FROM {} AS e WHERE e.pgh_context_id = c.id AND {})")
        seen.append(text.format(sql.Identifier(access.collection.history_table), readable))
        params += values
    conditions, bound = _asked("c.created_at", asked)
    if asked.actor:
        conditions.append("c.metadata ->> 'actor' = %s")
        bound.append(asked.actor)
    text = sql.SQL(
        "SELECT c.id, c.created_at, c.metadata FROM pghistory_context AS c WHERE {asked} AND ({seen})"
        " ORDER BY c.created_at DESC, c.id DESC LIMIT %s"
    ).format(asked=sql.SQL(" AND ").join(map(sql.SQL, conditions)), seen=sql.SQL(" OR ").join(seen))
    return text, [*bound, *params, asked.limit]


def _asked(column: str, asked: BatchFilter) -> tuple[list[str], list[Any]]:
    conditions, params = ["true"], []
    if asked.since is not None:
        conditions.append(f"{column} >= %s")
        params.append(asked.since)
    if asked.until is not None and asked.after is not None:
        conditions.append("(c.created_at, c.id) < (%s, %s)")
        params += [asked.until, asked.after]
    elif asked.until is not None:
        conditions.append(f"{column} < %s")
        params.append(asked.until)
    return conditions, params


def past_batches_sql(access: Access, asked: BatchFilter) -> Query:
    """Rows (transaction, at, database role), newest transaction first, each found by one step in the index."""
    readable, values = access.rows("e")
    conditions, bound = _asked("of.at", BatchFilter(asked.limit, asked.since, asked.until))
    if asked.actor:
        conditions.append("of.role = %s")
        bound.append(asked.actor)
    text = sql.SQL(
        "WITH RECURSIVE step AS (SELECT max(transaction_id) AS number FROM {history} WHERE pgh_context_id IS NULL"
        " UNION ALL SELECT (SELECT max(transaction_id) FROM {history}"
        " WHERE pgh_context_id IS NULL AND transaction_id < step.number) FROM step WHERE step.number IS NOT NULL)"
        " SELECT step.number, of.at, of.role FROM step CROSS JOIN LATERAL"
        " (SELECT min(e.pgh_created_at) AS at, min(e.db_user) AS role FROM {history} AS e"
        " WHERE e.pgh_context_id IS NULL AND e.transaction_id = step.number AND {readable}) AS of"
        " WHERE of.at IS NOT NULL AND {asked} LIMIT %s"
    ).format(
        history=sql.Identifier(access.collection.history_table),
        readable=readable,
        asked=sql.SQL(" AND ").join(map(sql.SQL, conditions)),
    )
    return text, [*values, *bound, asked.limit]


def _counted(accesses: Sequence[Access], found: Sequence[Batch]) -> list[Batch]:
    by_key = {batch.key: batch for batch in found}
    for name, batch, number, label, count in _rows(counts_sql(accesses, list(by_key))):
        key = BatchKey(batch=batch) if batch is not None else BatchKey(transaction=number)
        by_key[key].counts.setdefault(name, {})[OPERATIONS[label]] = count
    return list(by_key.values())


def counts_sql(accesses: Sequence[Access], keys: Sequence[BatchKey]) -> Query:
    """Rows (collection, batch, transaction, label, features)."""
    told = [key.batch for key in keys if key.batch is not None]
    past = [key.transaction for key in keys if key.batch is None]
    parts, params = [], []
    for access in accesses:
        readable, values = access.rows("e")
        text = sql.SQL(
            "SELECT {name}, e.pgh_context_id, CASE WHEN e.pgh_context_id IS NULL THEN e.transaction_id END AS number,"
            " e.pgh_label, count(*) FROM {history} AS e WHERE (e.pgh_context_id = ANY (%s)"
            " OR (e.pgh_context_id IS NULL AND e.transaction_id = ANY (%s))) AND {readable} GROUP BY 1, 2, 3, 4"
        )
        parts.append(
            text.format(
                name=sql.Literal(access.collection.id),
                history=sql.Identifier(access.collection.history_table),
                readable=readable,
            )
        )
        params += [told, past, *values]
    return sql.SQL(" UNION ALL ").join(parts), params


def batch_of(accesses: Sequence[Access], key: BatchKey) -> Batch:
    """Raises NotFound for one that never was, or of which the reader may see nothing."""
    first = [_rows(first_change_sql(access, key)) for access in accesses]
    rows = [row for found in first for row in found]
    if not rows:
        raise NotFound(f"There is no batch {key}.")
    at, role, reason = min(rows, key=lambda row: row[0])
    (batch,) = _counted(accesses, [Batch(key, at, read_reason(reason), role)])
    return batch


def first_change_sql(access: Access, key: BatchKey) -> Query:
    condition, params = key.condition
    readable, values = access.rows("e")
    text = sql.SQL(
        "SELECT e.pgh_created_at, e.db_user, c.metadata FROM {history} AS e"
        " LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id WHERE {condition} AND {readable} LIMIT 1"
    ).format(history=sql.Identifier(access.collection.history_table), condition=condition, readable=readable)
    return text, [*params, *values]


@dataclass(frozen=True)
class Change:
    """One change of a batch. `event` is its row in the history of `collection`."""

    collection: str
    event: int
    id: int
    external_id: str | None
    operation: str
    version: int


def changes_of(
    accesses: Sequence[Access], key: BatchKey, *, limit: int, after: tuple[str, int] = ("", 0)
) -> list[Change]:
    """In the order of the catalogue, then as they were made; `after` is collection and event of the last one seen."""
    found: list[Change] = []
    names = [access.collection.id for access in accesses]
    start = names.index(after[0]) if after[0] in names else 0
    for place, access in enumerate(accesses[start:]):
        if len(found) == limit:
            break
        query = changes_sql(access, key, after[1] if place == 0 else 0, limit - len(found))
        found += [
            Change(access.collection.id, event, id, name, OPERATIONS[label], number)
            for event, id, name, label, number in _rows(query)
        ]
    return found


def changes_sql(access: Access, key: BatchKey, after: int, limit: int) -> Query:
    condition, params = key.condition
    readable, values = access.rows("e")
    shown = any(f.name == "external_id" for f in access.fields)
    text = sql.SQL(
        "SELECT e.pgh_id, e.id, {name}, e.pgh_label, e.version + (e.pgh_label = 'delete')::int FROM {history} AS e"
        " WHERE {condition} AND {readable} AND e.pgh_id > %s ORDER BY e.pgh_id LIMIT %s"
    ).format(
        name=sql.SQL("e.external_id" if shown else "NULL"),
        history=sql.Identifier(access.collection.history_table),
        condition=condition,
        readable=readable,
    )
    return text, [*params, *values, after, limit]


def _rows(query: Query) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return list(cursor.fetchall())
