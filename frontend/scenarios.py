"""The scenarios page of planners, that of the best sites, and what the link of a shared scenario shows to anybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.scenario_texts import INDICATORS, LESS_IS_BETTER, scenario_texts
from frontend.site_texts import site_texts
from frontend.views import data_extent
from gis_core.actors import actor_of
from gis_core.city import City
from gis_core.errors import NotFound
from gis_core.permissions import Role, require_role
from layers.queries.revisions import revision_of
from layers.queries.scenarios import shared_scenario

_ZONES = {"districts", "parcels"}


@require_safe
def scenarios_page(request: HttpRequest) -> HttpResponse:
    require_role(actor_of(request), Role.PLANNER)
    return render(request, "scenarios.html", {"extent": data_extent(), "scenario_texts": scenario_texts})


@require_safe
def sites_page(request: HttpRequest) -> HttpResponse:
    """Raises InvalidInput where the city file does not say what near is."""
    require_role(actor_of(request), Role.PLANNER)
    city: City = settings.CITY
    context = {
        "extent": data_extent(),
        "site_texts": site_texts,
        "currency": city.currency,
        "distance": city.threshold("green_access_m"),
        "size": city.threshold("green_access_min_ha"),
    }
    return render(request, "sites.html", context)


@require_safe
def shared_page(request: HttpRequest, key: str) -> HttpResponse:
    """Whoever has the key sees this scenario, without its author; no other page and no search engine is told."""
    found = shared_scenario(key)
    if found is None:
        raise NotFound("This link shows no scenario (any more); ask who sent it for a new one.")
    context = {
        "scenario": found,
        "rows": [_row(figure) for figure in found.results.get("city", [])],
        "districts": [_district(district) for district in found.results.get("districts", [])],
        "extent": found.extent,
        "outdated": _is_outdated(found.results.get("inputs", {})),
        "scenario_texts": scenario_texts,
    }
    response = render(request, "shared_scenario.html", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _is_outdated(inputs: dict[str, Any]) -> bool:
    """Whether the city changed since; zones apart, whose revision rises by each computation of their figures too."""
    read = {name: told["revision"] for name, told in inputs.items() if name not in _ZONES}
    return any(revision_of(name) != revision for name, revision in read.items())


def _row(figure: dict[str, Any]) -> dict[str, Any]:
    before, after = figure["before"], figure["after"]
    change = None if before is None or after is None else after - before
    better = bool(change) and (change > 0) is (figure["id"] not in LESS_IS_BETTER)
    digits = "-2g" if figure["unit"] else "-4g"
    return {
        **figure,
        "title": INDICATORS[figure["id"]](),
        "change": change,
        "better": better,
        "digits": digits,
    }


def _district(district: dict[str, Any]) -> dict[str, Any]:
    return {**district, "rows": [_row(figure) for figure in district["indicators"]]}
