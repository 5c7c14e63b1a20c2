"""Parcels by land use."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.parcels.model import Parcel
from layers.definitions import Collection, Group, Layer, SmallAreas, Style

COLLECTION = Collection(
    id="parcels",
    model=Parcel,
    title=_("Parcels"),
    description=_("Land parcels with reference, land use, owner and green share."),
)

LAYERS = (
    Layer(
        id="parcels",
        collection=COLLECTION,
        title=_("Parcels"),
        style=Style.beside(__file__),
        group=Group.ADMINISTRATION,
        min_zoom=14,
        tile_fields=("reference", "land_use", "green_share_pct"),
        thinning=SmallAreas(min_px2=0.25),
    ),
)
