"""What a job shows while it runs, and the wish that it be content with what it has."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gis_core', '0003_paused_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='finish_requested',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='job',
            name='live',
            field=models.JSONField(null=True),
        ),
    ]
