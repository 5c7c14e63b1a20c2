"""Process optimize-routes: due containers, streets and the fleet in, the day's routes and stops out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import shapely
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.network import Network, NetworkError, Reason, Unreachable
from analysis.processes.input_frames import InputFrames
from analysis.processes.route_demand import Wanted, load_rule, read_due_containers
from analysis.processes.route_fleet import SITE_SNAP_M, Fleet, read_fleet
from analysis.processes.route_publication import (
    Edition,
    Places,
    busy_vehicles,
    lock_publication,
    publish,
    read_published,
)
from analysis.processes.route_zones import (
    CONTAINER_SNAP_M,
    Ground,
    ZonePlan,
    build_ground,
    make_zones,
    plan_zone,
)
from analysis.routes import Budget, Progress, Refusal, RoutePlan, RoutingError, VisitKind
from gis_core.city import City
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output

DEFAULT_SECONDS = 5.0
READ_PCT, SOLVED_PCT = 10.0, 95.0
REASONS = {
    Reason.TOO_FAR: _("No drivable street is near enough"),
    Reason.NOT_CONNECTED: _("The street is not connected with the depot"),
    Refusal.TOO_LARGE: _("It holds more than any vehicle takes"),
    Refusal.WRONG_FRACTION: _("No vehicle takes this fraction"),
    Refusal.NO_DISPOSAL: _("No disposal site takes this fraction"),
    Refusal.UNREACHABLE: _("No way leads there and back"),
    Refusal.BEYOND_SHIFT: _("It is too far for one shift"),
    Refusal.NO_TIME: _("No vehicle has shift time left"),
}


class OptimizeRoutes:
    """Routes of one day and one fraction, compared with a nearest-neighbour plan, checked, and published."""

    id = "optimize-routes"
    title = _("Optimise collection routes")
    description = _(
        "Routes along real streets for the containers due on a day, within capacities and shifts."
    )
    role = "planner"
    inputs = (
        Input("date", _("Day of service"), {"type": "string", "format": "date"}, _("Default: today.")),
        Input(
            "districts",
            _("Districts (identifiers)"),
            {"type": "array", "items": {"type": "string"}},
            _("Default: all. The plan of other districts stays."),
        ),
        Input("fraction", _("Fraction"), {"type": "string", "default": "mixed"}),
        Input(
            "due_only",
            _("Only containers that are due"),
            {"type": "boolean", "default": True},
            _("Due: its collection day, or fuller than the city's threshold."),
        ),
        Input(
            "seconds",
            _("Seconds of search per district"),
            {"type": "number", "minimum": 0, "maximum": 3600, "default": DEFAULT_SECONDS},
        ),
        Input("seed", _("Seed"), {"type": "integer", "minimum": 0, "default": 0}),
        Input(
            "max_iterations",
            _("Iterations of search per district"),
            {"type": "integer", "minimum": 0},
            _("With it and without seconds, the same inputs give the same plan."),
        ),
    )
    outputs = (
        Output("totals", _("Totals, and the comparison with a nearest-neighbour plan")),
        Output("districts", _("Per group of districts planned together"), {"type": "array"}),
        Output("rule", _("Rules and assumptions")),
        Output("inputs", _("Features and revision of each collection read")),
        Output("written", _("Rows changed")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        wanted, frames = _wanted(inputs, city), InputFrames(city.metric_crs)
        edition = Edition(context.job_id, wanted.fraction, wanted.day, frozenset(wanted.districts) or None)
        context.progress(0, _t("Reading containers and the fleet"))
        containers = read_due_containers(frames, city, wanted)
        fleet = read_fleet(frames, wanted.fraction, busy_vehicles(read_published(), edition))
        context.progress(3, _t("Building the street network"))
        try:
            ground = build_ground(frames, fleet)
            zones = _plan_zones(containers, fleet, ground, wanted, inputs, context)
        except (NetworkError, RoutingError) as error:
            raise InvalidInput(str(error)) from error
        context.progress(SOLVED_PCT, _t("Publishing the routes"))
        with transaction.atomic():
            lock_publication()
            places = _places_4326(containers, fleet, city.metric_crs)
            district_of = dict(zip(containers["key"], containers["district"], strict=True))
            reports = publish(edition.of(containers["source"]), zones, places, district_of, city.metric_crs)
        return {
            "totals": _totals(wanted.day, zones),
            "districts": [_zone_row(zone) for zone in zones],
            "rule": _rule(city, wanted, ground.network, fleet),
            "inputs": frames.record,
            "written": {
                name: report.added + report.changed + report.removed for name, report in reports.items()
            },
        }


def _wanted(inputs: Mapping[str, Any], city: City) -> Wanted:
    today = datetime.now(ZoneInfo(city.time_zone)).date()
    text = inputs.get("date")
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError as error:
        raise InvalidInput(f"date={text!r}: give a day as 2026-11-23.") from error
    districts = tuple(dict.fromkeys(inputs.get("districts") or ()))
    return Wanted(day, inputs.get("fraction") or "mixed", districts, bool(inputs.get("due_only", True)))


def _budget(inputs: Mapping[str, Any]) -> Budget:
    seconds, iterations = inputs.get("seconds"), inputs.get("max_iterations")
    return Budget(iterations, DEFAULT_SECONDS if seconds is None and iterations is None else seconds)


def _plan_zones(
    containers: gpd.GeoDataFrame,
    fleet: Fleet,
    ground: Ground,
    wanted: Wanted,
    inputs: Mapping[str, Any],
    context: Context,
) -> tuple[ZonePlan, ...]:
    zones = make_zones(containers, fleet)
    budget, seed, step_pct = (
        _budget(inputs),
        int(inputs.get("seed") or 0),
        (SOLVED_PCT - READ_PCT) / len(zones),
    )
    plans = []
    for number, zone in enumerate(zones):
        name = ", ".join(filter(None, zone.districts)) or _t("the whole city")

        def told(progress: Progress, number: int = number, name: str = name) -> None:
            percent = READ_PCT + step_pct * (number + progress.share)
            context.progress(percent, _t("Optimising %(district)s") % {"district": name})

        told(Progress(0.0, 0, 0.0))
        plans.append(
            plan_zone(
                zone, containers, fleet, ground, wanted.fraction, budget=budget, seed=seed, on_progress=told
            )
        )
    return tuple(plans)


def _places_4326(containers: gpd.GeoDataFrame, fleet: Fleet, srid: int) -> Places:
    """The points of all that a route may visit."""
    points = {
        (VisitKind.TASK, key): at for key, at in zip(containers["key"], containers.geometry, strict=True)
    }
    for kind, sites in (
        (VisitKind.START, fleet.depots),
        (VisitKind.END, fleet.depots),
        (VisitKind.TIP, fleet.sites),
    ):
        points |= {(kind, site.id): shapely.Point(site.x_m, site.y_m) for site in sites.values()}
    return dict(zip(points, gpd.GeoSeries(list(points.values()), crs=srid).to_crs(4326), strict=True))


def _totals(day: date, zones: Sequence[ZonePlan]) -> dict[str, Any]:
    plans, comparisons = [zone.plan for zone in zones], [zone.comparison for zone in zones]
    before, after = _sums(comparisons), _sums(plans)
    return {
        "date": day.isoformat(),
        "containers": sum(zone.containers for zone in zones),
        **after,
        "unreachable": [_unreachable(miss) for zone in zones for miss in zone.unreachable],
        "unserved": [_refused(u.id, u.reason) for zone in zones for u in zone.unserved],
        "baseline": {**before, "unserved": sum(len(plan.unserved) for plan in comparisons)},
        "saved_pct": _saved_pct(before, after),
    }


def _zone_row(zone: ZonePlan) -> dict[str, Any]:
    before, after = _sums([zone.comparison]), _sums([zone.plan])
    return {
        "districts": list(zone.zone.districts),
        "depot": zone.zone.depot,
        "containers": zone.containers,
        **after,
        "unreachable": len(zone.unreachable),
        "unserved": len(zone.unserved),
        "baseline": {**before, "unserved": len(zone.comparison.unserved)},
        "saved_pct": _saved_pct(before, after),
    }


def _sums(plans: Iterable[RoutePlan]) -> dict[str, Any]:
    routes = [route for plan in plans for route in plan.routes]
    return {
        "served": sum(len(route.served) for route in routes),
        "vehicles": len(routes),
        "tips": sum(route.tips for route in routes),
        "distance_km": round(sum(route.distance_m for route in routes) / 1000, 2),
        "duration_h": round(sum(route.duration_s for route in routes) / 3600, 2),
        "load_t": round(sum(route.load_kg for route in routes) / 1000, 3),
    }


def _saved_pct(before: Mapping[str, Any], after: Mapping[str, Any]) -> float | None:
    """Kilometres per container served, against the comparison; None where one of them serves none."""
    if not before["served"] or not after["served"]:
        return None
    ratio = float(after["distance_km"] / after["served"]) / float(before["distance_km"] / before["served"])
    return round(100 * (1 - ratio), 1)


def _refused(id: str, reason: Reason | Refusal) -> dict[str, Any]:
    return {"id": id, "code": str(reason), "reason": str(REASONS[reason])}


def _unreachable(miss: Unreachable) -> dict[str, Any]:
    return {**_refused(miss.id, miss.reason), "nearest_street_m": round(miss.nearest_m, 1)}


def _rule(city: City, wanted: Wanted, network: Network, fleet: Fleet) -> dict[str, Any]:
    return {
        **load_rule(city, wanted.fraction),
        "fraction": wanted.fraction,
        "due_only": wanted.due_only,
        "network": (
            "drivable streets with one-way, access and turn restrictions; containers are served from their kerb,"
            " no turning round but at dead ends; one network for the tallest and heaviest vehicle"
        ),
        "height_m": fleet.height_m,
        "weight_t": fleet.weight_t,
        "arcs": network.arc_count,
        "unmatched_turn_restrictions": list(network.unmatched_restrictions),
        "snap_m": {"containers": CONTAINER_SNAP_M, "sites": SITE_SNAP_M},
        "comparison": "nearest neighbour: the same containers, vehicles, shifts and tipping, always the nearest next",
        "saved_pct": "kilometres per container served, against the comparison",
    }
