"""Process print-roadbooks: the sheets of all crews of a plan in one PDF, for the morning."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.api.printing import Drive, print_drives
from analysis.api.words import PageWords
from analysis.processes.routes.storing import PLANS, ROUTES
from analysis.roadbook import LANGUAGES, Roadbook, RoadbookError
from analysis.roadbook.telling import Teller, short_id
from gis_core.actors import Actor, actor_named
from gis_core.errors import InvalidInput, NotFound
from gis_core.jobs.process import Context, Input, Output
from layers.cql2 import compile_equals
from layers.policy import Access, Condition, access_to
from layers.queries.items import ItemsQuery, count_exactly, read_page
from layers.queries.sorting import SortKey
from layers.registry import get_collection

PRINTED = ("vehicle", "roadbook")
DRAWN_PCT = 97.0  # the rest is the file itself


class PrintRoadbooks:
    """What the person who started it may see."""

    id = "print-roadbooks"
    title = _("Print all roadbooks")
    description = _("The roadbooks of all crews of a plan in one PDF, in the order of their vehicles.")
    role = "planner"
    inputs = (
        Input("plan", _("Plan"), {"type": "string"}, required=True),
        Input("language", _("Language"), {"type": "string", "enum": list(LANGUAGES)}),
        Input(
            "site",
            _("Address of this site"),
            {"type": "string"},
            _("For the QR codes that open a roadbook on the phone; without it there are none."),
        ),
    )
    outputs = (
        Output("file", _("File")),
        Output("crews", _("Crews"), {"type": "integer"}),
        Output("without", _("Vehicles without a roadbook"), {"type": "array", "items": {"type": "string"}}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        teller = Teller(PageWords(inputs.get("language") or get_language()))
        site, actor = _origin(inputs.get("site") or ""), actor_named(context.actor)
        drives, without = _drives_of(actor, inputs["plan"], site, teller)
        day = drives[0].book.date
        title = teller.words.say("titles", day=f"{day:%d/%m/%Y}")
        file = context.workspace / f"roadbooks-{day}-{teller.words.language}.pdf"
        file.write_bytes(
            print_drives(actor, _told(drives, context), teller, title=title, changed=timezone.now())
        )
        published = context.publish(file, "application/pdf")
        return {"file": published, "crews": len(drives), "without": without}


def _drives_of(actor: Actor, plan: str, site: str, teller: Teller) -> tuple[list[Drive], list[str]]:
    """By vehicle; and the vehicles that have no roadbook. Raises NotFound, NotAuthenticated, NotAllowed."""
    plans = access_to(actor, get_collection(PLANS))
    if not count_exactly(plans, ItemsQuery(limit=None, conditions=(_equals(plans, "external_id", plan),))):
        raise NotFound(f"There is no plan {plan!r} in {PLANS}.")
    drives, without = [], []
    for feature in _routes_of(actor, plan):
        drive = _drive(feature, site, teller.words.language)
        if drive is None:
            without.append(short_id(feature["properties"]["vehicle"]))
        else:
            drives.append(drive)
    if not drives:
        raise NotFound(f"No route of plan {plan} has a roadbook. Plan its day again (optimize-routes).")
    return drives, without


def _routes_of(actor: Actor, plan: str) -> Iterator[dict[str, Any]]:
    routes = access_to(actor, get_collection(ROUTES))
    asked = ItemsQuery(
        limit=None,
        conditions=(_equals(routes, "plan", plan),),
        sort=(SortKey("vehicle", "string"),),
        fields=tuple(field for field in routes.fields if field.name in PRINTED),
    )
    return map(json.loads, read_page(routes, asked).features)


def _equals(access: Access, name: str, value: str) -> Condition:
    field = access.collection.field(name)
    assert field is not None  # noqa: S101 - of the catalogue
    return compile_equals(field, value)


def _drive(feature: dict[str, Any], site: str, language: str) -> Drive | None:
    """None of a route without a roadbook that can be read."""
    try:
        book = Roadbook.from_json(feature["properties"].get("roadbook") or {})
    except RoadbookError:
        return None
    line = np.array(feature["geometry"]["coordinates"], dtype=np.float64)[:, :2]
    path = reverse("roadbook", args=[feature["id"]])
    return Drive(book, line, f"{site}{path}?f=html&lang={language}" if site else "")


def _told(drives: Sequence[Drive], context: Context) -> Iterator[Drive]:
    """One after the other, as they are printed."""
    for number, drive in enumerate(drives):
        told = {"number": number + 1, "count": len(drives), "vehicle": short_id(drive.book.vehicle)}
        message = _t("Roadbook %(number)s of %(count)s: %(vehicle)s") % told
        context.progress(DRAWN_PCT * number / len(drives), message)
        yield drive
    context.progress(DRAWN_PCT, _t("Writing the file"))


def _origin(site: str) -> str:
    """Scheme and host. Raises InvalidInput for another site's: a crew would be led there."""
    if not site:
        return ""
    parts = urlsplit(site)
    origin = f"{parts.scheme}://{parts.netloc}"
    host, _port = split_domain_port(parts.netloc)
    ours = validate_host(host, settings.ALLOWED_HOSTS) and parts.scheme in ("http", "https")
    if not ours and origin not in settings.CSRF_TRUSTED_ORIGINS:
        raise InvalidInput(
            f"site={site[:100]!r} is not an address of this service, such as https://map.example."
        )
    return origin
