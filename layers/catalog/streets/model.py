"""Streets, one feature from junction to junction, so that equal end points mean a connection."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from layers.base import LineFeature, NamedModel


class Street(NamedModel, LineFeature):
    class Class(models.TextChoices):
        MOTORWAY = "motorway", _("Motorway")
        TRUNK = "trunk", _("Expressway")
        PRIMARY = "primary", _("Main road")
        SECONDARY = "secondary", _("Secondary road")
        TERTIARY = "tertiary", _("District road")
        UNCLASSIFIED = "unclassified", _("Minor road")
        RESIDENTIAL = "residential", _("Residential street")
        LIVING_STREET = "living_street", _("Living street")
        SERVICE = "service", _("Service road")
        PEDESTRIAN = "pedestrian", _("Pedestrian street")
        TRACK = "track", _("Track")
        CYCLEWAY = "cycleway", _("Cycleway")
        FOOTWAY = "footway", _("Footway")
        STEPS = "steps", _("Steps")

    class OneWay(models.TextChoices):
        NO = "no", _("Both ways")
        FORWARD = "forward", _("One way, as drawn")
        BACKWARD = "backward", _("One way, against the drawing")

    class Access(models.TextChoices):
        YES = "yes", _("Open to all")
        DESTINATION = "destination", _("Residents and deliveries")
        PRIVATE = "private", _("Private")
        NO = "no", _("Closed to motor vehicles")

    class CollectionSide(models.TextChoices):
        AUTO = "auto", _("As the width says")
        BOTH = "both", _("Both sides in one pass")
        LEFT_RIGHT = "left_right", _("Each side for itself")

    street_class = models.CharField(
        _("Class"), max_length=20, choices=Class, default=Class.UNCLASSIFIED, db_default="unclassified"
    )
    one_way = models.CharField(
        _("One way"), max_length=10, choices=OneWay, default=OneWay.NO, db_default="no"
    )
    access = models.CharField(
        _("Access for motor vehicles"), max_length=20, choices=Access, default=Access.YES, db_default="yes"
    )
    speed_kmh = models.FloatField(_("Speed limit"), null=True)
    lanes = models.IntegerField(_("Lanes"), null=True)
    width_m = models.FloatField(_("Width"), null=True)
    surface = models.CharField(_("Surface"), max_length=40, blank=True, default="", db_default="")
    max_height_m = models.FloatField(_("Height limit"), null=True)
    max_width_m = models.FloatField(_("Width limit"), null=True)
    max_weight_t = models.FloatField(_("Weight limit"), null=True)
    slope_pct = models.FloatField(_("Slope (above 0: up, as drawn)"), null=True)
    collection_days = ArrayField(
        models.SmallIntegerField(),
        verbose_name=_("Kerbside collection days (1 = Monday)"),
        default=list,
        db_default=[],
        blank=True,
    )
    collection_from = models.TimeField(_("Collected from"), null=True)
    collection_until = models.TimeField(_("Collected until"), null=True)
    collection_side = models.CharField(
        _("Sides collected"),
        max_length=10,
        choices=CollectionSide,
        default=CollectionSide.AUTO,
        db_default="auto",
    )
    waste_kg_day = models.FloatField(_("Waste measured per day"), null=True)
    bridge_level = models.IntegerField(_("Level (bridge above 0, tunnel below)"), default=0, db_default=0)

    class Meta(NamedModel.Meta, LineFeature.Meta):
        verbose_name = _("Street")
        constraints = [
            *LineFeature.Meta.constraints,
            models.CheckConstraint(
                condition=Q(collection_days__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                name="street_collection_days",
            ),
            models.CheckConstraint(condition=Q(slope_pct__gte=-100, slope_pct__lte=100), name="street_slope"),
            models.CheckConstraint(condition=Q(waste_kg_day__gte=0), name="street_waste"),
        ]
        indexes = [*NamedModel.Meta.indexes, *LineFeature.Meta.indexes]
