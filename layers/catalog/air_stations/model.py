"""Air-quality stations."""

from django.utils.translation import gettext_lazy as _

from layers.base import NamedModel, PointFeature


class AirStation(NamedModel, PointFeature):
    class Meta(NamedModel.Meta, PointFeature.Meta):
        verbose_name = _("Air station")
        indexes = [*NamedModel.Meta.indexes, *PointFeature.Meta.indexes]
