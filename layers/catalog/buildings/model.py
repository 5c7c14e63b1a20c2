"""Buildings: base map, and where people live when no census grid exists."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature


class Building(PolygonFeature):
    use = models.CharField(_("Use"), max_length=40, blank=True, default="", db_default="")
    levels = models.IntegerField(_("Levels"), null=True)
    height_m = models.FloatField(_("Height"), null=True)

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Building")
