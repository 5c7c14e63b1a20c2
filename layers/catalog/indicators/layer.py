"""Indicators are a table that everybody reads and only processes write."""

from django.utils.translation import gettext_lazy as _

from gis_core.permissions import Role
from layers.catalog.indicators.model import Indicator
from layers.definitions import Collection, Extent, Right

COLLECTION = Collection(
    id="indicators",
    model=Indicator,
    title=_("Indicators"),
    description=_(
        "Computed values of districts and the city, each with its rule, inputs, error and history."
    ),
    time="computed_at",
    rights={role: Right(Extent.CITY) for role in Role} | {Role.ADMIN: Right(Extent.CITY, Extent.CITY)},
)

LAYERS = ()
