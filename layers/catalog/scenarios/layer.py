"""Scenarios are planners' own; a process computes them, and a link shows one of them to anybody."""

from django.utils.translation import gettext_lazy as _

from gis_core.permissions import Role
from layers.catalog.scenarios.model import Scenario
from layers.definitions import Collection, Right, open_rights

COMPUTED = ("author", "operations", "results", "computed_at", "share_key")

COLLECTION = Collection(
    id="scenarios",
    model=Scenario,
    title=_("Scenarios"),
    description=_(
        "What if: changes of green that planners imagined, and what they would do to the indicators."
    ),
    time="computed_at",
    rights={**open_rights(computed=COMPUTED), Role.PUBLIC: Right(), Role.CREW: Right()},
)

LAYERS = ()
