"""Districts, and two choropleths of the same collection: green per inhabitant and access to green."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.districts.model import District
from layers.definitions import Collection, Group, Layer, Style, open_rights

COLLECTION = Collection(
    id="districts",
    model=District,
    title=_("Districts"),
    description=_(
        "Administrative districts with inhabitants and households of the census and their green coverage."
    ),
    rights=open_rights(
        computed=(
            "green_area_m2",
            "green_public_area_m2",
            "green_share_pct",
            "green_m2_per_inhabitant",
            "green_within_300_m_pct",
            "green_computed_at",
        )
    ),
)

LAYERS = (
    Layer(
        id="districts",
        collection=COLLECTION,
        title=_("Districts"),
        style=Style.beside(__file__),
        group=Group.ADMINISTRATION,
        min_zoom=5,
        tile_fields=("name_fr", "name_ar", "name_en", "population"),
        visible=True,
    ),
    Layer(
        id="green-per-inhabitant",
        collection=COLLECTION,
        title=_("Public green per inhabitant"),
        style=Style.beside(__file__, "green_per_inhabitant.json"),
        group=Group.GREEN,
        computed_from=("green-spaces",),
        min_zoom=5,
        tile_fields=(
            "name_fr",
            "name_ar",
            "name_en",
            "population",
            "green_m2_per_inhabitant",
            "green_share_pct",
        ),
    ),
    Layer(
        id="green-access",
        collection=COLLECTION,
        title=_("Inhabitants within 300 m of public green"),
        style=Style.beside(__file__, "green_access.json"),
        group=Group.GREEN,
        min_zoom=5,
        tile_fields=("name_fr", "name_ar", "name_en", "population", "green_within_300_m_pct"),
        computed_from=("green-spaces", "population-grid"),
    ),
)
