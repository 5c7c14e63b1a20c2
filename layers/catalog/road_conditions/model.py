"""Closures, market days, gates and what crews know of streets: proposed by anybody who works there, then reviewed."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from layers.base import PointFeature


class RoadCondition(PointFeature):
    """Trigger `casagis_review` keeps who reviewed it and when."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Closed")
        MARKET = "market", _("Market")
        GATE = "gate", _("Gate, open in these hours")
        NO_TURN = "no_turn", _("Trucks cannot turn here")
        TOO_NARROW = "too_narrow", _("Too narrow for trucks")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    class ReportedBy(models.TextChoices):
        CREW = "crew", _("Crew")
        PLANNER = "planner", _("Planner")

    street = models.CharField(_("Street (identifier)"), max_length=100)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind)
    to_street = models.CharField(
        _("To street (identifier; none: turning round)"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
    )
    valid_from = models.DateField(_("From day"), null=True)
    valid_until = models.DateField(_("Until day"), null=True)
    weekdays = ArrayField(
        models.SmallIntegerField(),
        verbose_name=_("Weekdays (1 = Monday; none: every day)"),
        default=list,
        db_default=[],
        blank=True,
    )
    from_time = models.TimeField(_("From time"), null=True)
    until_time = models.TimeField(_("Until time"), null=True)
    note = models.CharField(_("Note"), max_length=500, blank=True, default="", db_default="")
    reported_by = models.CharField(
        _("Reported by"), max_length=10, choices=ReportedBy, default=ReportedBy.CREW, db_default="crew"
    )
    status = models.CharField(
        _("Review"), max_length=10, choices=Status, default=Status.PROPOSED, db_default="proposed"
    )
    reviewed_by = models.CharField(
        _("Reviewed by"), max_length=150, blank=True, default="", db_default="", editable=False
    )
    reviewed_at = models.DateTimeField(_("Reviewed"), null=True, editable=False)

    class Meta(PointFeature.Meta):
        verbose_name = _("Road condition")
        constraints = [
            *PointFeature.Meta.constraints,
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]), name="roadcondition_weekdays"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="roadcondition_dates",
            ),
        ]
