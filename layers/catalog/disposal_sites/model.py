"""Disposal sites where vehicles tip."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from layers.base import NamedModel, PointFeature


class DisposalSite(NamedModel, PointFeature):
    fractions = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("Accepted fractions (none: all)"),
        default=list,
        db_default=[],
        blank=True,
    )
    service_min = models.FloatField(_("Time to tip"), default=15, db_default=15)

    class Meta(NamedModel.Meta, PointFeature.Meta):
        verbose_name = _("Disposal site")
        indexes = [*NamedModel.Meta.indexes, *PointFeature.Meta.indexes]
