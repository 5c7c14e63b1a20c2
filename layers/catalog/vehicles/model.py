"""The fleet: a table, no geometry."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from layers.base import FeatureModel


class Vehicle(FeatureModel):
    depot = models.CharField(_("Depot (identifier)"), max_length=100)
    capacity_kg = models.FloatField(_("Payload"))
    capacity_m3 = models.FloatField(_("Volume, compacted"))
    height_m = models.FloatField(_("Height"), null=True)
    width_m = models.FloatField(_("Width"), null=True)
    turning_width_m = models.FloatField(_("Street width in which it turns round"), null=True)
    weight_t = models.FloatField(_("Weight, laden"), null=True)
    fractions = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("Fractions it takes (none: all)"),
        default=list,
        db_default=[],
        blank=True,
    )
    shift_start = models.TimeField(_("Shift starts"))
    shift_end = models.TimeField(_("Shift ends"))

    class Meta(FeatureModel.Meta):
        verbose_name = _("Vehicle")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity_kg__gt=0, capacity_m3__gt=0), name="vehicle_capacity"
            ),
        ]
