"""The texts of the scenarios page, in the active language."""

from __future__ import annotations

from django.utils.translation import gettext as _

# By the ids of the process what-if.
INDICATORS = {
    "green_area_m2": lambda: _("Green area"),
    "green_share_pct": lambda: _("Share of green"),
    "green_m2_per_inhabitant": lambda: _("Public green per inhabitant"),
    "green_access_line_pct": lambda: _("People near public green, straight line"),
    "green_access_walk_pct": lambda: _("People near public green, on foot"),
    "green_gini": lambda: _("Inequality of public green (Gini)"),
    "green_p90_p10": lambda: _("Public green of the best served tenth by that of the worst served (P90/P10)"),
    "green_below_threshold_pct": lambda: _("Inhabitants with less public green than the threshold"),
    "trees": lambda: _("Trees"),
    "three_trees_pct": lambda: _("People with three trees at their building"),
}

LESS_IS_BETTER = {"green_gini", "green_p90_p10", "green_below_threshold_pct"}


def scenario_texts() -> dict[str, str]:
    """By the keys of frontend/ts/scenarios; `{name}` stands for a value that the script puts in."""
    named = {f"indicator.{name}": text() for name, text in INDICATORS.items()}
    return {**named, **_operations(), **_tools(), **_results(), **_saved()}


def _operations() -> dict[str, str]:
    return {
        "op.draw": _("New green space, {area}"),
        "op.drawPrivate": _("New private green, {area}"),
        "op.erase": _("No green any more on {area}"),
        "op.remove": _("{name}: removed"),
        "op.open": _("Entrance opened"),
        "op.makePublic": _("{name}: opened to all"),
        "op.makePrivate": _("{name}: closed to the public"),
        "op.plant": _("Trees planted: {count}"),
        "op.green": _("Green space {id}"),
        "op.take": _("Take back: {step}"),
    }


def _tools() -> dict[str, str]:
    return {
        "tool.draw": _("Touch the map corner by corner; touch the first corner again to finish."),
        "tool.drawPrivate": _("Touch the map corner by corner; touch the first corner again to finish."),
        "tool.erase": _("Draw around the green that would go."),
        "tool.plant": _("Touch the map where each tree would stand."),
        "tool.open": _("Touch the edge of a green space where people would enter."),
        "tool.choose": _("Touch a green space on the map."),
        "tool.noGreen": _("There is no green space here; move nearer, or touch another place."),
    }


def _results() -> dict[str, str]:
    return {
        "result.indicator": _("Indicator"),
        "result.now": _("Today"),
        "result.then": _("Then"),
        "result.change": _("Change"),
        "result.same": _("no change"),
        "result.unknown": _("not known"),
        "result.preparing": _("Reading the city; this takes some seconds after its data changed…"),
        "result.done": _("Counted again in {ms} ms."),
        "result.farDoor": _(
            "Change {number} opens nothing: no public green within 30 m. Put the entrance at its edge."
        ),
        "result.parcels": _("Parcels whose green changes: {count}"),
    }


def _saved() -> dict[str, str]:
    return {
        "saved.bestSites": _("Best sites of {date}"),
        "saved.saved": _("Saved as “{name}”."),
        "saved.needsName": _("Give the scenario a name first."),
        "saved.none": _("No scenario is saved yet."),
        "saved.open": _("Open “{name}”"),
        "saved.compare": _("Compare “{name}”"),
        "saved.by": _("{author}, {date}"),
        "saved.shared": _("Anybody with this link sees the scenario, without signing in:"),
        "saved.unshared": _("The link no longer works."),
        "saved.saveFirst": _("Save the scenario before you share it."),
        "saved.loseChanges": _("The changes on the map are not saved. Open another scenario all the same?"),
        "saved.otherCity": _(
            "The city's data changed between these two: “Today” is that of the first. Counted: {first}; {second}."
            " Open and save each again to compare them."
        ),
        "saved.two": _("Choose two scenarios to see them side by side."),
    }
