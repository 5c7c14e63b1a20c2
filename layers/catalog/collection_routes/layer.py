"""Collection routes, one colour per vehicle."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.collection_routes.model import CollectionRoute
from layers.definitions import Collection, Group, Layer, Style, open_rights

COLLECTION = Collection(
    id="collection-routes",
    model=CollectionRoute,
    title=_("Collection routes"),
    description=_("One line per vehicle and day along real streets, with kilometres, minutes and load."),
    time="service_date",
    rights=open_rights(computed=("plan", "published")),
    published="published",
    on_request=frozenset({"roadbook"}),  # 100 to 200 kB a route, which its own door tells better
)

LAYERS = (
    Layer(
        id="collection-routes",
        collection=COLLECTION,
        title=_("Collection routes"),
        style=Style.beside(__file__),
        group=Group.WASTE,
        computed_from=("waste-containers", "streets", "vehicles"),
        min_zoom=9,
        tile_fields=(
            "plan",
            "vehicle",
            "service_date",
            "stops",
            "distance_km",
            "duration_min",
            "load_kg",
            "color_index",
        ),
        visible=True,
    ),
)
