"""Pollution cells, coloured by their concentration."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.pollution_cells.model import PollutionCell
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="pollution-cells",
    model=PollutionCell,
    title=_("Pollution cells"),
    description=_("Concentration of a pollutant by polygon, as the city or a model delivers it."),
    time="period_start",
)

LAYERS = (
    Layer(
        id="pollution-cells",
        collection=COLLECTION,
        title=_("Pollution cells"),
        style=Style.beside(__file__),
        group=Group.AIR,
        min_zoom=9,
        tile_fields=("pollutant", "value_ug_m3"),
    ),
)
