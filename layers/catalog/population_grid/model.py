"""Inhabitants by grid cell."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature


class PopulationCell(PolygonFeature):
    inhabitants = models.FloatField(_("Inhabitants"))

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Population cell")
        constraints = [
            *PolygonFeature.Meta.constraints,
            models.CheckConstraint(condition=models.Q(inhabitants__gte=0), name="populationcell_inhabitants"),
        ]
