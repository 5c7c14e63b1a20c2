"""The texts that the pages' scripts say, in the active language: one source of translations, gettext."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.jobs.models import Job
from layers.base import Source

# One number for each of CLDR's plural categories; in Arabic all six differ.
_PLURAL_SAMPLES = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def script_texts() -> dict[str, str]:
    """By the keys of frontend/ts; `{name}` stands for a value that the script puts in."""
    return {**_sentences(), **_named(), **_counted()}


def _sentences() -> dict[str, str]:
    return {
        "allFacts": _("All facts and data"),
        "alsoHere": _("Also here"),
        "cancelFailed": _("The job could not be cancelled: {reason}"),
        "cancelling": _("Asked to stop; waiting for the job to end."),
        "close": _("Close"),
        "clusterHere": _("{title} · {count} here, zoom in"),
        "clustered": _("Points that stand close together are shown as their number at this zoom."),
        "featureFailed": _("This could not be loaded: {reason}"),
        "jobUnreachable": _("The service does not answer ({reason}); asking again."),
        "legendOf": _("Legend of {title}"),
        "liveFailing": _("Changes by others are not arriving at the moment; trying again."),
        "loading": _("Loading…"),
        "map": _("Map of the city"),
        "mapFailed": _("The map could not start: {reason} Reload the page to try again."),
        "momentOf": _("Moment shown of {title}"),
        "nearestOf": _("The {shown} nearest of {total} in this view"),
        "no": _("No"),
        "nothingFound": _("Nothing is named “{text}” here."),
        "nothingHere": _("Nothing here in the layers that are on."),
        "openPlan": _("Open the route plan"),
        "pauseFailed": _("The job could not be paused: {reason}"),
        "pausing": _("Asked to pause; waiting for a good moment."),
        "finishFailed": _("The job could not be stopped: {reason}"),
        "finishing": _("Asked to stop; the best plan so far will be kept."),
        "resumeFailed": _("The job could not be resumed: {reason}"),
        "searchFailed": _("The search does not answer: {reason}"),
        "subscribe": _("Feed to subscribe to (Atom)"),
        "synthetic": _("demo"),
        "thinned": _("Not all shown at this zoom."),
        "thisPlace": _("This place"),
        "tilesFailed": _("Part of the map could not be loaded. Move the map to try again."),
        "yes": _("Yes"),
        "zoomIn": _("Zoom in to see it"),
        "zoomIn.control": _("Zoom in"),
        "zoomOut.control": _("Zoom out"),
    }


def _named() -> dict[str, str]:
    statuses = {f"status.{status.value}": str(status.label) for status in Job.Status}
    return statuses | {f"source.{source.value}": str(source.label) for source in Source}


def _counted() -> dict[str, str]:
    return {
        **plural_forms("found", lambda n: ngettext("{count} place found", "{count} places found", n)),
        **plural_forms(
            "inView", lambda n: ngettext("{count} thing in this view", "{count} things in this view", n)
        ),
    }


def plural_forms(key: str, text: Callable[[int], str]) -> dict[str, str]:
    """`key.few` and so on, of a text by number; `{count}` is left for the script."""
    return {f"{key}.{category}": text(number) for category, number in _PLURAL_SAMPLES.items()}
