"""Green spaces by kind."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.green_spaces.model import GreenSpace
from layers.definitions import Collection, Group, Layer, SmallAreas, Style

COLLECTION = Collection(
    id="green-spaces",
    model=GreenSpace,
    title=_("Green spaces"),
    description=_("Parks, gardens, woods and other green, with access and area."),
)

LAYERS = (
    Layer(
        id="green-spaces",
        collection=COLLECTION,
        title=_("Green spaces"),
        style=Style.beside(__file__),
        group=Group.GREEN,
        min_zoom=9,
        tile_fields=("name_fr", "name_ar", "name_en", "kind", "access", "area_m2"),
        visible=True,
        field_zooms={"name_fr": 13, "name_ar": 13, "name_en": 13, "area_m2": 13},
        thinning=SmallAreas(min_px2=0.25, cells_until=12),
    ),
)
