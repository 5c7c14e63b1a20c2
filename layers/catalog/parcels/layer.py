"""Parcels by land use."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.parcels.model import Parcel
from layers.definitions import Collection, Group, Layer, NoOverlap, SmallAreas, Style, open_rights

COLLECTION = Collection(
    id="parcels",
    model=Parcel,
    title=_("Parcels"),
    description=_("Land parcels with reference, land use, owner and green share."),
    rights=open_rights(
        hidden=("owner_kind",), computed=("green_area_m2", "green_share_pct", "green_computed_at")
    ),
    rules=(NoOverlap(tolerance_m2=1.0),),
)

LAYERS = (
    Layer(
        id="parcels",
        collection=COLLECTION,
        title=_("Parcels"),
        style=Style.beside(__file__),
        group=Group.ADMINISTRATION,
        min_zoom=12,
        tile_fields=("reference", "land_use", "green_share_pct"),
        field_zooms={"reference": 15, "green_share_pct": 15},
        thinning=SmallAreas(min_px2=0.25, cells_until=13),
    ),
)
