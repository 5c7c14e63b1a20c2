"""The streets, or sides of streets, that the routes serve, in driving order."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import LineFeature


class RouteStreet(LineFeature):
    """`sequence` counts on with the route's stops; `direction` is that of driving, against the street's own line."""

    class Side(models.TextChoices):
        BOTH = "both", _("Both sides at once")
        LEFT = "left", _("Left side")
        RIGHT = "right", _("Right side")

    class Direction(models.TextChoices):
        FORWARD = "forward", _("Along the street's line")
        BACKWARD = "backward", _("Against the street's line")

    plan = models.CharField(_("Plan (job)"), max_length=40, db_index=True)
    published = models.BooleanField(_("Published"), default=True, db_default=True)
    route = models.CharField(_("Route (identifier)"), max_length=100)
    vehicle = models.CharField(_("Vehicle"), max_length=100)
    sequence = models.IntegerField(_("Order"))
    street = models.CharField(_("Street (identifier)"), max_length=100)
    side = models.CharField(_("Side"), max_length=20, choices=Side)
    direction = models.CharField(_("Direction"), max_length=20, choices=Direction)
    arrives_at = models.TimeField(_("Arrival"), null=True)
    load_kg = models.FloatField(_("Load collected here"), default=0, db_default=0)
    load_after_kg = models.FloatField(_("Load on board after"), default=0, db_default=0)
    color_index = models.IntegerField(_("Colour number"), default=0, db_default=0)

    class Meta(LineFeature.Meta):
        verbose_name = _("Street of a route")
