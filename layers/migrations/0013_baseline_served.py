"""How many tasks the nearest-neighbour plan of a route plan served. Generated."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('layers', '0012_air'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='routeplan',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='routeplan',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='routeplan',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='routeplan',
            name='baseline_served',
            field=models.IntegerField(null=True, verbose_name='Served, nearest neighbour'),
        ),
        migrations.AddField(
            model_name='routeplanevent',
            name='baseline_served',
            field=models.IntegerField(null=True, verbose_name='Served, nearest neighbour'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routeplan',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routeplanevent" ("asked", "based_on", "baseline_cost", "baseline_distance_km", "baseline_duration_h", "baseline_served", "check_faults", "checked_at", "co2_kg", "cost", "created_at", "crews", "distance_km", "districts", "duration_h", "external_id", "fraction", "geom", "id", "inputs", "job", "kind", "left_out", "litres", "load_t", "overtime_h", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "served", "service_date", "source", "spread_h", "status", "title", "unserved", "updated_at", "vehicles", "version") SELECT new_values."asked", new_values."based_on", new_values."baseline_cost", new_values."baseline_distance_km", new_values."baseline_duration_h", new_values."baseline_served", new_values."check_faults", new_values."checked_at", new_values."co2_kg", new_values."cost", new_values."created_at", new_values."crews", new_values."distance_km", new_values."districts", new_values."duration_h", new_values."external_id", new_values."fraction", new_values."geom", new_values."id", new_values."inputs", new_values."job", new_values."kind", new_values."left_out", new_values."litres", new_values."load_t", new_values."overtime_h", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."rule", new_values."served", new_values."service_date", new_values."source", new_values."spread_h", new_values."status", new_values."title", new_values."unserved", new_values."updated_at", new_values."vehicles", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='364ca59542544c07cd3e5ed7621bb921d31afb59', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e1573', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_routeplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routeplan',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routeplanevent" ("asked", "based_on", "baseline_cost", "baseline_distance_km", "baseline_duration_h", "baseline_served", "check_faults", "checked_at", "co2_kg", "cost", "created_at", "crews", "distance_km", "districts", "duration_h", "external_id", "fraction", "geom", "id", "inputs", "job", "kind", "left_out", "litres", "load_t", "overtime_h", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "served", "service_date", "source", "spread_h", "status", "title", "unserved", "updated_at", "vehicles", "version") SELECT new_values."asked", new_values."based_on", new_values."baseline_cost", new_values."baseline_distance_km", new_values."baseline_duration_h", new_values."baseline_served", new_values."check_faults", new_values."checked_at", new_values."co2_kg", new_values."cost", new_values."created_at", new_values."crews", new_values."distance_km", new_values."districts", new_values."duration_h", new_values."external_id", new_values."fraction", new_values."geom", new_values."id", new_values."inputs", new_values."job", new_values."kind", new_values."left_out", new_values."litres", new_values."load_t", new_values."overtime_h", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."rule", new_values."served", new_values."service_date", new_values."source", new_values."spread_h", new_values."status", new_values."title", new_values."unserved", new_values."updated_at", new_values."vehicles", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8b01e28f85f8e84b2cfe5450d12b0e5d993630ec', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_59aaf', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_routeplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routeplan',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_routeplanevent" ("asked", "based_on", "baseline_cost", "baseline_distance_km", "baseline_duration_h", "baseline_served", "check_faults", "checked_at", "co2_kg", "cost", "created_at", "crews", "distance_km", "districts", "duration_h", "external_id", "fraction", "geom", "id", "inputs", "job", "kind", "left_out", "litres", "load_t", "overtime_h", "pgh_context_id", "pgh_created_at", "pgh_label", "rule", "served", "service_date", "source", "spread_h", "status", "title", "unserved", "updated_at", "vehicles", "version") SELECT old_values."asked", old_values."based_on", old_values."baseline_cost", old_values."baseline_distance_km", old_values."baseline_duration_h", old_values."baseline_served", old_values."check_faults", old_values."checked_at", old_values."co2_kg", old_values."cost", old_values."created_at", old_values."crews", old_values."distance_km", old_values."districts", old_values."duration_h", old_values."external_id", old_values."fraction", old_values."geom", old_values."id", old_values."inputs", old_values."job", old_values."kind", old_values."left_out", old_values."litres", old_values."load_t", old_values."overtime_h", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."rule", old_values."served", old_values."service_date", old_values."source", old_values."spread_h", old_values."status", old_values."title", old_values."unserved", old_values."updated_at", old_values."vehicles", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='23782f47caeff0759d71da8fe1ed3302f3dfe097', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_17187', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_routeplan', when='AFTER')),
        ),
    ]
