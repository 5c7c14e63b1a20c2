"""Buildings."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.buildings.model import Building
from layers.definitions import Collection, Group, Layer, SmallAreas, Style

COLLECTION = Collection(
    id="buildings",
    model=Building,
    title=_("Buildings"),
    description=_("Building footprints with use and levels."),
)

LAYERS = (
    Layer(
        id="buildings",
        collection=COLLECTION,
        title=_("Buildings"),
        style=Style.beside(__file__),
        group=Group.BASE,
        min_zoom=14,
        tile_fields=("use",),
        visible=True,
        thinning=SmallAreas(min_px2=0.25),
    ),
)
