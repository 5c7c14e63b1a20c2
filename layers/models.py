"""Every model of the catalogue, where Django looks for them; their history; revisions, rights and seals."""

from __future__ import annotations

from copy import deepcopy

import pghistory
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gis_core.permissions import Role
from layers.definitions import Collection, Extent
from layers.registry import COLLECTIONS

globals().update({c.model.__name__: c.model for c in COLLECTIONS.values()})
for _collection in COLLECTIONS.values():
    _collection.model._meta.verbose_name_plural = _collection.title


class FeatureEvent(pghistory.models.Event):
    """One change of one feature, written by triggers: the row as it was after it, or, of a delete, before."""

    pgh_id = models.BigAutoField(primary_key=True)
    pgh_created_at = models.DateTimeField()
    db_user = models.TextField(
        db_default=models.Func(template="SESSION_USER", output_field=models.TextField())
    )
    transaction_id = models.BigIntegerField(
        db_default=models.Func(
            template="(pg_current_xact_id()::text::bigint)", output_field=models.BigIntegerField()
        )
    )

    class Meta:
        abstract = True


def _record(collection: Collection) -> None:
    """The event model of a collection, named as its model with Event behind."""
    name = f"{collection.model.__name__}Event"
    columns = {}
    if collection.geometry_type:
        columns["geom"] = deepcopy(collection.model._meta.get_field("geom"))
        columns["geom"].spatial_index = False  # a moment's rows are found by id and time
    pghistory.create_event_model(
        collection.model,
        *(pghistory.InsertEvent(), pghistory.UpdateEvent(condition=None), pghistory.DeleteEvent()),
        exclude=["geom_3857", "search_key"],
        obj_field=None,
        base_model=FeatureEvent,
        model_name=name,
        app_label="layers",
        abstract=False,
        level=pghistory.Statement,
        attrs=columns,
        meta={
            "indexes": [
                models.Index(fields=["id", "-pgh_id"], name=f"{name.lower()}_id"),
                models.Index(fields=["pgh_created_at"], name=f"{name.lower()}_at"),
                models.Index(  # empty but for what is written past the application
                    fields=["transaction_id"],
                    name=f"{name.lower()}_past",
                    condition=models.Q(pgh_context__isnull=True),
                ),
            ]
        },
    )


for _collection in COLLECTIONS.values():
    _record(_collection)


class Revision(models.Model):
    """A collection's data version; trigger `casagis_revise` raises it on every statement that changes the table."""

    collection = models.CharField(max_length=60, primary_key=True)
    revision = models.BigIntegerField(default=1, db_default=1)
    changed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.collection} {self.revision}"


class CollectionRight(models.Model):
    """What a role may do with a collection here, in place of what the catalogue says (layers/policy.py)."""

    class Reach(models.TextChoices):
        NONE = Extent.NONE.value, _("Nothing")
        AREA = Extent.AREA.value, _("In the person's work areas")
        CITY = Extent.CITY.value, _("The whole city")

    collection = models.CharField(
        _("Collection"), max_length=60, choices=[(c.id, c.title) for c in COLLECTIONS.values()]
    )
    role = models.CharField(_("Role"), max_length=20, choices=[(role.value, role.value) for role in Role])
    read = models.CharField(_("May read"), max_length=10, choices=Reach)
    write = models.CharField(_("May write"), max_length=10, choices=Reach)
    hidden = ArrayField(
        models.CharField(max_length=60), verbose_name=_("Hidden fields"), default=list, blank=True
    )
    locked = ArrayField(
        models.CharField(max_length=60), verbose_name=_("Locked fields"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("Right")
        verbose_name_plural = _("Rights")
        constraints = [models.UniqueConstraint(fields=["collection", "role"], name="one_right_per_role")]

    def __str__(self) -> str:
        return f"{self.role}: {self.collection}"

    def clean(self) -> None:
        """A name that is no field would hide nothing."""
        collection = COLLECTIONS.get(self.collection)
        known = {f.name for f in collection.fields} if collection else set()
        if unknown := sorted({*self.hidden, *self.locked} - known):
            raise ValidationError(
                _("%(collection)s has no field %(unknown)s. It has: %(known)s.")
                % {
                    "collection": self.collection,
                    "unknown": ", ".join(unknown),
                    "known": ", ".join(sorted(known)),
                }
            )


class Seal(models.Model):
    """A signed digest over the history rows `first` to `last` (pgh_id) of one collection (layers/services/seals.py).

    `previous` is the digest of the seal before it, empty in the first one. `columns` are the history's columns as
    they were then. `row_marks` and `reason_marks` name each row and each reason shortly, so that a changed one is
    found by its number.
    """

    collection = models.CharField(max_length=60)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    rows = models.BigIntegerField()
    columns = ArrayField(models.CharField(max_length=63))
    row_marks = models.BinaryField()
    reason_marks = models.BinaryField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "last"], name="one_seal_per_end"),
            models.UniqueConstraint(fields=["collection", "previous"], name="one_seal_after_each"),
        ]

    def __str__(self) -> str:
        return f"{self.collection} {self.first}-{self.last}"


class Receipt(models.Model):
    """What a request with an Idempotency-Key was answered, so that the same request again creates nothing twice."""

    actor = models.CharField(max_length=150)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="one_receipt_per_key")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"
