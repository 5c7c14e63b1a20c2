"""The SQL that seals and checks history: digests of rows and reasons, and what a sound history cannot hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.apps import apps
from django.db.models import GeneratedField
from psycopg import sql

from layers.definitions import Collection
from layers.queries.sql import Query, columns, table

# A value has one text whatever the session is set to.
CANONICAL = (
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';"
    " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
)
_REASON = "ROW(c.id, c.created_at, c.updated_at, c.metadata)"


def history(collection: Collection) -> sql.Identifier:
    return sql.Identifier(collection.history_table)


def history_columns(collection: Collection) -> list[str]:
    """Every column of the history, in the order of the model."""
    event = apps.get_model("layers", f"{collection.model.__name__}Event")
    return [field.column for field in event._meta.concrete_fields]


def kept_columns(collection: Collection) -> list[str]:
    """The feature's own columns that stand in its history as well; generated ones apart."""
    kept = set(history_columns(collection))
    fields = collection.model._meta.concrete_fields
    return [f.column for f in fields if f.column in kept and not isinstance(f, GeneratedField)]


def written_until_sql(collection: Collection) -> Query:
    """One row: the number of the newest row.

    A row above the sequence was not written by a trigger: it must not draw rows to come into a sealed range.
    """
    text = sql.SQL(
        "SELECT least(max(pgh_id), pg_sequence_last_value(pg_get_serial_sequence({name}, 'pgh_id')::regclass))"
        " FROM {history}"
    )
    return text.format(name=sql.Literal(collection.history_table), history=history(collection)), []


def writing_sql(collections: Sequence[Collection]) -> Query:
    """Rows (virtual transaction, process) that hold a writer's lock on a history, this transaction apart.

    A row gets its number under that lock, and the lock ends with the transaction. A prepared one has no process.
    """
    text = sql.SQL(
        "SELECT DISTINCT virtualtransaction, pid FROM pg_locks WHERE locktype = 'relation' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND relation = ANY (%s::regclass[]::oid[]) AND mode = ANY (%s) AND pid IS DISTINCT FROM pg_backend_pid()"
    )
    modes = ["RowExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]
    return text, [[c.history_table for c in collections], modes]


def digests_sql(
    collection: Collection, names: Sequence[str], first: int, last: int, limit: int | None = None
) -> Query:
    """Rows (pgh_id, SHA-256 of the row's text, batch or NULL) in the order of pgh_id."""
    text = sql.SQL(
        "SELECT e.pgh_id, sha256(convert_to(ROW({columns})::text, 'UTF8')), e.pgh_context_id"
        " FROM {history} AS e WHERE e.pgh_id BETWEEN %s AND %s ORDER BY e.pgh_id LIMIT %s"
    ).format(columns=columns(names, "e"), history=history(collection))
    return text, [first, last, limit]


def reasons_sql(batches: Iterable[UUID]) -> Query:
    """Rows (id, SHA-256 of the reason's text) in the order of id."""
    text = sql.SQL(
        "SELECT c.id, sha256(convert_to({reason}::text, 'UTF8')) FROM pghistory_context AS c"
        " WHERE c.id = ANY (%s) ORDER BY c.id"
    ).format(reason=sql.SQL(_REASON))
    return text, [sorted(batches)]


def differing_sql(collection: Collection, limit: int) -> Query:
    """Rows (feature id, in the table, last label, differs): features that are not what their last event says."""
    kept = kept_columns(collection)
    text = sql.SQL(
        "SELECT coalesce(t.id, e.id), t.id IS NOT NULL, e.pgh_label FROM {table} AS t FULL JOIN"
        " (SELECT DISTINCT ON (id) * FROM {history} ORDER BY id, pgh_id DESC) AS e ON e.id = t.id"
        " WHERE CASE WHEN t.id IS NULL THEN e.pgh_label <> 'delete'"
        " WHEN e.id IS NULL OR e.pgh_label = 'delete' THEN true"
        " ELSE ROW({live}) IS DISTINCT FROM ROW({past}) END ORDER BY 1 LIMIT %s"
    ).format(
        table=table(collection),
        history=history(collection),
        live=columns(kept, "t"),
        past=columns(kept, "e"),
    )
    return text, [limit]


def broken_order_sql(collection: Collection, limit: int) -> Query:
    """Rows (feature id, pgh_id, label, version, label before, version before): steps that no edit makes.

    An insert begins a feature or follows its delete; an update is one version on; a delete keeps the version.
    """
    text = sql.SQL(
        "SELECT id, pgh_id, pgh_label, version, label_before, version_before FROM ("
        " SELECT id, pgh_id, pgh_label, version, lag(pgh_label) OVER steps AS label_before,"
        " lag(version) OVER steps AS version_before FROM {history}"
        " WINDOW steps AS (PARTITION BY id ORDER BY pgh_id)) AS step"
        " WHERE (CASE pgh_label WHEN 'insert' THEN coalesce(label_before, 'delete') = 'delete'"
        " WHEN 'update' THEN label_before <> 'delete' AND version = version_before + 1"
        " WHEN 'delete' THEN label_before <> 'delete' AND version = version_before END) IS NOT TRUE"
        " ORDER BY pgh_id LIMIT %s"
    ).format(history=history(collection))
    return text, [limit]


def unsealed_sql(collection: Collection, after: int) -> Query:
    """One row: how many rows come after the last sealed one, and since when."""
    text = sql.SQL("SELECT count(*), min(pgh_created_at) FROM {} WHERE pgh_id > %s")
    return text.format(history(collection)), [after]
