"""Air observations are a table: no layer on the map."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.air_observations.model import AirObservation
from layers.definitions import Collection

COLLECTION = Collection(
    id="air-observations",
    model=AirObservation,
    title=_("Air observations"),
    description=_("Hourly concentrations by station and pollutant, with a quality flag."),
    time="observed_at",
)

LAYERS = ()
