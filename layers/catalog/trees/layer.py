"""Trees by condition."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.trees.model import Tree
from layers.definitions import Clusters, Collection, Group, Layer, Style

COLLECTION = Collection(
    id="trees",
    model=Tree,
    title=_("Trees"),
    description=_("Single trees with species, crown and height."),
)

LAYERS = (
    Layer(
        id="trees",
        collection=COLLECTION,
        title=_("Trees"),
        style=Style.beside(__file__),
        group=Group.GREEN,
        min_zoom=11,
        tile_fields=("species", "crown_diameter_m", "condition"),
        thinning=Clusters(until=13),
    ),
)
