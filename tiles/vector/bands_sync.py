"""Makes the bands' tables and triggers what the catalogue asks for, after each migrate; a new layer needs no migration.

A trigger for each statement keeps them: whoever writes (services, loads, psql), in the transaction of the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from layers.definitions import Collection
from layers.registry import COLLECTIONS
from tiles.vector.bands import PIECES, Band, bands_of, rows_sql

MARK = "casagis bands "  # in the comment of a trigger's function, before the hash of all that it was made of
TRIGGER = "casagis_bands"
_EVENTS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
    "TRUNCATE": "",
}


def sync_bands(verbosity: int = 1, **_signal: Any) -> None:
    """Whatever differs from the catalogue is made anew and filled; what fits is left alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL client_min_messages = warning")
        cursor.execute(PIECES)
        wanted = {c.id: bands_of(c) for c in COLLECTIONS.values() if bands_of(c) and _is_there(cursor, c)}
        _drop_unknown(cursor, {band.table for bands in wanted.values() for band in bands})
        for collection_id, bands in wanted.items():
            statements = definition(bands)
            mark = MARK + sha256(b"".join(s.as_string().encode() for s in [PIECES, *statements])).hexdigest()
            if _mark_of(cursor, bands[0].collection) == mark and _all_there(cursor, bands):
                continue
            if verbosity and cursor.execute(_HAS_ROWS.format(_table(bands[0].collection))).fetchone():
                print(f"  Preparing the tiles of {collection_id}")
            for statement in statements:
                cursor.execute(statement)
            name = sql.Identifier(_function(bands[0].collection))
            cursor.execute(sql.SQL("COMMENT ON FUNCTION {}() IS {}").format(name, sql.Literal(mark)))


_HAS_ROWS = sql.SQL("SELECT FROM {} LIMIT 1")


def definition(bands: Sequence[Band]) -> list[sql.Composed]:
    """All statements that make a collection's bands, in order; nobody writes the collection meanwhile."""
    collection = bands[0].collection
    lock = sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(_table(collection))
    tables = [statement for band in bands for statement in _table_sql(band)]
    return [lock, *tables, _function_sql(bands), *_trigger_sql(collection)]


def _table_sql(band: Band) -> list[sql.Composed]:
    name = sql.Identifier(band.table)
    rows = rows_sql(band, _table(band.collection))
    return [
        sql.SQL("DROP TABLE IF EXISTS {}").format(name),
        sql.SQL("CREATE TABLE {} AS {}").format(name, rows),
        sql.SQL("CREATE INDEX ON {} (id)").format(name),
        sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(name),
        sql.SQL("ANALYZE {}").format(name),
    ]


# Neither old_rows nor new_rows has statistics: with nested loops allowed, a plan kept from an edit of one row would
# take a bulk update the square of its rows. Rows of the bands are found by their ids, which needs no join.
# Plans are kept: making them would cost an edit more than running them. ST_IsValid tells each shape that it refuses as
# a notice.
_FUNCTION = sql.SQL(
    """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
  SET enable_nestloop = off SET plan_cache_mode = force_generic_plan SET client_min_messages = warning AS $$
DECLARE
  changed bigint[];
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE {tables};
    RETURN NULL;
  ELSIF TG_OP = 'DELETE' THEN
    changed := ARRAY(SELECT id FROM old_rows);
  ELSIF TG_OP = 'UPDATE' THEN
    changed := ARRAY(
      SELECT id FROM new_rows AS n JOIN old_rows AS o USING (id) WHERE ROW({new}) IS DISTINCT FROM ROW({old}));
  END IF;
  IF cardinality(changed) > 0 THEN
    {deletes}
  END IF;
  IF TG_OP = 'INSERT' THEN
    {inserts}
  ELSIF TG_OP = 'UPDATE' AND cardinality(changed) > 0 THEN
    {updates}
  END IF;
  RETURN NULL;
END $$"""
)
_CHANGED_ROWS = sql.SQL("(SELECT n.* FROM new_rows AS n JOIN unnest(changed) AS c (id) USING (id))")


def _function_sql(bands: Sequence[Band]) -> sql.Composed:
    names = ["geom_3857", *dict.fromkeys(name for band in bands for name in band.fields)]

    def each(statement: str, source: sql.Composable = sql.SQL("")) -> sql.Composed:  # noqa: B008  a constant
        return sql.SQL("\n    ").join(
            sql.SQL(statement).format(
                table=sql.Identifier(band.table),
                rows=rows_sql(band, source),
            )
            for band in bands
        )

    return _FUNCTION.format(
        function=sql.Identifier(_function(bands[0].collection)),
        tables=sql.SQL(", ").join(sql.Identifier(band.table) for band in bands),
        new=sql.SQL(", ").join(sql.Identifier("n", name) for name in names),
        old=sql.SQL(", ").join(sql.Identifier("o", name) for name in names),
        deletes=each("DELETE FROM {table} WHERE id = ANY (changed);"),
        inserts=each("INSERT INTO {table} {rows};", sql.SQL("new_rows")),
        updates=each("INSERT INTO {table} {rows};", _CHANGED_ROWS),
    )


def _trigger_sql(collection: Collection) -> list[sql.Composed]:
    return [
        sql.SQL(
            "CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} {tables}"
            " FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        ).format(
            name=sql.Identifier(f"{TRIGGER}_{event.lower()}"),
            event=sql.SQL(event),
            table=_table(collection),
            tables=sql.SQL(tables),
            function=sql.Identifier(_function(collection)),
        )
        for event, tables in _EVENTS.items()
    ]


def _function(collection: Collection) -> str:
    return f"casagis_bands_{collection.id.replace('-', '_')}"


def _table(collection: Collection) -> sql.Identifier:
    return sql.Identifier(collection.table)


def _is_there(cursor: Any, collection: Collection) -> bool:
    """Whether the table has all its columns: after a migrate to an earlier state it may not."""
    names = [f.column for f in collection.model._meta.concrete_fields]
    cursor.execute(
        "SELECT count(*) FROM pg_attribute"
        " WHERE attrelid = to_regclass(%s) AND attname = ANY (%s) AND NOT attisdropped",
        [collection.table, names],
    )
    return bool(cursor.fetchone()[0] == len(names))


def _all_there(cursor: Any, bands: Sequence[Band]) -> bool:
    cursor.execute(
        "SELECT count(to_regclass(t)) FROM unnest(%s::text[]) AS t", [[band.table for band in bands]]
    )
    return bool(cursor.fetchone()[0] == len(bands))


def _mark_of(cursor: Any, collection: Collection) -> str | None:
    cursor.execute(
        "SELECT obj_description(oid, 'pg_proc') FROM pg_proc"
        " WHERE proname = %s AND pronamespace = 'public'::regnamespace",
        [_function(collection)],
    )
    row = cursor.fetchone()
    return row[0] if row else None


def _drop_unknown(cursor: Any, known: set[str]) -> None:
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^tiles_.*_z[0-9]+$'"
    )
    for (name,) in cursor.fetchall():
        if name not in known:
            cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
