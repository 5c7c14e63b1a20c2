"""Scenarios: changes of the city that a planner imagined, by name, with what they would do to every indicator."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature


class Scenario(PolygonFeature):
    """`share_key` is the unguessable end of the link that shows it to anybody; without one it is shown to nobody."""

    name = models.CharField(_("Name"), max_length=200)
    author = models.CharField(_("Author"), max_length=150)
    comment = models.TextField(_("Comment"), blank=True, default="", db_default="")
    operations = models.JSONField(_("Changes imagined"), default=list)
    results = models.JSONField(_("Indicators before and after"), default=dict)
    computed_at = models.DateTimeField(_("Computed"), null=True)
    share_key = models.CharField(_("Key of the shared link"), max_length=64, null=True, db_index=True)

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Scenario")
