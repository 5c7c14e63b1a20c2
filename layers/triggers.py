"""The two triggers of a collection's table, as one migration operation."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg import sql


def add_triggers(table: str, collection: str) -> migrations.RunPython:
    """Version on every update (casagis_touch), revision on every statement (casagis_revise)."""

    def forwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        statement = sql.SQL(
            "CREATE TRIGGER casagis_touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION casagis_touch();"
            "CREATE TRIGGER casagis_revise AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION casagis_revise({collection})"
        ).format(table=sql.Identifier(table), collection=sql.Literal(collection))
        schema_editor.execute(statement.as_string(), params=None)

    return migrations.RunPython(forwards, migrations.RunPython.noop)
