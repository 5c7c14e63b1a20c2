"""Rasters that are brought in, with their history. Generated, but for the last two operations."""

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
        ('layers', '0006_seals'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='RasterEvent',
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
                ('kind', models.CharField(choices=[('ndvi', 'Vegetation index (NDVI)'), ('orthophoto', 'Orthophoto')], max_length=20, verbose_name='Kind')),
                ('period_start', models.DateTimeField(verbose_name='From')),
                ('period_end', models.DateTimeField(verbose_name='Until')),
                ('cell_m', models.FloatField(verbose_name='Cell size')),
                ('bands', models.PositiveSmallIntegerField(verbose_name='Bands')),
                ('file', models.CharField(max_length=200, verbose_name='File, below the media folder')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AlterField(
            model_name='collectionright',
            name='collection',
            field=models.CharField(choices=[('rasters', 'Rasters'), ('water', 'Water'), ('buildings', 'Buildings'), ('streets', 'Streets'), ('turn-restrictions', 'Turn restrictions'), ('districts', 'Districts'), ('parcels', 'Parcels'), ('population-grid', 'Population grid'), ('green-spaces', 'Green spaces'), ('trees', 'Trees'), ('street-furniture', 'Street furniture'), ('depots', 'Depots'), ('disposal-sites', 'Disposal sites'), ('vehicles', 'Vehicles'), ('waste-containers', 'Waste containers'), ('collection-routes', 'Collection routes'), ('route-stops', 'Route stops'), ('air-stations', 'Air stations'), ('air-observations', 'Air observations'), ('pollution-grids', 'Pollution grids')], max_length=60, verbose_name='Collection'),
        ),
        migrations.CreateModel(
            name='Raster',
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
                ('kind', models.CharField(choices=[('ndvi', 'Vegetation index (NDVI)'), ('orthophoto', 'Orthophoto')], max_length=20, verbose_name='Kind')),
                ('period_start', models.DateTimeField(verbose_name='From')),
                ('period_end', models.DateTimeField(verbose_name='Until')),
                ('cell_m', models.FloatField(verbose_name='Cell size')),
                ('bands', models.PositiveSmallIntegerField(verbose_name='Bands')),
                ('file', models.CharField(max_length=200, verbose_name='File, below the media folder')),
            ],
            options={
                'verbose_name': 'Raster',
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GistIndex(fields=['geom_3857'], name='raster_tile')],
                'constraints': [models.CheckConstraint(condition=models.Func('geom', function='ST_IsValid', output_field=models.BooleanField()), name='raster_geom_valid')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='raster',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_rasterevent" ("bands", "cell_m", "created_at", "external_id", "file", "geom", "id", "kind", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "source", "updated_at", "version") SELECT new_values."bands", new_values."cell_m", new_values."created_at", new_values."external_id", new_values."file", new_values."geom", new_values."id", new_values."kind", new_values."period_end", new_values."period_start", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."source", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='781ceefe34cb68f8c464d4b0b0eb6b101c0938f9', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d9d48', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_raster', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='raster',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_rasterevent" ("bands", "cell_m", "created_at", "external_id", "file", "geom", "id", "kind", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "source", "updated_at", "version") SELECT new_values."bands", new_values."cell_m", new_values."created_at", new_values."external_id", new_values."file", new_values."geom", new_values."id", new_values."kind", new_values."period_end", new_values."period_start", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."source", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a716d49b1a9dbd584074ae79e9836c81d21ee46b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_876f3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_raster', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='raster',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_rasterevent" ("bands", "cell_m", "created_at", "external_id", "file", "geom", "id", "kind", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "source", "updated_at", "version") SELECT old_values."bands", old_values."cell_m", old_values."created_at", old_values."external_id", old_values."file", old_values."geom", old_values."id", old_values."kind", old_values."period_end", old_values."period_start", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."source", old_values."updated_at", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='207408834e095bb5f98ef5aa7313296199a32a47', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_3f56a', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_raster', when='AFTER')),
        ),
        migrations.AddField(
            model_name='rasterevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddIndex(
            model_name='rasterevent',
            index=models.Index(fields=['id', '-pgh_id'], name='rasterevent_id'),
        ),
        migrations.AddIndex(
            model_name='rasterevent',
            index=models.Index(fields=['pgh_created_at'], name='rasterevent_at'),
        ),
        migrations.AddIndex(
            model_name='rasterevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='rasterevent_past'),
        ),
        add_triggers('layers_raster', 'rasters'),
        keep_history('layers_raster'),
    ]
