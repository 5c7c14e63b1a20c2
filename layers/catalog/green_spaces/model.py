"""Green spaces: what counts as green, and who may enter."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import NamedModel, PolygonFeature


class GreenSpace(NamedModel, PolygonFeature):
    class Kind(models.TextChoices):
        PARK = "park", _("Park")
        GARDEN = "garden", _("Garden")
        SQUARE = "square", _("Green square")
        FOREST = "forest", _("Wood or forest")
        GRASS = "grass", _("Grass")
        PLAYGROUND = "playground", _("Playground")
        SPORTS = "sports", _("Sports ground")
        CEMETERY = "cemetery", _("Cemetery")
        ALLOTMENTS = "allotments", _("Allotments")
        OTHER = "other", _("Other green")

    class Access(models.TextChoices):
        PUBLIC = "public", _("Open to all")
        RESTRICTED = "restricted", _("Restricted")
        PRIVATE = "private", _("Private")

    kind = models.CharField(_("Kind"), max_length=20, choices=Kind, default=Kind.OTHER, db_default="other")
    access = models.CharField(
        _("Access"), max_length=20, choices=Access, default=Access.PUBLIC, db_default="public"
    )

    class Meta(NamedModel.Meta, PolygonFeature.Meta):
        verbose_name = _("Green space")
        indexes = [*NamedModel.Meta.indexes, *PolygonFeature.Meta.indexes]
