"""Depots."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.depots.model import Depot
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="depots",
    model=Depot,
    title=_("Depots"),
    description=_("Where the collection vehicles start and end their shift."),
)

LAYERS = (
    Layer(
        id="depots",
        collection=COLLECTION,
        title=_("Depots"),
        style=Style.beside(__file__),
        group=Group.WASTE,
        min_zoom=9,
        tile_fields=("name_fr", "name_ar", "name_en"),
        visible=True,
    ),
)
