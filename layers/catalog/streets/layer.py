"""Streets by class; at low zooms only the large ones are drawn."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.streets.model import Street
from layers.definitions import Collection, FirstZooms, Group, Layer, Style

COLLECTION = Collection(
    id="streets",
    model=Street,
    title=_("Streets"),
    description=_(
        "Street sections from junction to junction with class, direction, access, speed and width."
    ),
)

_CLASS = Street.Class
_FIRST_ZOOMS = {
    9: (_CLASS.MOTORWAY, _CLASS.TRUNK, _CLASS.PRIMARY),
    11: (_CLASS.SECONDARY,),
    12: (_CLASS.TERTIARY,),
    13: (_CLASS.UNCLASSIFIED, _CLASS.RESIDENTIAL, _CLASS.LIVING_STREET, _CLASS.PEDESTRIAN),
    14: (_CLASS.SERVICE, _CLASS.CYCLEWAY),
    15: (_CLASS.TRACK, _CLASS.FOOTWAY, _CLASS.STEPS),
}

LAYERS = (
    Layer(
        id="streets",
        collection=COLLECTION,
        title=_("Streets"),
        style=Style.beside(__file__),
        group=Group.BASE,
        min_zoom=9,
        tile_fields=("name_fr", "name_ar", "name_en", "street_class", "one_way"),
        visible=True,
        thinning=FirstZooms(
            "street_class", {str(value): zoom for zoom, values in _FIRST_ZOOMS.items() for value in values}
        ),
    ),
)
