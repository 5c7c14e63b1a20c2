"""Every model of the catalogue, where Django looks for them, and the revisions of the collections."""

from django.contrib.gis.db import models

from layers.registry import COLLECTIONS

globals().update({c.model.__name__: c.model for c in COLLECTIONS.values()})
for _collection in COLLECTIONS.values():
    _collection.model._meta.verbose_name_plural = _collection.title


class Revision(models.Model):
    """A collection's data version; trigger `casagis_revise` raises it on every statement that changes the table."""

    collection = models.CharField(max_length=60, primary_key=True)
    revision = models.BigIntegerField(default=1, db_default=1)
    changed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.collection} {self.revision}"
