"""Scenarios, with their history. Generated, but for the last two operations."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from layers.triggers import add_triggers, keep_history


class Migration(migrations.Migration):

    dependencies = [
        ('layers', '0010_indicators'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScenarioEvent',
            fields=[
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('geom', django.contrib.gis.db.models.fields.MultiPolygonField(spatial_index=False, srid=4326, verbose_name='Area')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField()),
                ('db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='SESSION_USER'))),
                ('transaction_id', models.BigIntegerField(db_default=models.Func(output_field=models.BigIntegerField(), template='(pg_current_xact_id()::text::bigint)'))),
                ('id', models.BigIntegerField()),
                ('external_id', models.CharField(max_length=100, null=True, verbose_name='Identifier')),
                ('source', models.CharField(choices=[('city', 'The city'), ('census', 'Census 2024'), ('openstreetmap', 'OpenStreetMap'), ('mixed', 'Real place, synthetic attributes'), ('synthetic', 'Synthetic (demo)'), ('computed', 'Computed')], db_default='city', default='city', max_length=20, verbose_name='Source')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='Version')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Created')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Updated')),
                ('area_m2', models.GeneratedField(db_persist=True, expression=models.Func('geom', function='ST_Area', template='%(function)s((%(expressions)s)::geography)'), output_field=models.FloatField(), verbose_name='Area')),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('author', models.CharField(max_length=150, verbose_name='Author')),
                ('comment', models.TextField(blank=True, db_default='', default='', verbose_name='Comment')),
                ('operations', models.JSONField(default=list, verbose_name='Changes imagined')),
                ('results', models.JSONField(default=dict, verbose_name='Indicators before and after')),
                ('computed_at', models.DateTimeField(null=True, verbose_name='Computed')),
                ('share_key', models.CharField(max_length=64, null=True, verbose_name='Key of the shared link')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AlterField(
            model_name='collectionright',
            name='collection',
            field=models.CharField(choices=[('rasters', 'Rasters'), ('water', 'Water'), ('buildings', 'Buildings'), ('streets', 'Streets'), ('turn-restrictions', 'Turn restrictions'), ('districts', 'Districts'), ('parcels', 'Parcels'), ('population-grid', 'Population grid'), ('green-spaces', 'Green spaces'), ('trees', 'Trees'), ('street-furniture', 'Street furniture'), ('depots', 'Depots'), ('disposal-sites', 'Disposal sites'), ('vehicles', 'Vehicles'), ('waste-containers', 'Waste containers'), ('collection-routes', 'Collection routes'), ('route-stops', 'Route stops'), ('air-stations', 'Air stations'), ('air-observations', 'Air observations'), ('pollution-grids', 'Pollution grids'), ('indicators', 'Indicators'), ('scenarios', 'Scenarios')], max_length=60, verbose_name='Collection'),
        ),
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=100, null=True, unique=True, verbose_name='Identifier')),
                ('source', models.CharField(choices=[('city', 'The city'), ('census', 'Census 2024'), ('openstreetmap', 'OpenStreetMap'), ('mixed', 'Real place, synthetic attributes'), ('synthetic', 'Synthetic (demo)'), ('computed', 'Computed')], db_default='city', default='city', max_length=20, verbose_name='Source')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='Version')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Created')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Updated')),
                ('geom_3857', models.GeneratedField(db_persist=True, expression=models.Func('geom', models.Value(3857), function='ST_Transform'), output_field=django.contrib.gis.db.models.fields.GeometryField(spatial_index=False, srid=3857))),
                ('geom', django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name='Area')),
                ('area_m2', models.GeneratedField(db_persist=True, expression=models.Func('geom', function='ST_Area', template='%(function)s((%(expressions)s)::geography)'), output_field=models.FloatField(), verbose_name='Area')),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('author', models.CharField(max_length=150, verbose_name='Author')),
                ('comment', models.TextField(blank=True, db_default='', default='', verbose_name='Comment')),
                ('operations', models.JSONField(default=list, verbose_name='Changes imagined')),
                ('results', models.JSONField(default=dict, verbose_name='Indicators before and after')),
                ('computed_at', models.DateTimeField(null=True, verbose_name='Computed')),
                ('share_key', models.CharField(db_index=True, max_length=64, null=True, verbose_name='Key of the shared link')),
            ],
            options={
                'verbose_name': 'Scenario',
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GistIndex(fields=['geom_3857'], name='scenario_tile')],
                'constraints': [models.CheckConstraint(condition=models.Func('geom', function='ST_IsValid', output_field=models.BooleanField()), name='scenario_geom_valid')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_scenarioevent" ("author", "comment", "computed_at", "created_at", "external_id", "geom", "id", "name", "operations", "pgh_context_id", "pgh_created_at", "pgh_label", "results", "share_key", "source", "updated_at", "version") SELECT new_values."author", new_values."comment", new_values."computed_at", new_values."created_at", new_values."external_id", new_values."geom", new_values."id", new_values."name", new_values."operations", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."results", new_values."share_key", new_values."source", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d2a6fea9a282174f20023ea0b87e96d4728f4972', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3fb2f', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_scenario', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_scenarioevent" ("author", "comment", "computed_at", "created_at", "external_id", "geom", "id", "name", "operations", "pgh_context_id", "pgh_created_at", "pgh_label", "results", "share_key", "source", "updated_at", "version") SELECT new_values."author", new_values."comment", new_values."computed_at", new_values."created_at", new_values."external_id", new_values."geom", new_values."id", new_values."name", new_values."operations", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."results", new_values."share_key", new_values."source", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='859380cb14c1f0fdc890dc0a582221a40845f903', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e9527', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_scenario', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_scenarioevent" ("author", "comment", "computed_at", "created_at", "external_id", "geom", "id", "name", "operations", "pgh_context_id", "pgh_created_at", "pgh_label", "results", "share_key", "source", "updated_at", "version") SELECT old_values."author", old_values."comment", old_values."computed_at", old_values."created_at", old_values."external_id", old_values."geom", old_values."id", old_values."name", old_values."operations", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."results", old_values."share_key", old_values."source", old_values."updated_at", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4b9dac979b066be855b85f659217c1d2b13fc1d2', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_bb982', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_scenario', when='AFTER')),
        ),
        migrations.AddField(
            model_name='scenarioevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddIndex(
            model_name='scenarioevent',
            index=models.Index(fields=['id', '-pgh_id'], name='scenarioevent_id'),
        ),
        migrations.AddIndex(
            model_name='scenarioevent',
            index=models.Index(fields=['pgh_created_at'], name='scenarioevent_at'),
        ),
        migrations.AddIndex(
            model_name='scenarioevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='scenarioevent_past'),
        ),
        add_triggers('layers_scenario', 'scenarios'),
        keep_history('layers_scenario'),
    ]
