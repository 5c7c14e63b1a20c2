"""Turns that a vehicle may not, or must, make at a junction."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.base import PointFeature


class TurnRestriction(PointFeature):
    class Kind(models.TextChoices):
        NO_LEFT_TURN = "no_left_turn", _("No left turn")
        NO_RIGHT_TURN = "no_right_turn", _("No right turn")
        NO_STRAIGHT_ON = "no_straight_on", _("No straight on")
        NO_U_TURN = "no_u_turn", _("No U-turn")
        ONLY_LEFT_TURN = "only_left_turn", _("Left turn only")
        ONLY_RIGHT_TURN = "only_right_turn", _("Right turn only")
        ONLY_STRAIGHT_ON = "only_straight_on", _("Straight on only")

    kind = models.CharField(_("Rule"), max_length=20, choices=Kind)
    from_street = models.CharField(_("From street (identifier)"), max_length=100)
    to_street = models.CharField(_("To street (identifier)"), max_length=100)

    class Meta(PointFeature.Meta):
        verbose_name = _("Turn restriction")
