"""Sea, lakes and rivers as areas: base map."""

from django.utils.translation import gettext_lazy as _

from layers.base import NamedModel, PolygonFeature


class Water(NamedModel, PolygonFeature):
    class Meta(NamedModel.Meta, PolygonFeature.Meta):
        verbose_name = _("Water")
        indexes = [*NamedModel.Meta.indexes, *PolygonFeature.Meta.indexes]
