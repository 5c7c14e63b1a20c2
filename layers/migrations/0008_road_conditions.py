"""Road conditions with their history and review; width, slope and kerbside collection of streets. Generated, but for
the last three operations."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from layers.triggers import add_triggers, keep_history, run_sql_file


class Migration(migrations.Migration):

    dependencies = [
        ('layers', '0007_rasters'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoadCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=100, null=True, unique=True, verbose_name='Identifier')),
                ('source', models.CharField(choices=[('city', 'The city'), ('census', 'Census 2024'), ('openstreetmap', 'OpenStreetMap'), ('mixed', 'Real place, synthetic attributes'), ('synthetic', 'Synthetic (demo)'), ('computed', 'Computed')], db_default='city', default='city', max_length=20, verbose_name='Source')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='Version')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Created')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Updated')),
                ('geom_3857', models.GeneratedField(db_persist=True, expression=models.Func('geom', models.Value(3857), function='ST_Transform'), output_field=django.contrib.gis.db.models.fields.GeometryField(spatial_index=False, srid=3857))),
                ('geom', django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name='Place')),
                ('street', models.CharField(max_length=100, verbose_name='Street (identifier)')),
                ('kind', models.CharField(choices=[('closed', 'Closed'), ('market', 'Market'), ('gate', 'Gate, open in these hours'), ('no_turn', 'Trucks cannot turn here'), ('too_narrow', 'Too narrow for trucks')], max_length=20, verbose_name='Kind')),
                ('to_street', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='To street (identifier; none: turning round)')),
                ('valid_from', models.DateField(null=True, verbose_name='From day')),
                ('valid_until', models.DateField(null=True, verbose_name='Until day')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='Weekdays (1 = Monday; none: every day)')),
                ('from_time', models.TimeField(null=True, verbose_name='From time')),
                ('until_time', models.TimeField(null=True, verbose_name='Until time')),
                ('note', models.CharField(blank=True, db_default='', default='', max_length=500, verbose_name='Note')),
                ('reported_by', models.CharField(choices=[('crew', 'Crew'), ('planner', 'Planner')], db_default='crew', default='crew', max_length=10, verbose_name='Reported by')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('refused', 'Refused')], db_default='proposed', default='proposed', max_length=10, verbose_name='Review')),
                ('reviewed_by', models.CharField(blank=True, db_default='', default='', editable=False, max_length=150, verbose_name='Reviewed by')),
                ('reviewed_at', models.DateTimeField(editable=False, null=True, verbose_name='Reviewed')),
            ],
            options={
                'verbose_name': 'Road condition',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoadConditionEvent',
            fields=[
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('geom', django.contrib.gis.db.models.fields.PointField(spatial_index=False, srid=4326, verbose_name='Place')),
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
                ('street', models.CharField(max_length=100, verbose_name='Street (identifier)')),
                ('kind', models.CharField(choices=[('closed', 'Closed'), ('market', 'Market'), ('gate', 'Gate, open in these hours'), ('no_turn', 'Trucks cannot turn here'), ('too_narrow', 'Too narrow for trucks')], max_length=20, verbose_name='Kind')),
                ('to_street', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='To street (identifier; none: turning round)')),
                ('valid_from', models.DateField(null=True, verbose_name='From day')),
                ('valid_until', models.DateField(null=True, verbose_name='Until day')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='Weekdays (1 = Monday; none: every day)')),
                ('from_time', models.TimeField(null=True, verbose_name='From time')),
                ('until_time', models.TimeField(null=True, verbose_name='Until time')),
                ('note', models.CharField(blank=True, db_default='', default='', max_length=500, verbose_name='Note')),
                ('reported_by', models.CharField(choices=[('crew', 'Crew'), ('planner', 'Planner')], db_default='crew', default='crew', max_length=10, verbose_name='Reported by')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('refused', 'Refused')], db_default='proposed', default='proposed', max_length=10, verbose_name='Review')),
                ('reviewed_by', models.CharField(blank=True, db_default='', default='', editable=False, max_length=150, verbose_name='Reviewed by')),
                ('reviewed_at', models.DateTimeField(editable=False, null=True, verbose_name='Reviewed')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='street',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='street',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='street',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='vehicle',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='vehicle',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='vehicle',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='street',
            name='collection_days',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='Kerbside collection days (1 = Monday)'),
        ),
        migrations.AddField(
            model_name='street',
            name='collection_side',
            field=models.CharField(choices=[('auto', 'As the width says'), ('both', 'Both sides in one pass'), ('left_right', 'Each side for itself')], db_default='auto', default='auto', max_length=10, verbose_name='Sides collected'),
        ),
        migrations.AddField(
            model_name='street',
            name='max_width_m',
            field=models.FloatField(null=True, verbose_name='Width limit'),
        ),
        migrations.AddField(
            model_name='street',
            name='slope_pct',
            field=models.FloatField(null=True, verbose_name='Slope (above 0: up, as drawn)'),
        ),
        migrations.AddField(
            model_name='street',
            name='waste_kg_day',
            field=models.FloatField(null=True, verbose_name='Waste measured per day'),
        ),
        migrations.AddField(
            model_name='streetevent',
            name='collection_days',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='Kerbside collection days (1 = Monday)'),
        ),
        migrations.AddField(
            model_name='streetevent',
            name='collection_side',
            field=models.CharField(choices=[('auto', 'As the width says'), ('both', 'Both sides in one pass'), ('left_right', 'Each side for itself')], db_default='auto', default='auto', max_length=10, verbose_name='Sides collected'),
        ),
        migrations.AddField(
            model_name='streetevent',
            name='max_width_m',
            field=models.FloatField(null=True, verbose_name='Width limit'),
        ),
        migrations.AddField(
            model_name='streetevent',
            name='slope_pct',
            field=models.FloatField(null=True, verbose_name='Slope (above 0: up, as drawn)'),
        ),
        migrations.AddField(
            model_name='streetevent',
            name='waste_kg_day',
            field=models.FloatField(null=True, verbose_name='Waste measured per day'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='turning_width_m',
            field=models.FloatField(null=True, verbose_name='Street width in which it turns round'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='width_m',
            field=models.FloatField(null=True, verbose_name='Width'),
        ),
        migrations.AddField(
            model_name='vehicleevent',
            name='turning_width_m',
            field=models.FloatField(null=True, verbose_name='Street width in which it turns round'),
        ),
        migrations.AddField(
            model_name='vehicleevent',
            name='width_m',
            field=models.FloatField(null=True, verbose_name='Width'),
        ),
        migrations.AlterField(
            model_name='collectionright',
            name='collection',
            field=models.CharField(choices=[('rasters', 'Rasters'), ('water', 'Water'), ('buildings', 'Buildings'), ('streets', 'Streets'), ('turn-restrictions', 'Turn restrictions'), ('road-conditions', 'Road conditions'), ('districts', 'Districts'), ('parcels', 'Parcels'), ('population-grid', 'Population grid'), ('green-spaces', 'Green spaces'), ('trees', 'Trees'), ('street-furniture', 'Street furniture'), ('depots', 'Depots'), ('disposal-sites', 'Disposal sites'), ('vehicles', 'Vehicles'), ('waste-containers', 'Waste containers'), ('collection-routes', 'Collection routes'), ('route-stops', 'Route stops'), ('air-stations', 'Air stations'), ('air-observations', 'Air observations'), ('pollution-grids', 'Pollution grids')], max_length=60, verbose_name='Collection'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='street',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_streetevent" ("access", "bridge_level", "collection_days", "collection_side", "created_at", "external_id", "geom", "id", "lanes", "max_height_m", "max_weight_t", "max_width_m", "name_ar", "name_en", "name_fr", "one_way", "pgh_context_id", "pgh_created_at", "pgh_label", "slope_pct", "source", "speed_kmh", "street_class", "surface", "updated_at", "version", "waste_kg_day", "width_m") SELECT new_values."access", new_values."bridge_level", new_values."collection_days", new_values."collection_side", new_values."created_at", new_values."external_id", new_values."geom", new_values."id", new_values."lanes", new_values."max_height_m", new_values."max_weight_t", new_values."max_width_m", new_values."name_ar", new_values."name_en", new_values."name_fr", new_values."one_way", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."slope_pct", new_values."source", new_values."speed_kmh", new_values."street_class", new_values."surface", new_values."updated_at", new_values."version", new_values."waste_kg_day", new_values."width_m" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='feab9b539aa7929e20c8cd822445ec82999a768e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_10661', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_street', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='street',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_streetevent" ("access", "bridge_level", "collection_days", "collection_side", "created_at", "external_id", "geom", "id", "lanes", "max_height_m", "max_weight_t", "max_width_m", "name_ar", "name_en", "name_fr", "one_way", "pgh_context_id", "pgh_created_at", "pgh_label", "slope_pct", "source", "speed_kmh", "street_class", "surface", "updated_at", "version", "waste_kg_day", "width_m") SELECT new_values."access", new_values."bridge_level", new_values."collection_days", new_values."collection_side", new_values."created_at", new_values."external_id", new_values."geom", new_values."id", new_values."lanes", new_values."max_height_m", new_values."max_weight_t", new_values."max_width_m", new_values."name_ar", new_values."name_en", new_values."name_fr", new_values."one_way", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."slope_pct", new_values."source", new_values."speed_kmh", new_values."street_class", new_values."surface", new_values."updated_at", new_values."version", new_values."waste_kg_day", new_values."width_m" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b2e41a3c86ea9acdaa7644281c8277a587ff1093', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_dedeb', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_street', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='street',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_streetevent" ("access", "bridge_level", "collection_days", "collection_side", "created_at", "external_id", "geom", "id", "lanes", "max_height_m", "max_weight_t", "max_width_m", "name_ar", "name_en", "name_fr", "one_way", "pgh_context_id", "pgh_created_at", "pgh_label", "slope_pct", "source", "speed_kmh", "street_class", "surface", "updated_at", "version", "waste_kg_day", "width_m") SELECT old_values."access", old_values."bridge_level", old_values."collection_days", old_values."collection_side", old_values."created_at", old_values."external_id", old_values."geom", old_values."id", old_values."lanes", old_values."max_height_m", old_values."max_weight_t", old_values."max_width_m", old_values."name_ar", old_values."name_en", old_values."name_fr", old_values."one_way", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."slope_pct", old_values."source", old_values."speed_kmh", old_values."street_class", old_values."surface", old_values."updated_at", old_values."version", old_values."waste_kg_day", old_values."width_m" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='084da1d03547070ff819897213e9003cd752e858', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_cf814', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_street', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vehicle',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_vehicleevent" ("capacity_kg", "capacity_m3", "created_at", "depot", "external_id", "fractions", "height_m", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "shift_end", "shift_start", "source", "turning_width_m", "updated_at", "version", "weight_t", "width_m") SELECT new_values."capacity_kg", new_values."capacity_m3", new_values."created_at", new_values."depot", new_values."external_id", new_values."fractions", new_values."height_m", new_values."id", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."shift_end", new_values."shift_start", new_values."source", new_values."turning_width_m", new_values."updated_at", new_values."version", new_values."weight_t", new_values."width_m" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bba2af5fdf38e3bd4d2aaf2a88aa4ea0a8bc7f80', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_650c0', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_vehicle', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vehicle',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_vehicleevent" ("capacity_kg", "capacity_m3", "created_at", "depot", "external_id", "fractions", "height_m", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "shift_end", "shift_start", "source", "turning_width_m", "updated_at", "version", "weight_t", "width_m") SELECT new_values."capacity_kg", new_values."capacity_m3", new_values."created_at", new_values."depot", new_values."external_id", new_values."fractions", new_values."height_m", new_values."id", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."shift_end", new_values."shift_start", new_values."source", new_values."turning_width_m", new_values."updated_at", new_values."version", new_values."weight_t", new_values."width_m" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='93d3ec119da12111a129d8e34f50f0f6ecb92ea7', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ca237', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_vehicle', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vehicle',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_vehicleevent" ("capacity_kg", "capacity_m3", "created_at", "depot", "external_id", "fractions", "height_m", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "shift_end", "shift_start", "source", "turning_width_m", "updated_at", "version", "weight_t", "width_m") SELECT old_values."capacity_kg", old_values."capacity_m3", old_values."created_at", old_values."depot", old_values."external_id", old_values."fractions", old_values."height_m", old_values."id", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."shift_end", old_values."shift_start", old_values."source", old_values."turning_width_m", old_values."updated_at", old_values."version", old_values."weight_t", old_values."width_m" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a697cc6f0ffa7f20e8b64bb58439f138729c381e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7de32', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_vehicle', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='street',
            constraint=models.CheckConstraint(condition=models.Q(('collection_days__contained_by', [1, 2, 3, 4, 5, 6, 7])), name='street_collection_days'),
        ),
        migrations.AddConstraint(
            model_name='street',
            constraint=models.CheckConstraint(condition=models.Q(('slope_pct__gte', -100), ('slope_pct__lte', 100)), name='street_slope'),
        ),
        migrations.AddConstraint(
            model_name='street',
            constraint=models.CheckConstraint(condition=models.Q(('waste_kg_day__gte', 0)), name='street_waste'),
        ),
        migrations.AddIndex(
            model_name='roadcondition',
            index=django.contrib.postgres.indexes.GistIndex(fields=['geom_3857'], name='roadcondition_tile'),
        ),
        migrations.AddConstraint(
            model_name='roadcondition',
            constraint=models.CheckConstraint(condition=models.Func('geom', function='ST_IsValid', output_field=models.BooleanField()), name='roadcondition_geom_valid'),
        ),
        migrations.AddConstraint(
            model_name='roadcondition',
            constraint=models.CheckConstraint(condition=models.Q(('weekdays__contained_by', [1, 2, 3, 4, 5, 6, 7])), name='roadcondition_weekdays'),
        ),
        migrations.AddConstraint(
            model_name='roadcondition',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='roadcondition_dates'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roadcondition',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_roadconditionevent" ("created_at", "external_id", "from_time", "geom", "id", "kind", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "reported_by", "reviewed_at", "reviewed_by", "source", "status", "street", "to_street", "until_time", "updated_at", "valid_from", "valid_until", "version", "weekdays") SELECT new_values."created_at", new_values."external_id", new_values."from_time", new_values."geom", new_values."id", new_values."kind", new_values."note", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."reported_by", new_values."reviewed_at", new_values."reviewed_by", new_values."source", new_values."status", new_values."street", new_values."to_street", new_values."until_time", new_values."updated_at", new_values."valid_from", new_values."valid_until", new_values."version", new_values."weekdays" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f138f1ba3ccdbb77689624a6d2aeff869a6590e8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_5d25e', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_roadcondition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roadcondition',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_roadconditionevent" ("created_at", "external_id", "from_time", "geom", "id", "kind", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "reported_by", "reviewed_at", "reviewed_by", "source", "status", "street", "to_street", "until_time", "updated_at", "valid_from", "valid_until", "version", "weekdays") SELECT new_values."created_at", new_values."external_id", new_values."from_time", new_values."geom", new_values."id", new_values."kind", new_values."note", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."reported_by", new_values."reviewed_at", new_values."reviewed_by", new_values."source", new_values."status", new_values."street", new_values."to_street", new_values."until_time", new_values."updated_at", new_values."valid_from", new_values."valid_until", new_values."version", new_values."weekdays" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1953b8feb8a0808b00ebee94f3f13e58277986f3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c2607', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_roadcondition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roadcondition',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_roadconditionevent" ("created_at", "external_id", "from_time", "geom", "id", "kind", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "reported_by", "reviewed_at", "reviewed_by", "source", "status", "street", "to_street", "until_time", "updated_at", "valid_from", "valid_until", "version", "weekdays") SELECT old_values."created_at", old_values."external_id", old_values."from_time", old_values."geom", old_values."id", old_values."kind", old_values."note", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."reported_by", old_values."reviewed_at", old_values."reviewed_by", old_values."source", old_values."status", old_values."street", old_values."to_street", old_values."until_time", old_values."updated_at", old_values."valid_from", old_values."valid_until", old_values."version", old_values."weekdays" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1ad771eb8c71817400864fd7ac8254522673861f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_709a0', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_roadcondition', when='AFTER')),
        ),
        migrations.AddField(
            model_name='roadconditionevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddIndex(
            model_name='roadconditionevent',
            index=models.Index(fields=['id', '-pgh_id'], name='roadconditionevent_id'),
        ),
        migrations.AddIndex(
            model_name='roadconditionevent',
            index=models.Index(fields=['pgh_created_at'], name='roadconditionevent_at'),
        ),
        migrations.AddIndex(
            model_name='roadconditionevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='roadconditionevent_past'),
        ),
        add_triggers('layers_roadcondition', 'road-conditions'),
        keep_history('layers_roadcondition'),
        run_sql_file('review.sql'),
    ]
