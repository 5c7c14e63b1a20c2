"""Turn restrictions at their junction."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.turn_restrictions.model import TurnRestriction
from layers.definitions import Collection, Group, Layer, Style

COLLECTION = Collection(
    id="turn-restrictions",
    model=TurnRestriction,
    title=_("Turn restrictions"),
    description=_("Forbidden and compulsory turns between two streets at a junction."),
)

LAYERS = (
    Layer(
        id="turn-restrictions",
        collection=COLLECTION,
        title=_("Turn restrictions"),
        style=Style.beside(__file__),
        group=Group.STREET,
        min_zoom=15,
        tile_fields=("kind",),
    ),
)
