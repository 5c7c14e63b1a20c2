"""Rasters brought in, such as vegetation index and heights, or computed; the feature is the footprint of one file."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature


class RasterKind(models.TextChoices):
    NDVI = "ndvi", _("Vegetation index (NDVI)")
    ORTHOPHOTO = "orthophoto", _("Orthophoto")
    CANOPY_HEIGHT = "canopy-height", _("Canopy height")
    ELEVATION = "elevation", _("Elevation of the ground")
    GREEN_SHARE = "green-share", _("Share of green by grid cell")


class Raster(PolygonFeature):
    kind = models.CharField(_("Kind"), max_length=20, choices=RasterKind)
    period_start = models.DateTimeField(_("From"))
    period_end = models.DateTimeField(_("Until"))
    cell_m = models.FloatField(_("Cell size"))
    bands = models.PositiveSmallIntegerField(_("Bands"))
    file = models.CharField(_("File, below the media folder"), max_length=200)

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Raster")
