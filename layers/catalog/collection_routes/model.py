"""Collection routes, one feature per vehicle and day, along real streets: of the published plan, and of drafts."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import LineFeature
from layers.catalog.route_plans.model import PlanKind
from layers.catalog.waste_containers.model import Fraction


class CollectionRoute(LineFeature):
    plan = models.CharField(_("Plan (job)"), max_length=40, db_index=True)
    published = models.BooleanField(_("Published"), default=True, db_default=True)
    kind = models.CharField(
        _("Kind"), max_length=20, choices=PlanKind, default=PlanKind.CONTAINERS, db_default="containers"
    )
    vehicle = models.CharField(_("Vehicle"), max_length=100)
    district = models.CharField(
        _("District (identifier)"), max_length=100, blank=True, default="", db_default=""
    )
    fraction = models.CharField(
        _("Fraction"), max_length=20, choices=Fraction, default=Fraction.MIXED, db_default="mixed"
    )
    service_date = models.DateField(_("Day of service"))
    starts_at = models.TimeField(_("Starts"), null=True)
    ends_at = models.TimeField(_("Ends"), null=True)
    stops = models.IntegerField(_("Containers or streets served"))
    tips = models.IntegerField(_("Visits to a disposal site"), default=0, db_default=0)
    distance_km = models.FloatField(_("Distance"))
    duration_min = models.FloatField(_("Duration"))
    load_kg = models.FloatField(_("Load collected"))
    load_m3 = models.FloatField(_("Volume collected, compacted"), null=True)
    drive_km = models.FloatField(_("Distance without serving"), null=True)
    service_h = models.FloatField(_("Hours of serving"), null=True)
    overtime_min = models.FloatField(_("Overtime"), default=0, db_default=0)
    rest_at = models.TimeField(_("Break begins"), null=True)
    litres = models.FloatField(_("Litres of fuel"), null=True)
    co2_kg = models.FloatField(_("CO2"), null=True)
    roadbook = models.JSONField(_("Roadbook"), null=True)
    color_index = models.IntegerField(_("Colour number"), default=0, db_default=0)

    class Meta(LineFeature.Meta):
        verbose_name = _("Collection route")
