"""Administrative districts (arrondissements) with their people and, once computed, their green coverage."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import NamedModel, PolygonFeature


class District(NamedModel, PolygonFeature):
    code = models.CharField(_("Official code"), max_length=20, blank=True, default="", db_default="")
    population = models.IntegerField(_("Inhabitants"), null=True)
    women = models.IntegerField(_("Women and girls"), null=True)
    aged_0_14 = models.IntegerField(_("Inhabitants aged 0 to 14"), null=True)
    aged_15_64 = models.IntegerField(_("Inhabitants aged 15 to 64"), null=True)
    aged_65_up = models.IntegerField(_("Inhabitants aged 65 and over"), null=True)
    households = models.IntegerField(_("Households"), null=True)
    census_year = models.IntegerField(_("Census year"), null=True)
    green_area_m2 = models.FloatField(_("All green, overlaps counted once"), null=True)
    green_public_area_m2 = models.FloatField(_("Public green, overlaps counted once"), null=True)
    green_share_pct = models.FloatField(_("Share of green"), null=True)
    green_m2_per_inhabitant = models.FloatField(_("Public green per inhabitant"), null=True)
    green_within_300_m_pct = models.FloatField(_("Inhabitants within 300 m of public green"), null=True)
    green_computed_at = models.DateTimeField(_("Green coverage computed"), null=True)

    class Meta(NamedModel.Meta, PolygonFeature.Meta):
        verbose_name = _("District")
        indexes = [*NamedModel.Meta.indexes, *PolygonFeature.Meta.indexes]
