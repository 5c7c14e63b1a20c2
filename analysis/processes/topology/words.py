"""Faults and remarks of the tools, in the reader's language: what is wrong with which feature, and the cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analysis.topology import Fault, Remark, TopologyError, to_degrees

FAULTS: Mapping[Fault, Promise] = {
    Fault.TOO_FEW: _(
        "This tool takes %(least)s or more features, each once; it got %(given)s. Choose others."
    ),
    Fault.NOT_CROSSED: _(
        "The line does not cross feature %(ids)s from side to side. Draw it past the border at both ends."
    ),
    Fault.NOT_TOUCHING: _(
        "Feature %(ids)s shares no border with feature %(others)s. Choose neighbours, or fill the gap first."
    ),
    Fault.NOT_A_CHAIN: _(
        "The lines %(ids)s do not follow each other end to end. Choose lines that make one way without a fork."
    ),
    Fault.NO_OVERLAP: _("Nothing overlaps: %(ids)s. Choose areas that cover the same ground."),
    Fault.VANISHES: _(
        "Nothing would be left of feature %(id)s. Delete it, merge it, or name it first so that it keeps its ground."
    ),
    Fault.COVERED: _(
        "There is no gap at %(at)s: the ground belongs to feature %(id)s. Point at ground that no area covers."
    ),
    Fault.NOT_ENCLOSED: _(
        "The gap at %(at)s is open or too wide: no ring of areas closes it. Draw the ground to be filled as a polygon."
    ),
    Fault.NOT_AT_THE_GAP: _(
        "Feature %(id)s does not lie along the gap. Choose one of the features that do: %(ids)s."
    ),
    Fault.BORDER_ENDS_INSIDE: _(
        "The new border does not run from side to side of features %(ids)s. Draw it past their outline at both ends."
    ),
    Fault.ONE_SIDE_ONLY: _(
        "Nothing would be left for feature %(id)s. Draw the border so that each of %(ids)s keeps a side."
    ),
    Fault.NO_COVERAGE: _(
        "The features %(ids)s overlap, or their borders differ, at %(at)s. Cut the overlap or fill the gap there first."
    ),
    Fault.NOTHING_TO_DO: _(
        "Nothing changes within %(tolerance_m)s m. Choose other features or another tolerance."
    ),
    Fault.INVALID: _(
        "Feature %(id)s would come out with a border that crosses itself or another. Draw a little aside."
    ),
    Fault.WRONG_SHAPE: _("The drawing must be a %(wanted)s; it is a %(given)s. Draw it again."),
}

REMARKS: Mapping[Remark, Promise] = {
    Remark.NOT_CROSSED: _("The line does not cross feature %(ids)s: it stays whole."),
    Remark.SEVERAL_PARTS: _(
        "Feature %(id)s falls into %(parts)s parts and stays one feature; split it if that is wrong."
    ),
    Remark.HOLE: _("The merged feature keeps holes of %(area_m2)s m² that no feature covers."),
    Remark.REVERSED: _(
        "Feature %(ids)s was drawn the other way than %(keeper)s: look at one-way directions after merging."
    ),
    Remark.JOINT: _("Feature %(ids)s ends where lines are joined and loses its junction there."),
    Remark.OTHER_LEVEL: _("On different levels, so not cut: %(pairs)s."),
    Remark.SAME_COURSE: _("On the same course over some length: %(pairs)s. One of them may be a duplicate."),
    Remark.NEIGHBOURS: _("Neighbours that were not chosen change with the outline: %(ids)s."),
}


def sentence(words: Promise, told: Mapping[str, Any]) -> str:
    return str(words) % {name: _shown(value) for name, value in told.items()}


def fault_sentence(error: TopologyError) -> str:
    if error.fault is Fault.COVERED and error.told.get("id") is None:
        return sentence(
            _("There is no gap at %(at)s: all ground there is covered. Draw over a gap."), error.told
        )
    return sentence(FAULTS[error.fault], error.told)


def _shown(value: Any) -> str:
    """Ids as a list, pairs with a dash, places in degrees."""
    if hasattr(value, "geom_type"):
        place = to_degrees(value)
        return f"{place.x:.6f} {place.y:.6f}"
    if isinstance(value, tuple):
        return ", ".join(" – ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
