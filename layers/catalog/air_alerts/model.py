"""Alerts of air quality: a limit exceeded in an area, from when until when."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature
from layers.catalog.air_observations.model import Pollutant


class AirAlert(PolygonFeature):
    district = models.CharField(
        _("District (identifier)"), max_length=100, blank=True, default="", db_default=""
    )
    pollutant = models.CharField(_("Pollutant"), max_length=10, choices=Pollutant)
    limit_id = models.CharField(_("Limit (identifier)"), max_length=60)
    averaging = models.CharField(_("Mean over"), max_length=10)
    limit_ug_m3 = models.FloatField(_("Limit value"))
    value_ug_m3 = models.FloatField(_("Highest mean"))
    station = models.CharField(_("Station (identifier)"), max_length=100)
    started_at = models.DateTimeField(_("From"))
    ended_at = models.DateTimeField(_("Until"), null=True)
    limit_source = models.CharField(_("Source of the limit"), max_length=300)

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Air alert")
