"""Air alerts: the areas where a limit is, or was, exceeded."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.air_alerts.model import AirAlert
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="air-alerts",
    model=AirAlert,
    title=_("Air alerts"),
    description=_("Where a limit of air quality was exceeded, from when until when, and by which station."),
    time="started_at",
    feed="alerts-feed",
)

LAYERS = (
    Layer(
        id="air-alerts",
        collection=COLLECTION,
        title=_("Air alerts"),
        style=Style.beside(__file__),
        group=Group.AIR,
        computed_from=("air-observations",),
        min_zoom=5,
        tile_fields=("pollutant", "value_ug_m3", "started_at", "ended_at"),
    ),
)
