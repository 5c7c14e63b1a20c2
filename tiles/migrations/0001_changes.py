"""The log of what changed where, and the function that writes it."""

from pathlib import Path

from django.db import migrations, models

CHANGES = (Path(__file__).parent.parent / "sql" / "changes.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    initial = True

    dependencies = [("layers", "0006_seals")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("collection", models.CharField(max_length=60)),
                ("revision", models.BigIntegerField()),
                ("changed_at", models.DateTimeField()),
                ("min_x", models.FloatField(null=True)),
                ("min_y", models.FloatField(null=True)),
                ("max_x", models.FloatField(null=True)),
                ("max_y", models.FloatField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["collection", "revision"], name="change_position")],
            },
        ),
        migrations.RunSQL(CHANGES, "DROP FUNCTION casagis_tell CASCADE"),
    ]
