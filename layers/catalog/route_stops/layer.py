"""Route stops with their number."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.route_stops.model import RouteStop
from layers.definitions import Collection, Group, Layer, Style, internal_rights

COLLECTION = Collection(
    id="route-stops",
    model=RouteStop,
    title=_("Route stops"),
    description=_("The stops of the routes in driving order: depots, containers, breaks, disposal sites."),
    rights=internal_rights(computed=("plan", "published")),
    published="published",
)

LAYERS = (
    Layer(
        id="route-stops",
        collection=COLLECTION,
        title=_("Route stops"),
        style=Style.beside(__file__),
        group=Group.WASTE,
        computed_from=("waste-containers", "streets", "vehicles"),
        min_zoom=13,
        tile_fields=("plan", "sequence", "kind", "arrives_at", "load_kg"),
    ),
)
