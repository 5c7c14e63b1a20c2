"""Indicators, with their history. Generated, but for the last two operations."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from layers.triggers import add_triggers, keep_history


class Migration(migrations.Migration):

    dependencies = [
        ('layers', '0007_rasters'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='IndicatorEvent',
            fields=[
                ('pgh_label', models.TextField(help_text='The event label.')),
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
                ('indicator', models.CharField(max_length=60, verbose_name='Indicator')),
                ('variant', models.CharField(blank=True, db_default='', default='', max_length=60, verbose_name='Variant')),
                ('subject_collection', models.CharField(max_length=60, verbose_name='Collection of what it is about')),
                ('subject', models.CharField(max_length=100, verbose_name='What it is about (identifier)')),
                ('value', models.FloatField(null=True, verbose_name='Value')),
                ('unit', models.CharField(blank=True, db_default='', default='', max_length=30, verbose_name='Unit')),
                ('error', models.FloatField(null=True, verbose_name="Error, in the value's unit")),
                ('rule', models.TextField(verbose_name='Rule')),
                ('parameters', models.JSONField(default=dict, verbose_name='Parameters')),
                ('inputs', models.JSONField(default=dict, verbose_name='Features and revision of each collection read')),
                ('code_version', models.CharField(max_length=60, verbose_name='Version of the program')),
                ('computed_at', models.DateTimeField(verbose_name='Computed')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AlterField(
            model_name='collectionright',
            name='collection',
            field=models.CharField(choices=[('rasters', 'Rasters'), ('water', 'Water'), ('buildings', 'Buildings'), ('streets', 'Streets'), ('turn-restrictions', 'Turn restrictions'), ('districts', 'Districts'), ('parcels', 'Parcels'), ('population-grid', 'Population grid'), ('green-spaces', 'Green spaces'), ('trees', 'Trees'), ('street-furniture', 'Street furniture'), ('depots', 'Depots'), ('disposal-sites', 'Disposal sites'), ('vehicles', 'Vehicles'), ('waste-containers', 'Waste containers'), ('collection-routes', 'Collection routes'), ('route-stops', 'Route stops'), ('air-stations', 'Air stations'), ('air-observations', 'Air observations'), ('pollution-grids', 'Pollution grids'), ('indicators', 'Indicators')], max_length=60, verbose_name='Collection'),
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=100, null=True, unique=True, verbose_name='Identifier')),
                ('source', models.CharField(choices=[('city', 'The city'), ('census', 'Census 2024'), ('openstreetmap', 'OpenStreetMap'), ('mixed', 'Real place, synthetic attributes'), ('synthetic', 'Synthetic (demo)'), ('computed', 'Computed')], db_default='city', default='city', max_length=20, verbose_name='Source')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='Version')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Created')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Updated')),
                ('indicator', models.CharField(max_length=60, verbose_name='Indicator')),
                ('variant', models.CharField(blank=True, db_default='', default='', max_length=60, verbose_name='Variant')),
                ('subject_collection', models.CharField(max_length=60, verbose_name='Collection of what it is about')),
                ('subject', models.CharField(max_length=100, verbose_name='What it is about (identifier)')),
                ('value', models.FloatField(null=True, verbose_name='Value')),
                ('unit', models.CharField(blank=True, db_default='', default='', max_length=30, verbose_name='Unit')),
                ('error', models.FloatField(null=True, verbose_name="Error, in the value's unit")),
                ('rule', models.TextField(verbose_name='Rule')),
                ('parameters', models.JSONField(default=dict, verbose_name='Parameters')),
                ('inputs', models.JSONField(default=dict, verbose_name='Features and revision of each collection read')),
                ('code_version', models.CharField(max_length=60, verbose_name='Version of the program')),
                ('computed_at', models.DateTimeField(verbose_name='Computed')),
            ],
            options={
                'verbose_name': 'Indicator',
                'abstract': False,
                'indexes': [models.Index(fields=['subject_collection', 'subject'], name='indicator_subject')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicator',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_indicatorevent" ("code_version", "computed_at", "created_at", "error", "external_id", "id", "indicator", "inputs", "parameters", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "source", "subject", "subject_collection", "unit", "updated_at", "value", "variant", "version") SELECT new_values."code_version", new_values."computed_at", new_values."created_at", new_values."error", new_values."external_id", new_values."id", new_values."indicator", new_values."inputs", new_values."parameters", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."rule", new_values."source", new_values."subject", new_values."subject_collection", new_values."unit", new_values."updated_at", new_values."value", new_values."variant", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='cb37c17eb0473290ec9ce0cacfb2eba952ee6ead', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e11b8', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_indicator', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicator',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_indicatorevent" ("code_version", "computed_at", "created_at", "error", "external_id", "id", "indicator", "inputs", "parameters", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "source", "subject", "subject_collection", "unit", "updated_at", "value", "variant", "version") SELECT new_values."code_version", new_values."computed_at", new_values."created_at", new_values."error", new_values."external_id", new_values."id", new_values."indicator", new_values."inputs", new_values."parameters", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."rule", new_values."source", new_values."subject", new_values."subject_collection", new_values."unit", new_values."updated_at", new_values."value", new_values."variant", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='24b5f12211812935eaac3f6aac88c4a465d4b604', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_25af6', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_indicator', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicator',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_indicatorevent" ("code_version", "computed_at", "created_at", "error", "external_id", "id", "indicator", "inputs", "parameters", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "source", "subject", "subject_collection", "unit", "updated_at", "value", "variant", "version") SELECT old_values."code_version", old_values."computed_at", old_values."created_at", old_values."error", old_values."external_id", old_values."id", old_values."indicator", old_values."inputs", old_values."parameters", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."rule", old_values."source", old_values."subject", old_values."subject_collection", old_values."unit", old_values."updated_at", old_values."value", old_values."variant", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7efd21e51ec0a35094808fd0cae50ea1c78f31f6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_27c90', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_indicator', when='AFTER')),
        ),
        migrations.AddField(
            model_name='indicatorevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddIndex(
            model_name='indicatorevent',
            index=models.Index(fields=['id', '-pgh_id'], name='indicatorevent_id'),
        ),
        migrations.AddIndex(
            model_name='indicatorevent',
            index=models.Index(fields=['pgh_created_at'], name='indicatorevent_at'),
        ),
        migrations.AddIndex(
            model_name='indicatorevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='indicatorevent_past'),
        ),
        add_triggers('layers_indicator', 'indicators'),
        keep_history('layers_indicator'),
    ]
