"""Land parcels: the unit that planners ask about."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PolygonFeature


class Parcel(PolygonFeature):
    class LandUse(models.TextChoices):
        RESIDENTIAL = "residential", _("Housing")
        COMMERCIAL = "commercial", _("Shops and offices")
        INDUSTRIAL = "industrial", _("Industry")
        PUBLIC = "public", _("Public services")
        GREEN = "green", _("Green")
        VACANT = "vacant", _("Vacant")
        OTHER = "other", _("Other")

    class Owner(models.TextChoices):
        PRIVATE = "private", _("Private")
        CITY = "city", _("City")
        STATE = "state", _("State")
        HABOUS = "habous", _("Religious endowment (habous)")
        UNKNOWN = "unknown", _("Unknown")

    reference = models.CharField(
        _("Cadastral reference"), max_length=60, blank=True, default="", db_default=""
    )
    land_use = models.CharField(
        _("Land use"), max_length=20, choices=LandUse, default=LandUse.OTHER, db_default="other"
    )
    owner_kind = models.CharField(
        _("Owner"), max_length=20, choices=Owner, default=Owner.UNKNOWN, db_default="unknown"
    )
    green_area_m2 = models.FloatField(_("Green, overlaps counted once"), null=True)
    green_share_pct = models.FloatField(_("Share of green"), null=True)
    green_computed_at = models.DateTimeField(_("Green coverage computed"), null=True)

    class Meta(PolygonFeature.Meta):
        verbose_name = _("Parcel")
