"""Extensions and SQL functions that the tables stand on."""

from pathlib import Path

from django.contrib.postgres.operations import CreateExtension, TrigramExtension
from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "functions.sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        CreateExtension("postgis"),
        TrigramExtension(),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
