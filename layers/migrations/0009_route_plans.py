"""Route plans and the streets of routes; routes and stops that may be drafts. Generated, but for the last lines."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from layers.triggers import add_triggers, keep_history


class Migration(migrations.Migration):

    dependencies = [
        ('layers', '0008_road_conditions'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoutePlan',
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
                ('title', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='Title')),
                ('kind', models.CharField(choices=[('containers', 'Containers'), ('kerbside', 'Kerbside, street by street')], max_length=20, verbose_name='Kind')),
                ('fraction', models.CharField(choices=[('mixed', 'Household waste'), ('organic', 'Organic'), ('paper', 'Paper and card'), ('glass', 'Glass'), ('plastic', 'Plastic and packaging'), ('metal', 'Metal'), ('textile', 'Textiles'), ('other', 'Other')], max_length=20, verbose_name='Fraction')),
                ('service_date', models.DateField(verbose_name='Day of service')),
                ('districts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), default=list, size=None, verbose_name='Districts (identifiers)')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('replaced', 'Replaced')], db_default='draft', default='draft', max_length=20, verbose_name='Status')),
                ('job', models.CharField(max_length=40, verbose_name='Job')),
                ('based_on', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='Made from (plan)')),
                ('vehicles', models.IntegerField(verbose_name='Vehicles')),
                ('served', models.IntegerField(verbose_name='Served')),
                ('unserved', models.IntegerField(verbose_name='Not served')),
                ('distance_km', models.FloatField(verbose_name='Distance')),
                ('duration_h', models.FloatField(verbose_name='Hours of work')),
                ('overtime_h', models.FloatField(verbose_name='Hours of overtime')),
                ('spread_h', models.FloatField(verbose_name='Hours between the longest and the shortest shift')),
                ('litres', models.FloatField(verbose_name='Litres of fuel')),
                ('co2_kg', models.FloatField(verbose_name='CO2')),
                ('load_t', models.FloatField(verbose_name='Load collected')),
                ('cost', models.FloatField(verbose_name='Cost')),
                ('baseline_distance_km', models.FloatField(null=True, verbose_name='Distance, nearest neighbour')),
                ('baseline_duration_h', models.FloatField(null=True, verbose_name='Hours of work, nearest neighbour')),
                ('baseline_cost', models.FloatField(null=True, verbose_name='Cost, nearest neighbour')),
                ('checked_at', models.DateTimeField(null=True, verbose_name='Checked')),
                ('check_faults', models.IntegerField(db_default=0, default=0, verbose_name='Faults found')),
                ('crews', models.JSONField(default=dict, verbose_name='Per vehicle')),
                ('left_out', models.JSONField(default=dict, verbose_name='Left out, and why')),
                ('asked', models.JSONField(default=dict, verbose_name='What was asked')),
                ('rule', models.JSONField(default=dict, verbose_name='Rules and assumptions')),
                ('inputs', models.JSONField(default=dict, verbose_name='Data read')),
            ],
            options={
                'verbose_name': 'Route plan',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoutePlanEvent',
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
                ('title', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='Title')),
                ('kind', models.CharField(choices=[('containers', 'Containers'), ('kerbside', 'Kerbside, street by street')], max_length=20, verbose_name='Kind')),
                ('fraction', models.CharField(choices=[('mixed', 'Household waste'), ('organic', 'Organic'), ('paper', 'Paper and card'), ('glass', 'Glass'), ('plastic', 'Plastic and packaging'), ('metal', 'Metal'), ('textile', 'Textiles'), ('other', 'Other')], max_length=20, verbose_name='Fraction')),
                ('service_date', models.DateField(verbose_name='Day of service')),
                ('districts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), default=list, size=None, verbose_name='Districts (identifiers)')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('replaced', 'Replaced')], db_default='draft', default='draft', max_length=20, verbose_name='Status')),
                ('job', models.CharField(max_length=40, verbose_name='Job')),
                ('based_on', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='Made from (plan)')),
                ('vehicles', models.IntegerField(verbose_name='Vehicles')),
                ('served', models.IntegerField(verbose_name='Served')),
                ('unserved', models.IntegerField(verbose_name='Not served')),
                ('distance_km', models.FloatField(verbose_name='Distance')),
                ('duration_h', models.FloatField(verbose_name='Hours of work')),
                ('overtime_h', models.FloatField(verbose_name='Hours of overtime')),
                ('spread_h', models.FloatField(verbose_name='Hours between the longest and the shortest shift')),
                ('litres', models.FloatField(verbose_name='Litres of fuel')),
                ('co2_kg', models.FloatField(verbose_name='CO2')),
                ('load_t', models.FloatField(verbose_name='Load collected')),
                ('cost', models.FloatField(verbose_name='Cost')),
                ('baseline_distance_km', models.FloatField(null=True, verbose_name='Distance, nearest neighbour')),
                ('baseline_duration_h', models.FloatField(null=True, verbose_name='Hours of work, nearest neighbour')),
                ('baseline_cost', models.FloatField(null=True, verbose_name='Cost, nearest neighbour')),
                ('checked_at', models.DateTimeField(null=True, verbose_name='Checked')),
                ('check_faults', models.IntegerField(db_default=0, default=0, verbose_name='Faults found')),
                ('crews', models.JSONField(default=dict, verbose_name='Per vehicle')),
                ('left_out', models.JSONField(default=dict, verbose_name='Left out, and why')),
                ('asked', models.JSONField(default=dict, verbose_name='What was asked')),
                ('rule', models.JSONField(default=dict, verbose_name='Rules and assumptions')),
                ('inputs', models.JSONField(default=dict, verbose_name='Data read')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RouteStreet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=100, null=True, unique=True, verbose_name='Identifier')),
                ('source', models.CharField(choices=[('city', 'The city'), ('census', 'Census 2024'), ('openstreetmap', 'OpenStreetMap'), ('mixed', 'Real place, synthetic attributes'), ('synthetic', 'Synthetic (demo)'), ('computed', 'Computed')], db_default='city', default='city', max_length=20, verbose_name='Source')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='Version')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Created')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='Updated')),
                ('geom_3857', models.GeneratedField(db_persist=True, expression=models.Func('geom', models.Value(3857), function='ST_Transform'), output_field=django.contrib.gis.db.models.fields.GeometryField(spatial_index=False, srid=3857))),
                ('geom', django.contrib.gis.db.models.fields.LineStringField(srid=4326, verbose_name='Course')),
                ('length_m', models.GeneratedField(db_persist=True, expression=models.Func('geom', function='ST_Length', template='%(function)s((%(expressions)s)::geography)'), output_field=models.FloatField(), verbose_name='Length')),
                ('plan', models.CharField(db_index=True, max_length=40, verbose_name='Plan (job)')),
                ('published', models.BooleanField(db_default=True, default=True, verbose_name='Published')),
                ('route', models.CharField(max_length=100, verbose_name='Route (identifier)')),
                ('vehicle', models.CharField(max_length=100, verbose_name='Vehicle')),
                ('sequence', models.IntegerField(verbose_name='Order')),
                ('street', models.CharField(max_length=100, verbose_name='Street (identifier)')),
                ('side', models.CharField(choices=[('both', 'Both sides at once'), ('left', 'Left side'), ('right', 'Right side')], max_length=20, verbose_name='Side')),
                ('direction', models.CharField(choices=[('forward', "Along the street's line"), ('backward', "Against the street's line")], max_length=20, verbose_name='Direction')),
                ('arrives_at', models.TimeField(null=True, verbose_name='Arrival')),
                ('load_kg', models.FloatField(db_default=0, default=0, verbose_name='Load collected here')),
                ('load_after_kg', models.FloatField(db_default=0, default=0, verbose_name='Load on board after')),
                ('color_index', models.IntegerField(db_default=0, default=0, verbose_name='Colour number')),
            ],
            options={
                'verbose_name': 'Street of a route',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RouteStreetEvent',
            fields=[
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('geom', django.contrib.gis.db.models.fields.LineStringField(spatial_index=False, srid=4326, verbose_name='Course')),
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
                ('length_m', models.GeneratedField(db_persist=True, expression=models.Func('geom', function='ST_Length', template='%(function)s((%(expressions)s)::geography)'), output_field=models.FloatField(), verbose_name='Length')),
                ('plan', models.CharField(max_length=40, verbose_name='Plan (job)')),
                ('published', models.BooleanField(db_default=True, default=True, verbose_name='Published')),
                ('route', models.CharField(max_length=100, verbose_name='Route (identifier)')),
                ('vehicle', models.CharField(max_length=100, verbose_name='Vehicle')),
                ('sequence', models.IntegerField(verbose_name='Order')),
                ('street', models.CharField(max_length=100, verbose_name='Street (identifier)')),
                ('side', models.CharField(choices=[('both', 'Both sides at once'), ('left', 'Left side'), ('right', 'Right side')], max_length=20, verbose_name='Side')),
                ('direction', models.CharField(choices=[('forward', "Along the street's line"), ('backward', "Against the street's line")], max_length=20, verbose_name='Direction')),
                ('arrives_at', models.TimeField(null=True, verbose_name='Arrival')),
                ('load_kg', models.FloatField(db_default=0, default=0, verbose_name='Load collected here')),
                ('load_after_kg', models.FloatField(db_default=0, default=0, verbose_name='Load on board after')),
                ('color_index', models.IntegerField(db_default=0, default=0, verbose_name='Colour number')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='collectionroute',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='collectionroute',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='collectionroute',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='routestop',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='routestop',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='routestop',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='co2_kg',
            field=models.FloatField(null=True, verbose_name='CO2'),
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='drive_km',
            field=models.FloatField(null=True, verbose_name='Distance without serving'),
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='kind',
            field=models.CharField(choices=[('containers', 'Containers'), ('kerbside', 'Kerbside, street by street')], db_default='containers', default='containers', max_length=20, verbose_name='Kind'),
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='litres',
            field=models.FloatField(null=True, verbose_name='Litres of fuel'),
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='overtime_min',
            field=models.FloatField(db_default=0, default=0, verbose_name='Overtime'),
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='published',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Published'),
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='rest_at',
            field=models.TimeField(null=True, verbose_name='Break begins'),
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='roadbook',
            field=models.JSONField(null=True, verbose_name='Roadbook'),
        ),
        migrations.AddField(
            model_name='collectionroute',
            name='service_h',
            field=models.FloatField(null=True, verbose_name='Hours of serving'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='co2_kg',
            field=models.FloatField(null=True, verbose_name='CO2'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='drive_km',
            field=models.FloatField(null=True, verbose_name='Distance without serving'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='kind',
            field=models.CharField(choices=[('containers', 'Containers'), ('kerbside', 'Kerbside, street by street')], db_default='containers', default='containers', max_length=20, verbose_name='Kind'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='litres',
            field=models.FloatField(null=True, verbose_name='Litres of fuel'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='overtime_min',
            field=models.FloatField(db_default=0, default=0, verbose_name='Overtime'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='published',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Published'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='rest_at',
            field=models.TimeField(null=True, verbose_name='Break begins'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='roadbook',
            field=models.JSONField(null=True, verbose_name='Roadbook'),
        ),
        migrations.AddField(
            model_name='collectionrouteevent',
            name='service_h',
            field=models.FloatField(null=True, verbose_name='Hours of serving'),
        ),
        migrations.AddField(
            model_name='routestop',
            name='place',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='Depot or disposal site (identifier)'),
        ),
        migrations.AddField(
            model_name='routestop',
            name='published',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Published'),
        ),
        migrations.AddField(
            model_name='routestopevent',
            name='place',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='Depot or disposal site (identifier)'),
        ),
        migrations.AddField(
            model_name='routestopevent',
            name='published',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Published'),
        ),
        migrations.AlterField(
            model_name='collectionright',
            name='collection',
            field=models.CharField(choices=[('rasters', 'Rasters'), ('water', 'Water'), ('buildings', 'Buildings'), ('streets', 'Streets'), ('turn-restrictions', 'Turn restrictions'), ('road-conditions', 'Road conditions'), ('districts', 'Districts'), ('parcels', 'Parcels'), ('population-grid', 'Population grid'), ('green-spaces', 'Green spaces'), ('trees', 'Trees'), ('street-furniture', 'Street furniture'), ('depots', 'Depots'), ('disposal-sites', 'Disposal sites'), ('vehicles', 'Vehicles'), ('waste-containers', 'Waste containers'), ('route-plans', 'Route plans'), ('collection-routes', 'Collection routes'), ('route-stops', 'Route stops'), ('route-streets', 'Streets of routes'), ('air-stations', 'Air stations'), ('air-observations', 'Air observations'), ('pollution-grids', 'Pollution grids')], max_length=60, verbose_name='Collection'),
        ),
        migrations.AlterField(
            model_name='collectionroute',
            name='plan',
            field=models.CharField(db_index=True, max_length=40, verbose_name='Plan (job)'),
        ),
        migrations.AlterField(
            model_name='collectionroute',
            name='stops',
            field=models.IntegerField(verbose_name='Containers or streets served'),
        ),
        migrations.AlterField(
            model_name='collectionrouteevent',
            name='stops',
            field=models.IntegerField(verbose_name='Containers or streets served'),
        ),
        migrations.AlterField(
            model_name='routestop',
            name='kind',
            field=models.CharField(choices=[('start', 'Start at depot'), ('container', 'Container'), ('tip', 'Disposal site'), ('rest', 'Break'), ('end', 'End at depot')], max_length=20, verbose_name='Kind'),
        ),
        migrations.AlterField(
            model_name='routestop',
            name='plan',
            field=models.CharField(db_index=True, max_length=40, verbose_name='Plan (job)'),
        ),
        migrations.AlterField(
            model_name='routestopevent',
            name='kind',
            field=models.CharField(choices=[('start', 'Start at depot'), ('container', 'Container'), ('tip', 'Disposal site'), ('rest', 'Break'), ('end', 'End at depot')], max_length=20, verbose_name='Kind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='collectionroute',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_collectionrouteevent" ("co2_kg", "color_index", "created_at", "distance_km", "district", "drive_km", "duration_min", "ends_at", "external_id", "fraction", "geom", "id", "kind", "litres", "load_kg", "load_m3", "overtime_min", "pgh_context_id", "pgh_created_at", "pgh_label", "plan", "published", "rest_at", "roadbook", "service_date", "service_h", "source", "starts_at", "stops", "tips", "updated_at", "vehicle", "version") SELECT new_values."co2_kg", new_values."color_index", new_values."created_at", new_values."distance_km", new_values."district", new_values."drive_km", new_values."duration_min", new_values."ends_at", new_values."external_id", new_values."fraction", new_values."geom", new_values."id", new_values."kind", new_values."litres", new_values."load_kg", new_values."load_m3", new_values."overtime_min", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."plan", new_values."published", new_values."rest_at", new_values."roadbook", new_values."service_date", new_values."service_h", new_values."source", new_values."starts_at", new_values."stops", new_values."tips", new_values."updated_at", new_values."vehicle", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6abb075512c7cc7370d90dc4d9444aa75bb7366e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3c126', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_collectionroute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='collectionroute',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_collectionrouteevent" ("co2_kg", "color_index", "created_at", "distance_km", "district", "drive_km", "duration_min", "ends_at", "external_id", "fraction", "geom", "id", "kind", "litres", "load_kg", "load_m3", "overtime_min", "pgh_context_id", "pgh_created_at", "pgh_label", "plan", "published", "rest_at", "roadbook", "service_date", "service_h", "source", "starts_at", "stops", "tips", "updated_at", "vehicle", "version") SELECT new_values."co2_kg", new_values."color_index", new_values."created_at", new_values."distance_km", new_values."district", new_values."drive_km", new_values."duration_min", new_values."ends_at", new_values."external_id", new_values."fraction", new_values."geom", new_values."id", new_values."kind", new_values."litres", new_values."load_kg", new_values."load_m3", new_values."overtime_min", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."plan", new_values."published", new_values."rest_at", new_values."roadbook", new_values."service_date", new_values."service_h", new_values."source", new_values."starts_at", new_values."stops", new_values."tips", new_values."updated_at", new_values."vehicle", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='317781036b2d07849019bfaabf9cb8a01467650d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_528e3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_collectionroute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='collectionroute',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_collectionrouteevent" ("co2_kg", "color_index", "created_at", "distance_km", "district", "drive_km", "duration_min", "ends_at", "external_id", "fraction", "geom", "id", "kind", "litres", "load_kg", "load_m3", "overtime_min", "pgh_context_id", "pgh_created_at", "pgh_label", "plan", "published", "rest_at", "roadbook", "service_date", "service_h", "source", "starts_at", "stops", "tips", "updated_at", "vehicle", "version") SELECT old_values."co2_kg", old_values."color_index", old_values."created_at", old_values."distance_km", old_values."district", old_values."drive_km", old_values."duration_min", old_values."ends_at", old_values."external_id", old_values."fraction", old_values."geom", old_values."id", old_values."kind", old_values."litres", old_values."load_kg", old_values."load_m3", old_values."overtime_min", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."plan", old_values."published", old_values."rest_at", old_values."roadbook", old_values."service_date", old_values."service_h", old_values."source", old_values."starts_at", old_values."stops", old_values."tips", old_values."updated_at", old_values."vehicle", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='aeb0a8b7737ff9a3db163ea5799d2c68262404f6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_82ae1', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_collectionroute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routestop',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routestopevent" ("arrives_at", "container", "created_at", "external_id", "geom", "id", "kind", "load_after_kg", "load_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "place", "plan", "published", "route", "sequence", "source", "updated_at", "version") SELECT new_values."arrives_at", new_values."container", new_values."created_at", new_values."external_id", new_values."geom", new_values."id", new_values."kind", new_values."load_after_kg", new_values."load_kg", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."place", new_values."plan", new_values."published", new_values."route", new_values."sequence", new_values."source", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8a510e6154a0d3838b2eb811730f089973c1b7b6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_885ab', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_routestop', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routestop',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routestopevent" ("arrives_at", "container", "created_at", "external_id", "geom", "id", "kind", "load_after_kg", "load_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "place", "plan", "published", "route", "sequence", "source", "updated_at", "version") SELECT new_values."arrives_at", new_values."container", new_values."created_at", new_values."external_id", new_values."geom", new_values."id", new_values."kind", new_values."load_after_kg", new_values."load_kg", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."place", new_values."plan", new_values."published", new_values."route", new_values."sequence", new_values."source", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4763d43538f7e62bde7e73d448c71945b892cb1b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_beb43', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_routestop', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routestop',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routestopevent" ("arrives_at", "container", "created_at", "external_id", "geom", "id", "kind", "load_after_kg", "load_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "place", "plan", "published", "route", "sequence", "source", "updated_at", "version") SELECT old_values."arrives_at", old_values."container", old_values."created_at", old_values."external_id", old_values."geom", old_values."id", old_values."kind", old_values."load_after_kg", old_values."load_kg", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."place", old_values."plan", old_values."published", old_values."route", old_values."sequence", old_values."source", old_values."updated_at", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='dbc07f61824704dfdfd476bdb62f129305d31563', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_72078', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_routestop', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='routeplan',
            index=django.contrib.postgres.indexes.GistIndex(fields=['geom_3857'], name='routeplan_tile'),
        ),
        migrations.AddConstraint(
            model_name='routeplan',
            constraint=models.CheckConstraint(condition=models.Func('geom', function='ST_IsValid', output_field=models.BooleanField()), name='routeplan_geom_valid'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routeplan',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routeplanevent" ("asked", "based_on", "baseline_cost", "baseline_distance_km", "baseline_duration_h", "check_faults", "checked_at", "co2_kg", "cost", "created_at", "crews", "distance_km", "districts", "duration_h", "external_id", "fraction", "geom", "id", "inputs", "job", "kind", "left_out", "litres", "load_t", "overtime_h", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "served", "service_date", "source", "spread_h", "status", "title", "unserved", "updated_at", "vehicles", "version") SELECT new_values."asked", new_values."based_on", new_values."baseline_cost", new_values."baseline_distance_km", new_values."baseline_duration_h", new_values."check_faults", new_values."checked_at", new_values."co2_kg", new_values."cost", new_values."created_at", new_values."crews", new_values."distance_km", new_values."districts", new_values."duration_h", new_values."external_id", new_values."fraction", new_values."geom", new_values."id", new_values."inputs", new_values."job", new_values."kind", new_values."left_out", new_values."litres", new_values."load_t", new_values."overtime_h", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."rule", new_values."served", new_values."service_date", new_values."source", new_values."spread_h", new_values."status", new_values."title", new_values."unserved", new_values."updated_at", new_values."vehicles", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='03f42340307e6bf66d8e108b7f31bad6ddb62d32', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e1573', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_routeplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routeplan',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routeplanevent" ("asked", "based_on", "baseline_cost", "baseline_distance_km", "baseline_duration_h", "check_faults", "checked_at", "co2_kg", "cost", "created_at", "crews", "distance_km", "districts", "duration_h", "external_id", "fraction", "geom", "id", "inputs", "job", "kind", "left_out", "litres", "load_t", "overtime_h", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "served", "service_date", "source", "spread_h", "status", "title", "unserved", "updated_at", "vehicles", "version") SELECT new_values."asked", new_values."based_on", new_values."baseline_cost", new_values."baseline_distance_km", new_values."baseline_duration_h", new_values."check_faults", new_values."checked_at", new_values."co2_kg", new_values."cost", new_values."created_at", new_values."crews", new_values."distance_km", new_values."districts", new_values."duration_h", new_values."external_id", new_values."fraction", new_values."geom", new_values."id", new_values."inputs", new_values."job", new_values."kind", new_values."left_out", new_values."litres", new_values."load_t", new_values."overtime_h", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."rule", new_values."served", new_values."service_date", new_values."source", new_values."spread_h", new_values."status", new_values."title", new_values."unserved", new_values."updated_at", new_values."vehicles", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e33677d996f0d57da38e715e3bd098648c044fdf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_59aaf', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_routeplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routeplan',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routeplanevent" ("asked", "based_on", "baseline_cost", "baseline_distance_km", "baseline_duration_h", "check_faults", "checked_at", "co2_kg", "cost", "created_at", "crews", "distance_km", "districts", "duration_h", "external_id", "fraction", "geom", "id", "inputs", "job", "kind", "left_out", "litres", "load_t", "overtime_h", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "served", "service_date", "source", "spread_h", "status", "title", "unserved", "updated_at", "vehicles", "version") SELECT old_values."asked", old_values."based_on", old_values."baseline_cost", old_values."baseline_distance_km", old_values."baseline_duration_h", old_values."check_faults", old_values."checked_at", old_values."co2_kg", old_values."cost", old_values."created_at", old_values."crews", old_values."distance_km", old_values."districts", old_values."duration_h", old_values."external_id", old_values."fraction", old_values."geom", old_values."id", old_values."inputs", old_values."job", old_values."kind", old_values."left_out", old_values."litres", old_values."load_t", old_values."overtime_h", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."rule", old_values."served", old_values."service_date", old_values."source", old_values."spread_h", old_values."status", old_values."title", old_values."unserved", old_values."updated_at", old_values."vehicles", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c0ee34a63c3a91cad1910d05eb5b09ae9d2e2750', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_17187', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_routeplan', when='AFTER')),
        ),
        migrations.AddField(
            model_name='routeplanevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddIndex(
            model_name='routestreet',
            index=django.contrib.postgres.indexes.GistIndex(fields=['geom_3857'], name='routestreet_tile'),
        ),
        migrations.AddConstraint(
            model_name='routestreet',
            constraint=models.CheckConstraint(condition=models.Func('geom', function='ST_IsValid', output_field=models.BooleanField()), name='routestreet_geom_valid'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routestreet',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routestreetevent" ("arrives_at", "color_index", "created_at", "direction", "external_id", "geom", "id", "load_after_kg", "load_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "plan", "published", "route", "sequence", "side", "source", "street", "updated_at", "vehicle", "version") SELECT new_values."arrives_at", new_values."color_index", new_values."created_at", new_values."direction", new_values."external_id", new_values."geom", new_values."id", new_values."load_after_kg", new_values."load_kg", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."plan", new_values."published", new_values."route", new_values."sequence", new_values."side", new_values."source", new_values."street", new_values."updated_at", new_values."vehicle", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d2ec58ca977ab6e2b5341189fcb9890814b8b41b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_7d057', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_routestreet', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routestreet',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routestreetevent" ("arrives_at", "color_index", "created_at", "direction", "external_id", "geom", "id", "load_after_kg", "load_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "plan", "published", "route", "sequence", "side", "source", "street", "updated_at", "vehicle", "version") SELECT new_values."arrives_at", new_values."color_index", new_values."created_at", new_values."direction", new_values."external_id", new_values."geom", new_values."id", new_values."load_after_kg", new_values."load_kg", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."plan", new_values."published", new_values."route", new_values."sequence", new_values."side", new_values."source", new_values."street", new_values."updated_at", new_values."vehicle", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0b63903b5d2c28fa82fb199bccdd9d34947e11aa', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e5a08', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_routestreet', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routestreet',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routestreetevent" ("arrives_at", "color_index", "created_at", "direction", "external_id", "geom", "id", "load_after_kg", "load_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "plan", "published", "route", "sequence", "side", "source", "street", "updated_at", "vehicle", "version") SELECT old_values."arrives_at", old_values."color_index", old_values."created_at", old_values."direction", old_values."external_id", old_values."geom", old_values."id", old_values."load_after_kg", old_values."load_kg", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."plan", old_values."published", old_values."route", old_values."sequence", old_values."side", old_values."source", old_values."street", old_values."updated_at", old_values."vehicle", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3129c64b26371f588df273e2d993988ffc987307', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1eda0', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_routestreet', when='AFTER')),
        ),
        migrations.AddField(
            model_name='routestreetevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddIndex(
            model_name='routeplanevent',
            index=models.Index(fields=['id', '-pgh_id'], name='routeplanevent_id'),
        ),
        migrations.AddIndex(
            model_name='routeplanevent',
            index=models.Index(fields=['pgh_created_at'], name='routeplanevent_at'),
        ),
        migrations.AddIndex(
            model_name='routeplanevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='routeplanevent_past'),
        ),
        migrations.AddIndex(
            model_name='routestreetevent',
            index=models.Index(fields=['id', '-pgh_id'], name='routestreetevent_id'),
        ),
        migrations.AddIndex(
            model_name='routestreetevent',
            index=models.Index(fields=['pgh_created_at'], name='routestreetevent_at'),
        ),
        migrations.AddIndex(
            model_name='routestreetevent',
            index=models.Index(condition=models.Q(('pgh_context__isnull', True)), fields=['transaction_id'], name='routestreetevent_past'),
        ),
        add_triggers('layers_routeplan', 'route-plans'),
        keep_history('layers_routeplan'),
        add_triggers('layers_routestreet', 'route-streets'),
        keep_history('layers_routestreet'),
    ]
