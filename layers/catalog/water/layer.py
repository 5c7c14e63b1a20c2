"""Water."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.water.model import Water
from layers.definitions import Collection, Group, Layer, SmallAreas, Style

COLLECTION = Collection(
    id="water",
    model=Water,
    title=_("Water"),
    description=_("Sea, lakes and rivers as areas."),
)

LAYERS = (
    Layer(
        id="water",
        collection=COLLECTION,
        title=_("Water"),
        style=Style.beside(__file__),
        group=Group.BASE,
        min_zoom=5,
        tile_fields=("name_fr", "name_ar", "name_en"),
        visible=True,
        thinning=SmallAreas(min_px2=0.25),
    ),
)
