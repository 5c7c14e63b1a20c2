"""Seals name each row and reason they cover; what is written past the application is found by its transaction."""

import django.contrib.postgres.fields
from django.db import migrations, models
from layers.triggers import run_sql_file


class Migration(migrations.Migration):

    dependencies = [
        ('layers', '0005_begin_history'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.AddField(
            model_name='seal',
            name='columns',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), default=[], size=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='seal',
            name='reason_marks',
            field=models.BinaryField(default=b''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='seal',
            name='row_marks',
            field=models.BinaryField(default=b''),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='seal',
            name='sealed_at',
            field=models.DateTimeField(),
        ),
        migrations.AddIndex(
            model_name='airobservationevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='airobservationevent_past'),
        ),
        migrations.AddIndex(
            model_name='airstationevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='airstationevent_past'),
        ),
        migrations.AddIndex(
            model_name='buildingevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='buildingevent_past'),
        ),
        migrations.AddIndex(
            model_name='collectionrouteevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='collectionrouteevent_past'),
        ),
        migrations.AddIndex(
            model_name='depotevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='depotevent_past'),
        ),
        migrations.AddIndex(
            model_name='disposalsiteevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='disposalsiteevent_past'),
        ),
        migrations.AddIndex(
            model_name='districtevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='districtevent_past'),
        ),
        migrations.AddIndex(
            model_name='greenspaceevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='greenspaceevent_past'),
        ),
        migrations.AddIndex(
            model_name='parcelevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='parcelevent_past'),
        ),
        migrations.AddIndex(
            model_name='pollutiongridevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='pollutiongridevent_past'),
        ),
        migrations.AddIndex(
            model_name='populationcellevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='populationcellevent_past'),
        ),
        migrations.AddIndex(
            model_name='routestopevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='routestopevent_past'),
        ),
        migrations.AddIndex(
            model_name='streetevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='streetevent_past'),
        ),
        migrations.AddIndex(
            model_name='streetfurnitureevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='streetfurnitureevent_past'),
        ),
        migrations.AddIndex(
            model_name='treeevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='treeevent_past'),
        ),
        migrations.AddIndex(
            model_name='turnrestrictionevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='turnrestrictionevent_past'),
        ),
        migrations.AddIndex(
            model_name='vehicleevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='vehicleevent_past'),
        ),
        migrations.AddIndex(
            model_name='wastecontainerevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='wastecontainerevent_past'),
        ),
        migrations.AddIndex(
            model_name='waterevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='waterevent_past'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.UniqueConstraint(fields=('collection', 'previous'), name='one_seal_after_each'),
        ),
        run_sql_file('seals.sql'),
    ]
