"""Street furniture by kind."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.street_furniture.model import StreetFurniture
from layers.definitions import Clusters, Collection, Group, Layer, Style

COLLECTION = Collection(
    id="street-furniture",
    model=StreetFurniture,
    title=_("Street furniture"),
    description=_("Benches, lamps, bins, fountains, shelters and more, with condition."),
)

LAYERS = (
    Layer(
        id="street-furniture",
        collection=COLLECTION,
        title=_("Street furniture"),
        style=Style.beside(__file__),
        group=Group.STREET,
        min_zoom=12,
        tile_fields=("kind", "condition"),
        thinning=Clusters(until=14),
    ),
)
