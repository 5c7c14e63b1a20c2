"""Waste containers by fill."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.waste_containers.model import WasteContainer
from layers.definitions import Clusters, Collection, Group, Layer, Near, Style

COLLECTION = Collection(
    id="waste-containers",
    model=WasteContainer,
    title=_("Waste containers"),
    description=_("Containers with fraction, volume, fill and collection days."),
    rules=(Near("streets", distance_m=30),),
)

LAYERS = (
    Layer(
        id="waste-containers",
        collection=COLLECTION,
        title=_("Waste containers"),
        style=Style.beside(__file__),
        group=Group.WASTE,
        min_zoom=10,
        tile_fields=("fraction", "capacity_l", "fill_pct"),
        thinning=Clusters(until=12),
        visible=True,
    ),
)
