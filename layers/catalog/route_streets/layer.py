"""Streets served by the routes, one colour per vehicle."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.route_streets.model import RouteStreet
from layers.definitions import Collection, Group, Layer, Style, internal_rights

COLLECTION = Collection(
    id="route-streets",
    model=RouteStreet,
    title=_("Streets of routes"),
    description=_("The streets and sides of streets that kerbside routes serve, in driving order."),
    rights=internal_rights(computed=("plan", "published")),
    published="published",
)

LAYERS = (
    Layer(
        id="route-streets",
        collection=COLLECTION,
        title=_("Streets of routes"),
        style=Style.beside(__file__),
        group=Group.WASTE,
        computed_from=("streets", "vehicles"),
        min_zoom=12,
        tile_fields=("plan", "vehicle", "sequence", "street", "side", "arrives_at", "load_kg", "color_index"),
    ),
)
