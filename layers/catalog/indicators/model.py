"""Indicators: what processes computed of a district or the city, with all that an auditor needs to compute it again."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import FeatureModel


class Indicator(FeatureModel):
    indicator = models.CharField(_("Indicator"), max_length=60)
    variant = models.CharField(_("Variant"), max_length=60, blank=True, default="", db_default="")
    subject_collection = models.CharField(_("Collection of what it is about"), max_length=60)
    subject = models.CharField(_("What it is about (identifier)"), max_length=100)
    value = models.FloatField(_("Value"), null=True)
    unit = models.CharField(_("Unit"), max_length=30, blank=True, default="", db_default="")
    error = models.FloatField(_("Error, in the value's unit"), null=True)
    rule = models.TextField(_("Rule"))
    parameters = models.JSONField(_("Parameters"), default=dict)
    inputs = models.JSONField(_("Features and revision of each collection read"), default=dict)
    code_version = models.CharField(_("Version of the program"), max_length=60)
    computed_at = models.DateTimeField(_("Computed"))

    class Meta(FeatureModel.Meta):
        verbose_name = _("Indicator")
        indexes = [models.Index(fields=["subject_collection", "subject"], name="indicator_subject")]
