"""The stops of the routes, in driving order."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PointFeature


class RouteStop(PointFeature):
    class Kind(models.TextChoices):
        START = "start", _("Start at depot")
        CONTAINER = "container", _("Container")
        TIP = "tip", _("Disposal site")
        REST = "rest", _("Break")
        END = "end", _("End at depot")

    plan = models.CharField(_("Plan (job)"), max_length=40, db_index=True)
    published = models.BooleanField(_("Published"), default=True, db_default=True)
    route = models.CharField(_("Route (identifier)"), max_length=100)
    sequence = models.IntegerField(_("Order"))
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind)
    container = models.CharField(
        _("Container (identifier)"), max_length=100, blank=True, default="", db_default=""
    )
    place = models.CharField(
        _("Depot or disposal site (identifier)"), max_length=100, blank=True, default="", db_default=""
    )
    arrives_at = models.TimeField(_("Arrival"), null=True)
    load_kg = models.FloatField(_("Load collected here"), default=0, db_default=0)
    load_after_kg = models.FloatField(_("Load on board after"), default=0, db_default=0)

    class Meta(PointFeature.Meta):
        verbose_name = _("Route stop")
