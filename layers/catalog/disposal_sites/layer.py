"""Disposal sites."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.disposal_sites.model import DisposalSite
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="disposal-sites",
    model=DisposalSite,
    title=_("Disposal sites"),
    description=_("Transfer stations and landfills where vehicles tip."),
)

LAYERS = (
    Layer(
        id="disposal-sites",
        collection=COLLECTION,
        title=_("Disposal sites"),
        style=Style.beside(__file__),
        group=Group.WASTE,
        min_zoom=9,
        tile_fields=("name_fr", "name_ar", "name_en"),
        visible=True,
    ),
)
