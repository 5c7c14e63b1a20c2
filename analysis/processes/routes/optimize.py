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
from analysis.processes.routes import figures, fill
from analysis.processes.routes.asked import RULES, SEARCH, SEEDS, Asked, budget_of, seeds_of
from analysis.processes.routes.curve import Curve, joined
from analysis.processes.routes.day import Day, read_day
from analysis.processes.routes.figures import Fuel, costs_of
from analysis.processes.routes.fleet import SITE_SNAP_M
from analysis.processes.routes.ground import Grounds
from analysis.processes.routes.handing import best_of, district_name, gathered, hand_out
from analysis.processes.routes.publication import publish
from analysis.processes.routes.storing import NewPlan, store_plan
from analysis.processes.routes.work import Work
from analysis.processes.routes.zones import ZonePlan, ZoneProblem, solve_zone
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
        SEEDS,
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
        plan = plan_day(inputs, context, context.job_id)
        context.progress(SOLVED_PCT, gettext("Storing the plan"))
        with transaction.atomic():
            reports = store_plan(plan)
            if inputs.get("publish"):
                publish(plan.id)
        return answer_of(plan) | {
            "written": {name: report.added + report.changed for name, report in reports.items()}
        }

    def joined_live(
        self, live: Mapping[str, Any] | None, lives: Sequence[tuple[float, Mapping[str, Any]]]
    ) -> dict[str, Any] | None:
        """The cost of all zones, from what the parts of a job show."""
        return joined(live, lives) if live else None


def plan_day(inputs: Mapping[str, Any], context: Context, id: str, week: str = "") -> NewPlan:
    """The plan of one day, solved and checked, not yet stored; `week` is that of which it is a day."""
    city: City = settings.CITY
    asked, fuel = Asked.of(inputs, city), Fuel.of(city)
    try:
        day = read_day(inputs, context.progress)
        zones = _plan_zones(day, inputs, context)
    except (NetworkError, RoutingError) as error:
        raise InvalidInput(str(error)) from error
    rule = rule_of(city, asked, day.work, day.grounds)
    stated = asked_json(inputs, asked, day.work, zones)
    shared = (rule, day.frames.record, city.metric_crs)
    return NewPlan(id, asked, stated, day.work, day.fleet, zones, fuel, *shared, week)


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


def _plan_zones(day: Day, inputs: Mapping[str, Any], context: Context) -> tuple[ZonePlan, ...]:
    """Each zone with each seed: by parts of the job where there are workers, else here."""
    stated, comparisons = [], []
    for number, zone in enumerate(day.zones):
        told = gettext("Measuring the streets of %(district)s") % district_name(zone.districts)
        context.progress(3 + 7 * number / len(day.zones), told)
        one, comparison = day.stated(number)
        stated.append(one)
        comparisons.append(comparison)
    if context.results is not None:
        return gathered(day, context.results)
    if context.queued and len(day.zones) * len(seeds_of(inputs)) > 1:
        hand_out(day, comparisons, inputs, context)
    begin = [day.begun(number) for number in range(len(day.zones))]
    return solve_all(stated, comparisons, inputs, context, begin)


def solve_all(
    stated: Sequence[ZoneProblem],
    comparisons: Sequence[RoutePlan],
    inputs: Mapping[str, Any],
    context: Context,
    begin: Sequence[RoutePlan | None] | None = None,
) -> tuple[ZonePlan, ...]:
    """One zone after the other, with one seed after the other; the job shows the cost of all falling."""
    budget, seeds = budget_of(inputs), seeds_of(inputs)
    curve = Curve(context, [plan.cost for plan in comparisons], READ_PCT, SOLVED_PCT, turns=len(seeds))
    plans = []
    for number, (one, comparison) in enumerate(zip(stated, comparisons, strict=True)):
        message = gettext("Optimising %(district)s") % district_name(one.zone.districts)
        start = begin[number] if begin else None
        tries = [
            solve_zone(
                one, comparison, budget=budget, seed=seed, start=start,
                on_progress=curve.listener(number, message, turn),
            )
            for turn, seed in enumerate(seeds)
        ]  # fmt: skip
        plans.append(best_of(tries))
    return tuple(plans)


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
