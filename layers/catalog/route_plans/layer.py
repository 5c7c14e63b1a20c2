"""Route plans, for planners only."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.route_plans.model import RoutePlan
from layers.definitions import Collection, Group, Layer, Style, planning_rights

COLLECTION = Collection(
    id="route-plans",
    model=RoutePlan,
    title=_("Route plans"),
    description=_(
        "Plans of collection routes: drafts, published ones and replaced ones, with their figures."
    ),
    time="service_date",
    rights=planning_rights(),
)

LAYERS = (
    Layer(
        id="route-plans",
        collection=COLLECTION,
        title=_("Route plans"),
        style=Style.beside(__file__),
        group=Group.WASTE,
        computed_from=("waste-containers", "streets", "vehicles"),
        min_zoom=9,
        tile_fields=("title", "kind", "fraction", "service_date", "status", "distance_km", "cost"),
    ),
)
