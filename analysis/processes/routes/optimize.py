"""Process optimize-routes: what is due, the streets and the fleet in; a stored plan out, published if asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.network import NetworkError
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes import figures, fill
from analysis.processes.routes.asked import RULES, SEARCH, Asked, budget_of
from analysis.processes.routes.curve import Curve
from analysis.processes.routes.figures import Fuel, costs_of
from analysis.processes.routes.fleet import SITE_SNAP_M, Fleet, read_fleet
from analysis.processes.routes.ground import Grounds
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
        Output("forecast", _("What the forecast did"), {"type": ["object", "null"]}),
        Output("inputs", _("Features and revision of each collection read")),
        Output("written", _("Rows changed")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        asked, frames, fuel = Asked.of(inputs, city), InputFrames(city.metric_crs), Fuel.of(city)
        context.progress(0, gettext("Reading what is due, and the fleet"))
        work = read_work(frames, city, asked)
        fleet = read_fleet(frames, asked, _busy(asked))
        context.progress(3, gettext("Building the street network"))
        try:
            grounds = Grounds(frames, fleet, asked.day)
            zones = _plan_zones(asked, work, fleet, grounds, inputs, context)
        except (NetworkError, RoutingError) as error:
            raise InvalidInput(str(error)) from error
        context.progress(SOLVED_PCT, gettext("Storing the plan"))
        rule = rule_of(city, asked, work, grounds)
        stated = asked_json(inputs, asked, work, zones)
        plan = NewPlan(
            context.job_id, asked, stated, work, fleet, zones, fuel, rule, frames.record, city.metric_crs
        )
        with transaction.atomic():
            reports = store_plan(plan)
            if inputs.get("publish"):
                publish(plan.id)
        return answer_of(plan) | {
            "written": {name: report.added + report.changed for name, report in reports.items()}
        }


def answer_of(plan: NewPlan) -> dict[str, Any]:
    day = plan.asked.day.isoformat()
    return {
        "plan": plan.id,
        "totals": {"date": day, **figures.totals(plan.zones, plan.fuel)},
        "districts": [figures.zone_row(zone, plan.fuel) for zone in plan.zones],
        "rule": plan.rule,
        "forecast": plan.forecast,
        "inputs": plan.record,
    }


def asked_json(
    inputs: Mapping[str, Any], asked: Asked, work: Work, zones: Sequence[ZonePlan]
) -> dict[str, Any]:
    """What the plan can be stated from again: inputs with the day they meant, what is due, who works where."""
    rows = [asdict(z.zone) for z in zones]
    items = sorted(work.items["key"])
    told = {"forecast": fill.as_stored(work.items)} if asked.forecast else {}
    return {"inputs": {**inputs, "date": asked.day.isoformat()}, "zones": rows, "items": items, **told}


def _busy(asked: Asked) -> set[str]:
    routes = read_routes()
    room = makes_room(
        routes, day=asked.day, kind=asked.kind, fraction=asked.fraction, districts=asked.districts
    )
    return busy_vehicles(routes, day=asked.day, stays=~room)


def _plan_zones(
    asked: Asked, work: Work, fleet: Fleet, grounds: Grounds, inputs: Mapping[str, Any], context: Context
) -> tuple[ZonePlan, ...]:
    costs = costs_of(settings.CITY)
    wishes = Wishes()
    if asked.from_plan:
        wishes = Wishes(crews_of(asked.from_plan), asked.familiar_price)
    zones = make_zones(work, fleet, grounds)
    stated, comparisons = [], []
    for number, zone in enumerate(zones):
        context.progress(
            3 + 7 * number / len(zones),
            gettext("Measuring the streets of %(district)s") % _name(zone.districts),
        )
        one = state_zone(zone, work, fleet, grounds.of(zone.vehicles), asked, wishes, costs)
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


def rule_of(city: City, asked: Asked, work: Work, grounds: Grounds) -> dict[str, Any]:
    network = grounds.widest.network
    return {
        **work.rule,
        "fraction": asked.fraction,
        "due_only": asked.due_only,
        "network": (
            "drivable streets with one-way, access and turn restrictions; containers are served from their kerb,"
            " no turning round but at dead ends; each zone on the network of its largest vehicle, and what only smaller"
            " vehicles reach in zones of theirs"
        ),
        **asdict(grounds.fleet.size_of(grounds.fleet.vehicles)),
        "arcs": network.arc_count,
        "unmatched_turn_restrictions": list(network.unmatched_restrictions),
        "sites_snap_m": SITE_SNAP_M,
        "costs": vars(costs_of(city)),
        **Fuel.of(city).rule(city),
        "comparison": "nearest neighbour: the same work, vehicles, shifts and tipping, always the nearest next",
        "saved_pct": "kilometres per container or street served, against the comparison",
    }
