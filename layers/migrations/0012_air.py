"""Alerts, pollution cells, faults of observations and moving sensors. Generated, but for the last four operations."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from layers.triggers import add_triggers, keep_history


class Migration(migrations.Migration):

    dependencies = [
        ('layers', '0011_scenarios'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='AirAlert',
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
                ('district', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='District (identifier)')),
                ('pollutant', models.CharField(choices=[('no2', 'Nitrogen dioxide (NO₂)'), ('pm10', 'Particulate matter PM10'), ('pm25', 'Fine particulate matter PM2.5'), ('o3', 'Ozone (O₃)'), ('so2', 'Sulphur dioxide (SO₂)')], max_length=10, verbose_name='Pollutant')),
                ('limit_id', models.CharField(max_length=60, verbose_name='Limit (identifier)')),
                ('averaging', models.CharField(max_length=10, verbose_name='Mean over')),
                ('limit_ug_m3', models.FloatField(verbose_name='Limit value')),
                ('value_ug_m3', models.FloatField(verbose_name='Highest mean')),
                ('station', models.CharField(max_length=100, verbose_name='Station (identifier)')),
                ('started_at', models.DateTimeField(verbose_name='From')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='Until')),
                ('limit_source', models.CharField(max_length=300, verbose_name='Source of the limit')),
            ],
            options={
                'verbose_name': 'Air alert',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AirAlertEvent',
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
                ('district', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='District (identifier)')),
                ('pollutant', models.CharField(choices=[('no2', 'Nitrogen dioxide (NO₂)'), ('pm10', 'Particulate matter PM10'), ('pm25', 'Fine particulate matter PM2.5'), ('o3', 'Ozone (O₃)'), ('so2', 'Sulphur dioxide (SO₂)')], max_length=10, verbose_name='Pollutant')),
                ('limit_id', models.CharField(max_length=60, verbose_name='Limit (identifier)')),
                ('averaging', models.CharField(max_length=10, verbose_name='Mean over')),
                ('limit_ug_m3', models.FloatField(verbose_name='Limit value')),
                ('value_ug_m3', models.FloatField(verbose_name='Highest mean')),
                ('station', models.CharField(max_length=100, verbose_name='Station (identifier)')),
                ('started_at', models.DateTimeField(verbose_name='From')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='Until')),
                ('limit_source', models.CharField(max_length=300, verbose_name='Source of the limit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PollutionCell',
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
                ('pollutant', models.CharField(choices=[('no2', 'Nitrogen dioxide (NO₂)'), ('pm10', 'Particulate matter PM10'), ('pm25', 'Fine particulate matter PM2.5'), ('o3', 'Ozone (O₃)'), ('so2', 'Sulphur dioxide (SO₂)')], max_length=10, verbose_name='Pollutant')),
                ('value_ug_m3', models.FloatField(validators=[django.core.validators.MinValueValidator(0)], verbose_name='Concentration')),
                ('period_start', models.DateTimeField(null=True, verbose_name='From')),
                ('period_end', models.DateTimeField(null=True, verbose_name='Until')),
            ],
            options={
                'verbose_name': 'Pollution cell',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PollutionCellEvent',
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
                ('pollutant', models.CharField(choices=[('no2', 'Nitrogen dioxide (NO₂)'), ('pm10', 'Particulate matter PM10'), ('pm25', 'Fine particulate matter PM2.5'), ('o3', 'Ozone (O₃)'), ('so2', 'Sulphur dioxide (SO₂)')], max_length=10, verbose_name='Pollutant')),
                ('value_ug_m3', models.FloatField(validators=[django.core.validators.MinValueValidator(0)], verbose_name='Concentration')),
                ('period_start', models.DateTimeField(null=True, verbose_name='From')),
                ('period_end', models.DateTimeField(null=True, verbose_name='Until')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='airobservation',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='airobservation',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='airobservation',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='airobservation',
            name='fault',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='Fault found'),
        ),
        migrations.AddField(
            model_name='airobservation',
            name='latitude',
            field=models.FloatField(null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='Latitude, if the sensor moves'),
        ),
        migrations.AddField(
            model_name='airobservation',
            name='longitude',
            field=models.FloatField(null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='Longitude, if the sensor moves'),
        ),
        migrations.AddField(
            model_name='airobservationevent',
            name='fault',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='Fault found'),
        ),
        migrations.AddField(
            model_name='airobservationevent',
            name='latitude',
            field=models.FloatField(null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='Latitude, if the sensor moves'),
        ),
        migrations.AddField(
            model_name='airobservationevent',
            name='longitude',
            field=models.FloatField(null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='Longitude, if the sensor moves'),
        ),
        migrations.AlterField(
            model_name='collectionright',
            name='collection',
            field=models.CharField(choices=[('rasters', 'Rasters'), ('water', 'Water'), ('buildings', 'Buildings'), ('streets', 'Streets'), ('turn-restrictions', 'Turn restrictions'), ('road-conditions', 'Road conditions'), ('districts', 'Districts'), ('parcels', 'Parcels'), ('population-grid', 'Population grid'), ('green-spaces', 'Green spaces'), ('trees', 'Trees'), ('street-furniture', 'Street furniture'), ('depots', 'Depots'), ('disposal-sites', 'Disposal sites'), ('vehicles', 'Vehicles'), ('waste-containers', 'Waste containers'), ('route-plans', 'Route plans'), ('collection-routes', 'Collection routes'), ('route-stops', 'Route stops'), ('route-streets', 'Streets of routes'), ('air-stations', 'Air stations'), ('air-observations', 'Air observations'), ('pollution-cells', 'Pollution cells'), ('air-alerts', 'Air alerts'), ('pollution-grids', 'Pollution grids'), ('indicators', 'Indicators'), ('scenarios', 'Scenarios')], max_length=60, verbose_name='Collection'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='airobservation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_airobservationevent" ("created_at", "external_id", "fault", "flag", "id", "latitude", "longitude", "observed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "station", "updated_at", "value_ug_m3", "version") SELECT new_values."created_at", new_values."external_id", new_values."fault", new_values."flag", new_values."id", new_values."latitude", new_values."longitude", new_values."observed_at", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."pollutant", new_values."source", new_values."station", new_values."updated_at", new_values."value_ug_m3", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='daf0b19090818eabbe7112be640a8f3d157993eb', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e15b0', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_airobservation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='airobservation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_airobservationevent" ("created_at", "external_id", "fault", "flag", "id", "latitude", "longitude", "observed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "station", "updated_at", "value_ug_m3", "version") SELECT new_values."created_at", new_values."external_id", new_values."fault", new_values."flag", new_values."id", new_values."latitude", new_values."longitude", new_values."observed_at", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."pollutant", new_values."source", new_values."station", new_values."updated_at", new_values."value_ug_m3", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b178e43a097849ea730330d66aa4f39bf558df64', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_6f847', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_airobservation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='airobservation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_airobservationevent" ("created_at", "external_id", "fault", "flag", "id", "latitude", "longitude", "observed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "station", "updated_at", "value_ug_m3", "version") SELECT old_values."created_at", old_values."external_id", old_values."fault", old_values."flag", old_values."id", old_values."latitude", old_values."longitude", old_values."observed_at", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."pollutant", old_values."source", old_values."station", old_values."updated_at", old_values."value_ug_m3", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='88a645a932f91543cd5d5f9b93e021d2ce0524b0', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4485c', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_airobservation', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='airalert',
            index=django.contrib.postgres.indexes.GistIndex(fields=['geom_3857'], name='airalert_tile'),
        ),
        migrations.AddConstraint(
            model_name='airalert',
            constraint=models.CheckConstraint(condition=models.Func('geom', function='ST_IsValid', output_field=models.BooleanField()), name='airalert_geom_valid'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='airalert',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_airalertevent" ("averaging", "created_at", "district", "ended_at", "external_id", "geom", "id", "limit_id", "limit_source", "limit_ug_m3", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "started_at", "station", "updated_at", "value_ug_m3", "version") SELECT new_values."averaging", new_values."created_at", new_values."district", new_values."ended_at", new_values."external_id", new_values."geom", new_values."id", new_values."limit_id", new_values."limit_source", new_values."limit_ug_m3", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."pollutant", new_values."source", new_values."started_at", new_values."station", new_values."updated_at", new_values."value_ug_m3", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='280b45d68fc33e75a4754d5b6fde39e011d9fa0f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_292c3', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_airalert', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='airalert',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_airalertevent" ("averaging", "created_at", "district", "ended_at", "external_id", "geom", "id", "limit_id", "limit_source", "limit_ug_m3", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "started_at", "station", "updated_at", "value_ug_m3", "version") SELECT new_values."averaging", new_values."created_at", new_values."district", new_values."ended_at", new_values."external_id", new_values."geom", new_values."id", new_values."limit_id", new_values."limit_source", new_values."limit_ug_m3", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."pollutant", new_values."source", new_values."started_at", new_values."station", new_values."updated_at", new_values."value_ug_m3", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9dd352d57efa838f103292f6784ebffe3b2046f8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_15f4c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_airalert', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='airalert',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_airalertevent" ("averaging", "created_at", "district", "ended_at", "external_id", "geom", "id", "limit_id", "limit_source", "limit_ug_m3", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "started_at", "station", "updated_at", "value_ug_m3", "version") SELECT old_values."averaging", old_values."created_at", old_values."district", old_values."ended_at", old_values."external_id", old_values."geom", old_values."id", old_values."limit_id", old_values."limit_source", old_values."limit_ug_m3", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."pollutant", old_values."source", old_values."started_at", old_values."station", old_values."updated_at", old_values."value_ug_m3", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='84e9ee9ca5483a6ef5e5486fd885ae8c5a0d6ad5', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_6e641', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_airalert', when='AFTER')),
        ),
        migrations.AddField(
            model_name='airalertevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddIndex(
            model_name='pollutioncell',
            index=django.contrib.postgres.indexes.GistIndex(fields=['geom_3857'], name='pollutioncell_tile'),
        ),
        migrations.AddConstraint(
            model_name='pollutioncell',
            constraint=models.CheckConstraint(condition=models.Func('geom', function='ST_IsValid', output_field=models.BooleanField()), name='pollutioncell_geom_valid'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pollutioncell',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_pollutioncellevent" ("created_at", "external_id", "geom", "id", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "updated_at", "value_ug_m3", "version") SELECT new_values."created_at", new_values."external_id", new_values."geom", new_values."id", new_values."period_end", new_values."period_start", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."pollutant", new_values."source", new_values."updated_at", new_values."value_ug_m3", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='47e2431600e5063ecfef0ed36629aecb3132a1fb', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8f99a', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_pollutioncell', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pollutioncell',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_pollutioncellevent" ("created_at", "external_id", "geom", "id", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "updated_at", "value_ug_m3", "version") SELECT new_values."created_at", new_values."external_id", new_values."geom", new_values."id", new_values."period_end", new_values."period_start", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."pollutant", new_values."source", new_values."updated_at", new_values."value_ug_m3", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6bf52b27682f2e629edad0ca7aa0f1b218ecab0a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3e650', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_pollutioncell', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pollutioncell',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_pollutioncellevent" ("created_at", "external_id", "geom", "id", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "pollutant", "source", "updated_at", "value_ug_m3", "version") SELECT old_values."created_at", old_values."external_id", old_values."geom", old_values."id", old_values."period_end", old_values."period_start", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."pollutant", old_values."source", old_values."updated_at", old_values."value_ug_m3", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b34607e512f0fc4f57a2677682fd67c794fee132', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_8f254', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_pollutioncell', when='AFTER')),
        ),
        migrations.AddField(
            model_name='pollutioncellevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddIndex(
            model_name='airalertevent',
            index=models.Index(fields=['id', '-pgh_id'], name='airalertevent_id'),
        ),
        migrations.AddIndex(
            model_name='airalertevent',
            index=models.Index(fields=['pgh_created_at'], name='airalertevent_at'),
        ),
        migrations.AddIndex(
            model_name='airalertevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='airalertevent_past'),
        ),
        migrations.AddIndex(
            model_name='pollutioncellevent',
            index=models.Index(fields=['id', '-pgh_id'], name='pollutioncellevent_id'),
        ),
        migrations.AddIndex(
            model_name='pollutioncellevent',
            index=models.Index(fields=['pgh_created_at'], name='pollutioncellevent_at'),
        ),
        migrations.AddIndex(
            model_name='pollutioncellevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='pollutioncellevent_past'),
        ),
        add_triggers('layers_airalert', 'air-alerts'),
        add_triggers('layers_pollutioncell', 'pollution-cells'),
        keep_history('layers_airalert'),
        keep_history('layers_pollutioncell'),
    ]
