"""Street furniture: what stands in the street and is kept up by the city."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PointFeature


class StreetFurniture(PointFeature):
    class Kind(models.TextChoices):
        BENCH = "bench", _("Bench")
        LAMP = "lamp", _("Street lamp")
        BIN = "bin", _("Litter bin")
        FOUNTAIN = "fountain", _("Drinking water or fountain")
        SHELTER = "shelter", _("Shelter")
        TOILET = "toilet", _("Toilet")
        BICYCLE_PARKING = "bicycle_parking", _("Bicycle parking")
        POST_BOX = "post_box", _("Post box")
        HYDRANT = "hydrant", _("Fire hydrant")
        BOLLARD = "bollard", _("Bollard")
        ENTRANCE = "entrance", _("Entrance of a green space")
        ARTWORK = "artwork", _("Artwork")
        OTHER = "other", _("Other")

    class Condition(models.TextChoices):
        GOOD = "good", _("Good")
        WORN = "worn", _("Worn")
        BROKEN = "broken", _("Broken")
        UNKNOWN = "unknown", _("Unknown")

    kind = models.CharField(_("Kind"), max_length=20, choices=Kind, default=Kind.OTHER, db_default="other")
    condition = models.CharField(
        _("Condition"), max_length=20, choices=Condition, default=Condition.UNKNOWN, db_default="unknown"
    )
    material = models.CharField(_("Material"), max_length=40, blank=True, default="", db_default="")

    class Meta(PointFeature.Meta):
        verbose_name = _("Street furniture")
