"""Process optimize-routes: what is due, the streets and the fleet in; a stored plan out, published if asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.network import NetworkError
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes import figures
from analysis.processes.routes.asked import RULES, SEARCH, Asked, budget_of
from analysis.processes.routes.curve import Curve
from analysis.processes.routes.figures import Fuel, costs_of
from analysis.processes.routes.fleet import SITE_SNAP_M, Fleet, read_fleet
from analysis.processes.routes.ground import Ground, ground_of
from analysis.processes.routes.publication import busy_vehicles, makes_room, publish, read_routes
from analysis.processes.routes.stored import crews_of, starts_from
from analysis.processes.routes.storing import NewPlan, store_plan
from analysis.processes.routes.work import Work, read_work
from analysis.processes.routes.zones import (
    Wishes,
    ZonePlan,
    ZoneProblem,
    compared,
    make_zones,
    solve_zone,
    state_zone,
    with_territories,
)
from analysis.routes import RoutePlan, RoutingError
from gis_core.city import City
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output

READ_PCT, SOLVED_PCT = 10.0, 95.0


class OptimizeRoutes:
    """A plan of one day and fraction, compared with a nearest-neighbour plan, checked, stored, published if asked."""

    id = "optimize-routes"
    title = _("Optimise collection routes")
    description = _(
        "Routes along real streets for the containers or streets due on a day, within capacities, shifts and breaks."
    )
    role = "planner"
    finishable = True
    inputs = (
        *RULES,
        *SEARCH,
        Input(
            "publish",
            _("Publish at once"),
            {"type": "boolean", "default": False},
            _("Default: the plan is a draft, which planners see and publish."),
        ),
    )
    outputs = (
        Output("plan", _("Plan"), {"type": "string"}),
        Output("totals", _("Totals, and the comparison with a nearest-neighbour plan")),
        Output("districts", _("Per group of districts planned together"), {"type": "array"}),
        Output("rule", _("Rules and assumptions")),
        Output("inputs", _("Features and revision of each collection read")),
        Output("written", _("Rows changed")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        plan = plan_day(inputs, context, context.job_id)
        context.progress(SOLVED_PCT, gettext("Storing the plan"))
        with transaction.atomic():
            reports = store_plan(plan)
            if inputs.get("publish"):
                publish(plan.id)
        return answer_of(plan) | {
            "written": {name: report.added + report.changed for name, report in reports.items()}
        }


def plan_day(inputs: Mapping[str, Any], context: Context, id: str, week: str = "") -> NewPlan:
    """The plan of one day, solved and checked, not yet stored; `week` is that of which it is a day."""
    city: City = settings.CITY
    asked, frames, fuel = Asked.of(inputs, city), InputFrames(city.metric_crs), Fuel.of(city)
    context.progress(0, gettext("Reading what is due, and the fleet"))
    work = read_work(frames, city, asked)
    fleet = read_fleet(frames, asked, busy_on(asked))
    context.progress(3, gettext("Building the street network"))
    try:
        ground = ground_of(frames, fleet, asked.day)
        zones = _plan_zones(asked, work, fleet, ground, inputs, context)
    except (NetworkError, RoutingError) as error:
        raise InvalidInput(str(error)) from error
    rule = rule_of(city, asked, work, ground, fleet)
    stated = asked_json(inputs, asked, work, zones)
    return NewPlan(id, asked, stated, work, fleet, zones, fuel, rule, frames.record, city.metric_crs, week)


def answer_of(plan: NewPlan) -> dict[str, Any]:
    day = plan.asked.day.isoformat()
    return {
        "plan": plan.id,
        "totals": {"date": day, **figures.totals(plan.zones, plan.fuel)},
        "districts": [figures.zone_row(zone, plan.fuel) for zone in plan.zones],
        "rule": plan.rule,
        "inputs": plan.record,
    }


def asked_json(
    inputs: Mapping[str, Any], asked: Asked, work: Work, zones: Sequence[ZonePlan]
) -> dict[str, Any]:
    """What the plan can be stated from again: inputs with the day they meant, what is due, who works where."""
    rows = [
        {"districts": list(z.zone.districts), "depot": z.zone.depot, "vehicles": list(z.zone.vehicles)}
        for z in zones
    ]
    items = sorted(work.items["key"])
    return {"inputs": {**inputs, "date": asked.day.isoformat()}, "zones": rows, "items": items}


def busy_on(asked: Asked) -> set[str]:
    routes = read_routes()
    room = makes_room(
        routes, day=asked.day, kind=asked.kind, fraction=asked.fraction, districts=asked.districts
    )
    return busy_vehicles(routes, day=asked.day, stays=~room)


def _plan_zones(
    asked: Asked, work: Work, fleet: Fleet, ground: Ground, inputs: Mapping[str, Any], context: Context
) -> tuple[ZonePlan, ...]:
    costs = costs_of(settings.CITY)
    wishes = Wishes()
    if asked.from_plan:
        wishes = Wishes(crews_of(asked.from_plan), asked.familiar_price)
    zones = make_zones(work, fleet)
    stated, comparisons = [], []
    for number, zone in enumerate(zones):
        context.progress(
            3 + 7 * number / len(zones),
            gettext("Measuring the streets of %(district)s") % _name(zone.districts),
        )
        one = state_zone(zone, work, fleet, ground, asked, wishes, costs)
        comparison = compared(one)
        stated.append(with_territories(one, work, comparison) if asked.territories else one)
        comparisons.append(compared(stated[-1]) if asked.territories else comparison)
    begin = starts_from(asked.from_plan, stated) if asked.from_plan else None
    return solve_all(stated, comparisons, inputs, context, begin)


def solve_all(
    stated: Sequence[ZoneProblem],
    comparisons: Sequence[RoutePlan],
    inputs: Mapping[str, Any],
    context: Context,
    begin: Sequence[RoutePlan | None] | None = None,
) -> tuple[ZonePlan, ...]:
    """One zone after the other; the job shows the cost of all falling."""
    budget, seed = budget_of(inputs), int(inputs.get("seed") or 0)
    curve = Curve(context, [plan.cost for plan in comparisons], READ_PCT, SOLVED_PCT)
    plans = []
    for number, (one, comparison) in enumerate(zip(stated, comparisons, strict=True)):
        told = curve.listener(number, gettext("Optimising %(district)s") % _name(one.zone.districts))
        start = begin[number] if begin else None
        plans.append(solve_zone(one, comparison, budget=budget, seed=seed, on_progress=told, start=start))
    return tuple(plans)


def _name(districts: Sequence[str]) -> dict[str, str]:
    return {"district": ", ".join(filter(None, districts)) or gettext("the whole city")}


def rule_of(city: City, asked: Asked, work: Work, ground: Ground, fleet: Fleet) -> dict[str, Any]:
    return {
        **work.rule,
        "fraction": asked.fraction,
        "due_only": asked.due_only,
        "network": (
            "drivable streets with one-way, access and turn restrictions; containers are served from their kerb,"
            " no turning round but at dead ends; one network for the tallest, widest and heaviest vehicle"
        ),
        "height_m": fleet.height_m,
        "width_m": fleet.width_m,
        "weight_t": fleet.weight_t,
        "arcs": ground.network.arc_count,
        "unmatched_turn_restrictions": list(ground.network.unmatched_restrictions),
        "sites_snap_m": SITE_SNAP_M,
        "costs": vars(costs_of(city)),
        **Fuel.of(city).rule(city),
        "comparison": "nearest neighbour: the same work, vehicles, shifts and tipping, always the nearest next",
        "saved_pct": "kilometres per container or street served, against the comparison",
    }
