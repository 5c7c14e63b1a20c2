"""The newest nitrogen dioxide grid, as pictures."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.pollution_grids.model import PollutionGrid
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="pollution-grids",
    model=PollutionGrid,
    title=_("Pollution grids"),
    description=_("Concentration of a pollutant on a grid, as Cloud Optimized GeoTIFF."),
)

LAYERS = (
    Layer(
        id="pollution-grids",
        collection=COLLECTION,
        title=_("Nitrogen dioxide (NO₂)"),
        style=Style.beside(__file__),
        group=Group.AIR,
        min_zoom=5,
        tile_fields=("pollutant",),
        raster=True,
    ),
)
