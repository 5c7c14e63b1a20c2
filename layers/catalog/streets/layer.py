"""Streets by class; at low zooms only the large ones are drawn."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.streets.model import Street
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="streets",
    model=Street,
    title=_("Streets"),
    description=_("Street sections from junction to junction with class, direction, access, speed and width."),
)

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
    ),
)
