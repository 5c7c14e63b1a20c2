"""Vehicles are a table: no layer on the map."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.vehicles.model import Vehicle
from layers.definitions import Collection, internal_rights

COLLECTION = Collection(
    id="vehicles",
    model=Vehicle,
    title=_("Vehicles"),
    description=_("Collection vehicles with payload, volume, height and shift."),
    rights=internal_rights(),
)

LAYERS = ()
