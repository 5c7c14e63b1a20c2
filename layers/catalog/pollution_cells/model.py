"""Pollution as the city delivers it: polygons with a concentration, imported as they are."""

from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature
from layers.catalog.air_observations.model import Pollutant


class PollutionCell(PolygonFeature):
    pollutant = models.CharField(_("Pollutant"), max_length=10, choices=Pollutant)
    value_ug_m3 = models.FloatField(_("Concentration"), validators=[MinValueValidator(0)])
    period_start = models.DateTimeField(_("From"), null=True)
    period_end = models.DateTimeField(_("Until"), null=True)

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Pollution cell")
