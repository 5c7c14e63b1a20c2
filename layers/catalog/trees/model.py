"""Single trees."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PointFeature


class Tree(PointFeature):
    class Condition(models.TextChoices):
        GOOD = "good", _("Good")
        FAIR = "fair", _("Fair")
        POOR = "poor", _("Poor")
        DEAD = "dead", _("Dead")
        UNKNOWN = "unknown", _("Unknown")

    species = models.CharField(_("Species"), max_length=120, blank=True, default="", db_default="")
    crown_diameter_m = models.FloatField(_("Crown diameter"), null=True)
    height_m = models.FloatField(_("Height"), null=True)
    planted_year = models.IntegerField(_("Planted in"), null=True)
    condition = models.CharField(
        _("Condition"), max_length=20, choices=Condition, default=Condition.UNKNOWN, db_default="unknown"
    )

    class Meta(PointFeature.Meta):
        verbose_name = _("Tree")
