"""Depots where vehicles start and end their shift."""

from django.utils.translation import gettext_lazy as _

from layers.base import NamedModel, PointFeature


class Depot(NamedModel, PointFeature):
    class Meta(NamedModel.Meta, PointFeature.Meta):
        verbose_name = _("Depot")
        indexes = [*NamedModel.Meta.indexes, *PointFeature.Meta.indexes]
