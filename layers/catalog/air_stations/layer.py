"""Air stations."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.air_stations.model import AirStation
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="air-stations",
    model=AirStation,
    title=_("Air stations"),
    description=_("Stations that measure the air."),
)

LAYERS = (
    Layer(
        id="air-stations",
        collection=COLLECTION,
        title=_("Air stations"),
        style=Style.beside(__file__),
        group=Group.AIR,
        min_zoom=9,
        tile_fields=("name_fr", "name_ar", "name_en"),
    ),
)
