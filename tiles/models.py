"""The log of what changed where, which every cache of tiles is judged by."""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """A box of EPSG:3857 that one statement touched, written by the triggers `casagis_tell…` (tiles/sql/changes.sql).

    The box holds old and new geometry; without numbers it is everywhere, and with min_x > max_x nowhere: every
    revision has a row, so that a gap in the log shows. `revision` and `changed_at` are those of the collection.
    """

    collection = models.CharField(max_length=60)
    revision = models.BigIntegerField()
    changed_at = models.DateTimeField()
    min_x = models.FloatField(null=True)
    min_y = models.FloatField(null=True)
    max_x = models.FloatField(null=True)
    max_y = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["collection", "revision"], name="change_position")]

    def __str__(self) -> str:
        return f"{self.collection} {self.revision}"
