"""Pollution grids: rasters (Cloud Optimized GeoTIFF); the feature is the footprint, with what the grid says."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature
from layers.catalog.air_observations.model import Pollutant


class PollutionGrid(PolygonFeature):
    pollutant = models.CharField(_("Pollutant"), max_length=10, choices=Pollutant)
    period_start = models.DateTimeField(_("From"))
    period_end = models.DateTimeField(_("Until"))
    method = models.CharField(_("Method"), max_length=200)
    cell_m = models.FloatField(_("Cell size"))
    min_ug_m3 = models.FloatField(_("Smallest value"))
    mean_ug_m3 = models.FloatField(_("Mean value"))
    max_ug_m3 = models.FloatField(_("Largest value"))
    file = models.CharField(_("File, below the media folder"), max_length=200)

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Pollution grid")
