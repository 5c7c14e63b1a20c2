"""Inhabitants by grid cell."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.population_grid.model import PopulationCell
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="population-grid",
    model=PopulationCell,
    title=_("Population grid"),
    description=_("Inhabitants by grid cell."),
)

LAYERS = (
    Layer(
        id="population-grid",
        collection=COLLECTION,
        title=_("Population grid"),
        style=Style.beside(__file__),
        group=Group.AIR,
        min_zoom=10,
        tile_fields=("inhabitants",),
    ),
)
