"""Triggers of a collection's table and of its history, as migration operations; a new layer uses the first two."""

from pathlib import Path
from uuid import UUID

from django.apps.registry import Apps
from django.contrib.gis.db.models import GeneratedField
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg import sql
from psycopg.types.json import Jsonb

SQL = Path(__file__).parent / "sql"
BEGINNING = UUID(int=1)  # the batch of what was there before its history


def run_sql_file(name: str) -> migrations.RunSQL:
    """A file of layers/sql; its functions are CREATE OR REPLACE."""
    return migrations.RunSQL((SQL / name).read_text(encoding="utf-8"), migrations.RunSQL.noop)


def add_triggers(table: str, collection: str) -> migrations.RunPython:
    """Version on every update (casagis_touch), revision on every statement (casagis_revise)."""
    return _execute(
        "CREATE TRIGGER casagis_touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION casagis_touch();"
        "CREATE TRIGGER casagis_revise AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION casagis_revise({collection})",
        table=sql.Identifier(table),
        collection=sql.Literal(collection),
    )


def keep_history(table: str) -> migrations.RunPython:
    """History rows are only ever added, and no row leaves the collection without one (TRUNCATE fires none)."""
    return _execute(
        "CREATE TRIGGER casagis_append_only BEFORE UPDATE OR DELETE ON {history}"
        " FOR EACH STATEMENT EXECUTE FUNCTION casagis_refuse('history is only added to');"
        "CREATE TRIGGER casagis_no_truncate BEFORE TRUNCATE ON {history}"
        " FOR EACH STATEMENT EXECUTE FUNCTION casagis_refuse('history is only added to');"
        "CREATE TRIGGER casagis_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION casagis_refuse('history would not see it; use DELETE')",
        table=sql.Identifier(table),
        history=sql.Identifier(f"{table}event"),
    )


def _execute(statement: str, **parts: sql.Composable) -> migrations.RunPython:
    def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        schema_editor.execute(sql.SQL(statement).format(**parts).as_string(), params=None)

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def begin_history(model: str) -> migrations.RunPython:
    """Rows that are older than their history enter it as they stand, at the time of their last change."""

    def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        event = apps.get_model("layers", f"{model}Event")
        kept = [
            f.column
            for f in event._meta.fields
            if not isinstance(f, GeneratedField)
            and f.name not in {"db_user", "transaction_id"}
            and not f.name.startswith("pgh_")
        ]
        columns = sql.SQL(", ").join(map(sql.Identifier, kept))
        statement = sql.SQL(
            "INSERT INTO pghistory_context (id, metadata, created_at, updated_at)"
            " SELECT {batch}, {reason}, now(), now() WHERE EXISTS (SELECT FROM {table}) ON CONFLICT DO NOTHING;"
            "INSERT INTO {history} ({columns}, pgh_created_at, pgh_label, pgh_context_id)"
            " SELECT {columns}, updated_at, 'insert', {batch} FROM {table} ORDER BY id"
        ).format(
            batch=sql.Literal(BEGINNING),
            reason=sql.Literal(Jsonb({"actor": "system", "door": "process", "comment": "History begins"})),
            history=sql.Identifier(event._meta.db_table),
            table=sql.Identifier(apps.get_model("layers", model)._meta.db_table),
            columns=columns,
        )
        schema_editor.execute(statement.as_string(), params=None)

    return migrations.RunPython(forwards, migrations.RunPython.noop)
