"""When a waste container was emptied last, and what was weighed then. Generated."""

import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('layers', '0013_baseline_served'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='wastecontainer',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='wastecontainer',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='wastecontainer',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='wastecontainer',
            name='emptied_at',
            field=models.DateTimeField(null=True, verbose_name='Emptied last'),
        ),
        migrations.AddField(
            model_name='wastecontainer',
            name='weighed_kg',
            field=models.FloatField(null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='Weighed at the last emptying'),
        ),
        migrations.AddField(
            model_name='wastecontainerevent',
            name='emptied_at',
            field=models.DateTimeField(null=True, verbose_name='Emptied last'),
        ),
        migrations.AddField(
            model_name='wastecontainerevent',
            name='weighed_kg',
            field=models.FloatField(null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='Weighed at the last emptying'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wastecontainer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_wastecontainerevent" ("capacity_l", "collection_days", "created_at", "emptied_at", "external_id", "fill_observed_at", "fill_pct", "fraction", "geom", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "source", "updated_at", "version", "weighed_kg") SELECT new_values."capacity_l", new_values."collection_days", new_values."created_at", new_values."emptied_at", new_values."external_id", new_values."fill_observed_at", new_values."fill_pct", new_values."fraction", new_values."geom", new_values."id", _pgh_attached_context.value, casagis_moment(), \'insert\', new_values."source", new_values."updated_at", new_values."version", new_values."weighed_kg" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b0a53c5a8335f67e9479ba325b2f2943ec50196c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c722e', referencing='REFERENCING NEW TABLE AS new_values ', table='layers_wastecontainer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wastecontainer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_wastecontainerevent" ("capacity_l", "collection_days", "created_at", "emptied_at", "external_id", "fill_observed_at", "fill_pct", "fraction", "geom", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "source", "updated_at", "version", "weighed_kg") SELECT new_values."capacity_l", new_values."collection_days", new_values."created_at", new_values."emptied_at", new_values."external_id", new_values."fill_observed_at", new_values."fill_pct", new_values."fraction", new_values."geom", new_values."id", _pgh_attached_context.value, casagis_moment(), \'update\', new_values."source", new_values."updated_at", new_values."version", new_values."weighed_kg" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b2b99c5dd8b609ae0cd763efa4d53d7eef581274', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9aed3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='layers_wastecontainer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wastecontainer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "layers_wastecontainerevent" ("capacity_l", "collection_days", "created_at", "emptied_at", "external_id", "fill_observed_at", "fill_pct", "fraction", "geom", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "source", "updated_at", "version", "weighed_kg") SELECT old_values."capacity_l", old_values."collection_days", old_values."created_at", old_values."emptied_at", old_values."external_id", old_values."fill_observed_at", old_values."fill_pct", old_values."fraction", old_values."geom", old_values."id", _pgh_attached_context.value, casagis_moment(), \'delete\', old_values."source", old_values."updated_at", old_values."version", old_values."weighed_kg" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c7edc94ccf9e8a114041602c0c00ee8f652dc9d8', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f1399', referencing='REFERENCING OLD TABLE AS old_values ', table='layers_wastecontainer', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='wastecontainer',
            constraint=models.CheckConstraint(condition=models.Q(('weighed_kg__gte', 0)), name='wastecontainer_weighed'),
        ),
    ]
