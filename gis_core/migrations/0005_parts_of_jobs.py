"""Jobs that hand their work out to parts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gis_core', '0004_live_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='parent',
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='gis_core.job'
            ),
        ),
        migrations.AddField(
            model_name='job',
            name='number',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='job',
            name='status',
            field=models.CharField(
                choices=[
                    ('accepted', 'Waiting'), ('running', 'Running'), ('paused', 'Paused'), ('split', 'Running'),
                    ('successful', 'Done'), ('failed', 'Failed'), ('dismissed', 'Cancelled'),
                ],
                default='accepted',
                max_length=12,
            ),
        ),
    ]
