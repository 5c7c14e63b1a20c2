"""What a feature must keep to, said once: each rule with its cure, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Rule(NamedTuple):
    """`rule` continues a sentence that begins with the field; `cure` says what to do."""

    rule: str
    cure: str


def missing() -> Rule:
    return Rule(_("is missing"), _("Fill it in."))


def unknown_field(names: Iterable[str]) -> Rule:
    return Rule(_("is not a field here"), _("Use the fields: %(names)s.") % {"names": ", ".join(names)})


def wrong_type(wanted: str) -> Rule:
    return Rule(_("has the wrong type"), _("Give a value of type %(wanted)s.") % {"wanted": wanted})


def unknown_choice(codes: Iterable[str]) -> Rule:
    return Rule(
        _("is not one of the known values"), _("Use one of: %(codes)s.") % {"codes": ", ".join(codes)}
    )


def too_long(most: int) -> Rule:
    cure = ngettext("Shorten it to %(count)s character.", "Shorten it to %(count)s characters.", most)
    return Rule(_("is too long"), cure % {"count": most})


def kept_by_service() -> Rule:
    return Rule(_("is kept by the service"), _("Leave it out."))


def not_yours_to_set() -> Rule:
    return Rule(_("is not yours to set"), _("Leave it as it is, or ask a data steward."))


def out_of_bounds(told: str) -> Rule:
    return Rule(_("is out of bounds"), told)


def not_unique() -> Rule:
    return Rule(_("belongs to another feature"), _("Give another one, or change that feature."))


def breaks_constraint(name: str, expression: str) -> Rule:
    return Rule(
        _("breaks the rule %(name)s") % {"name": name},
        _("It must hold: %(expression)s.") % {"expression": expression},
    )


def empty_geometry() -> Rule:
    return Rule(_("is empty"), _("Give each row a geometry."))


def wrong_geometry(kind: str) -> Rule:
    return Rule(
        _("must be a %(kind)s") % {"kind": kind}, _("Convert the geometry to %(kind)s.") % {"kind": kind}
    )


def invalid_geometry() -> Rule:
    return Rule(_("is not valid"), _("Repair it, for example by ST_MakeValid."))


def spike() -> Rule:
    return Rule(_("runs out and back in a spike"), _("Remove the corner at its tip."))


def outside_city() -> Rule:
    return Rule(
        _("lies outside the city's box"),
        _("Check the coordinate reference system and the axis order, or widen bbox in the city file."),
    )


def outside_areas() -> Rule:
    return Rule(_("lies outside the areas where you may write"), _("Ask a data steward to load it."))


def overlaps(other: int, area_m2: float) -> Rule:
    return Rule(
        _("covers %(area)s m² of feature %(other)s") % {"area": round(area_m2, 1), "other": other},
        _("Move the border, or cut the overlap."),
    )


def too_far(title: str, distance_m: float) -> Rule:
    return Rule(
        _("is farther than %(distance)s m from %(title)s") % {"distance": distance_m, "title": title},
        _("Move it closer."),
    )
