"""Route plans: what one run of a process planned, with its figures; drafts, what is published, and what was."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature
from layers.catalog.waste_containers.model import Fraction


class PlanKind(models.TextChoices):
    CONTAINERS = "containers", _("Containers")
    KERBSIDE = "kerbside", _("Kerbside, street by street")


class RoutePlan(PolygonFeature):
    """The area is the hull of what the plan serves. `crews` is by vehicle, `left_out` by container or street."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        REPLACED = "replaced", _("Replaced")

    title = models.CharField(_("Title"), max_length=200, blank=True, default="", db_default="")
    kind = models.CharField(_("Kind"), max_length=20, choices=PlanKind)
    fraction = models.CharField(_("Fraction"), max_length=20, choices=Fraction)
    service_date = models.DateField(_("Day of service"))
    districts = ArrayField(
        models.CharField(max_length=100), verbose_name=_("Districts (identifiers)"), default=list
    )
    status = models.CharField(
        _("Status"), max_length=20, choices=Status, default=Status.DRAFT, db_default="draft"
    )
    job = models.CharField(_("Job"), max_length=40)
    based_on = models.CharField(_("Made from (plan)"), max_length=100, blank=True, default="", db_default="")
    vehicles = models.IntegerField(_("Vehicles"))
    served = models.IntegerField(_("Served"))
    unserved = models.IntegerField(_("Not served"))
    distance_km = models.FloatField(_("Distance"))
    duration_h = models.FloatField(_("Hours of work"))
    overtime_h = models.FloatField(_("Hours of overtime"))
    spread_h = models.FloatField(_("Hours between the longest and the shortest shift"))
    litres = models.FloatField(_("Litres of fuel"))
    co2_kg = models.FloatField(_("CO2"))
    load_t = models.FloatField(_("Load collected"))
    cost = models.FloatField(_("Cost"))
    baseline_distance_km = models.FloatField(_("Distance, nearest neighbour"), null=True)
    baseline_duration_h = models.FloatField(_("Hours of work, nearest neighbour"), null=True)
    baseline_served = models.IntegerField(_("Served, nearest neighbour"), null=True)
    baseline_cost = models.FloatField(_("Cost, nearest neighbour"), null=True)
    checked_at = models.DateTimeField(_("Checked"), null=True)
    check_faults = models.IntegerField(_("Faults found"), default=0, db_default=0)
    crews = models.JSONField(_("Per vehicle"), default=dict)
    left_out = models.JSONField(_("Left out, and why"), default=dict)
    asked = models.JSONField(_("What was asked"), default=dict)
    rule = models.JSONField(_("Rules and assumptions"), default=dict)
    inputs = models.JSONField(_("Data read"), default=dict)

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Route plan")
