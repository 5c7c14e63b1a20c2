"""Waste containers: where, what goes in, how full, which days."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from layers.base import PointFeature


class Fraction(models.TextChoices):
    MIXED = "mixed", _("Household waste")
    ORGANIC = "organic", _("Organic")
    PAPER = "paper", _("Paper and card")
    GLASS = "glass", _("Glass")
    PLASTIC = "plastic", _("Plastic and packaging")
    METAL = "metal", _("Metal")
    TEXTILE = "textile", _("Textiles")
    OTHER = "other", _("Other")


class WasteContainer(PointFeature):
    fraction = models.CharField(
        _("Fraction"), max_length=20, choices=Fraction, default=Fraction.MIXED, db_default="mixed"
    )
    capacity_l = models.IntegerField(
        _("Volume"), default=660, db_default=660, validators=[MinValueValidator(1)]
    )
    fill_pct = models.FloatField(
        _("Fill"), null=True, validators=[MinValueValidator(0), MaxValueValidator(150)]
    )
    fill_observed_at = models.DateTimeField(_("Fill observed"), null=True)
    emptied_at = models.DateTimeField(_("Emptied last"), null=True)
    weighed_kg = models.FloatField(
        _("Weighed at the last emptying"), null=True, validators=[MinValueValidator(0)]
    )
    collection_days = ArrayField(
        models.SmallIntegerField(),
        verbose_name=_("Collection days (1 = Monday)"),
        default=list,
        db_default=[],
        blank=True,
    )
    collection_from = models.TimeField(_("Collected from"), null=True)
    collection_until = models.TimeField(_("Collected until"), null=True)

    class Meta(PointFeature.Meta):
        verbose_name = _("Waste container")
        constraints = [
            *PointFeature.Meta.constraints,
            models.CheckConstraint(condition=Q(capacity_l__gt=0), name="wastecontainer_capacity"),
            models.CheckConstraint(
                condition=Q(fill_pct__gte=0, fill_pct__lte=150), name="wastecontainer_fill"
            ),
            models.CheckConstraint(condition=Q(weighed_kg__gte=0), name="wastecontainer_weighed"),
            models.CheckConstraint(
                condition=Q(collection_days__contained_by=[1, 2, 3, 4, 5, 6, 7]), name="wastecontainer_days"
            ),
        ]
