"""Road conditions by review: what is only proposed is shown paler than what counts."""

from django.utils.translation import gettext_lazy as _

from gis_core.permissions import Role
from layers.catalog.road_conditions.model import RoadCondition
from layers.definitions import Collection, Extent, Group, Layer, Near, Right, Style, internal_rights

_REVIEW = ("source", "reported_by", "status")
COLLECTION = Collection(
    id="road-conditions",
    model=RoadCondition,
    title=_("Road conditions"),
    description=_(
        "Closures, market days, gates and what crews know of streets. Crews propose, planners accept; only what is"
        " accepted counts for routes."
    ),
    rights={
        **internal_rights(),
        Role.CREW: Right(
            Extent.AREA,
            Extent.AREA,
            locked=frozenset(_REVIEW),
            where={"status": RoadCondition.Status.PROPOSED.value},
        ),
    },
    rules=(Near("streets", distance_m=30),),
)

LAYERS = (
    Layer(
        id="road-conditions",
        collection=COLLECTION,
        title=_("Road conditions"),
        style=Style.beside(__file__),
        group=Group.STREET,
        min_zoom=12,
        tile_fields=("kind", "status", "street"),
    ),
)
