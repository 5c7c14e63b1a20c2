"""Why plans leave containers and streets out, by the codes that they store."""

from __future__ import annotations

from django.utils.translation import gettext as _


def left_out_texts() -> dict[str, str]:
    return {f"routes.why.{code}": text for code, text in (_of_places() | _of_tasks()).items()}


def closure_texts() -> dict[str, str]:
    """The closed streets that keep trucks away, and what to do."""
    return {
        "routes.closure.closed": _("Street {street} is closed: road condition {id}."),
        "routes.closure.market": _("A market shuts street {street}: road condition {id}."),
        "routes.closure.gate": _("A gate shuts street {street}: road condition {id}."),
        "routes.closure.too_narrow": _("Street {street} is too narrow for trucks: road condition {id}."),
        "routes.closure.hours": _("From {from} to {until}."),
        "routes.closure.open": _("Open from {from} to {until}."),
        "routes.closure.limit": _("Street {street}: {why}."),
        "routes.closure.cure": _(
            "End the condition or change its hours, plan another day, or send a vehicle that may pass."
        ),
    }


def _of_places() -> dict[str, str]:
    """No truck gets there."""
    return {
        "too-far": _("No drivable street is near enough"),
        "not-connected": _("The street is not connected with the depot"),
        "cut-off": _("Closed streets cut it off from the depot"),
        "not-drivable": _("Trucks do not drive on streets of this class"),
        "no-access": _("The street is closed to motor vehicles"),
        "too-low": _("The street is too low for the fleet"),
        "too-narrow": _("The street is too narrow for the fleet"),
        "too-weak": _("The street does not carry the fleet's weight"),
        "too-steep": _("The street is too steep"),
        "no-turning": _("A truck that drove in could not turn round"),
        "closed": _("The street is closed at that time"),
    }


def _of_tasks() -> dict[str, str]:
    """No crew serves it."""
    return {
        "larger-than-every-vehicle": _("It holds more than any vehicle takes"),
        "no-vehicle-takes-fraction": _("No vehicle takes this fraction"),
        "no-disposal-site-takes-fraction": _("No disposal site takes this fraction"),
        "unreachable": _("No way leads there and back"),
        "too-far-for-one-shift": _("It is too far for one shift"),
        "no-vehicle-in-its-time-window": _("No vehicle is there in its time window"),
        "no-vehicle-may-serve-it": _("No vehicle may serve it"),
        "not-worth-the-detour": _("It is not worth the detour today"),
        "not-in-the-imported-plan": _("The plan that was imported does not serve it"),
        "no-shift-time-left": _("No vehicle has shift time left"),
    }
