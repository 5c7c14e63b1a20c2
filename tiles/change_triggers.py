"""The triggers that note what a statement changed, on every spatial collection, kept in step with the catalogue."""

from __future__ import annotations

from django.db import connections
from psycopg import sql

from layers.registry import COLLECTIONS

# They fire after casagis_revise, because triggers of one event fire in the order of their names: the revision they
# note is the one that this statement made. An update is told twice, with the rows before and with those after it.
TRIGGERS = {
    "casagis_tell_delete": "DELETE ON {table} REFERENCING OLD TABLE AS touched",
    "casagis_tell_insert": "INSERT ON {table} REFERENCING NEW TABLE AS touched",
    "casagis_tell_truncate": "TRUNCATE ON {table}",
    "casagis_tell_update_from": "UPDATE ON {table} REFERENCING OLD TABLE AS touched",
    "casagis_tell_update_to": "UPDATE ON {table} REFERENCING NEW TABLE AS touched",
}
_PRESENT = """
SELECT c.relname, t.tgname, convert_from(rtrim(t.tgargs, '\\x00'::bytea), 'UTF8')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname LIKE 'casagis\\_tell\\_%%' AND c.relnamespace = current_schema()::regnamespace
"""
Trigger = tuple[str, str, str]  # table, trigger, collection


def apply_change_triggers(using: str = "default", **_signal: object) -> None:
    """For post_migrate. Collections without geometry are in no tile and need none."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace")
        tables = {name for (name,) in cursor.fetchall()}
        if "tiles_change" not in tables:  # migrated back to before there was a log
            return
        cursor.execute(_PRESENT)
        present: set[Trigger] = set(cursor.fetchall())
        wanted = _wanted(tables)
        for table, name, _collection in sorted(present - wanted):
            cursor.execute(
                sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(name), sql.Identifier(table))
            )
        for trigger in sorted(wanted - present):
            cursor.execute(_create_sql(*trigger))


def _wanted(tables: set[str]) -> set[Trigger]:
    return {
        (collection.table, name, collection.id)
        for collection in COLLECTIONS.values()
        if collection.geometry_type and collection.table in tables
        for name in TRIGGERS
    }


def _create_sql(table: str, name: str, collection: str) -> sql.Composed:
    return sql.SQL(
        "CREATE TRIGGER {name} AFTER "
        + TRIGGERS[name]
        + " FOR EACH STATEMENT EXECUTE FUNCTION casagis_tell({id})"
    ).format(name=sql.Identifier(name), table=sql.Identifier(table), id=sql.Literal(collection))
