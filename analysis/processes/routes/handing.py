"""Zones and seeds as parts of a job: handed out to the workers, solved by one each, gathered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from analysis.network import NetworkError
from analysis.processes.routes.asked import budget_of, seeds_of
from analysis.processes.routes.curve import Curve
from analysis.processes.routes.day import Day, read_day
from analysis.processes.routes.orders import driven, orders_of
from analysis.processes.routes.roadbooks import names_of
from analysis.processes.routes.zones import NOTHING, ZonePlan, require_sound, solve_zone
from analysis.roadbook import name_in
from analysis.routes import RoutePlan, RoutingError
from gis_core.errors import Conflict, InvalidInput, JobSplit
from gis_core.jobs.process import Context, Output


def hand_out(
    day: Day, comparisons: Sequence[RoutePlan], inputs: Mapping[str, Any], context: Context
) -> NoReturn:
    """Raises JobSplit: one part for each zone and seed."""
    costs = [plan.cost for plan in comparisons]
    context.live = {"cost": [[0.0, round(sum(costs), 2)]], "zones": costs}
    asked = {**inputs, "date": day.asked.day.isoformat()}
    raise JobSplit(
        SolveZone.id,
        [
            {"asked": asked, "zone": number, "seed": seed, "revisions": day.revisions}
            for number in range(len(day.zones))
            for seed in seeds_of(inputs)
        ],
    )


def gathered(day: Day, results: Sequence[Mapping[str, Any]]) -> tuple[ZonePlan, ...]:
    """The best plan of each zone, driven and checked again. Raises Conflict where the data are others by now."""
    if any(result["revisions"] != day.revisions for result in results):
        raise Conflict(CHANGED)
    found: list[list[ZonePlan]] = [[] for _ in day.zones]
    for result in results:
        stated, comparison = day.stated(result["zone"])
        problem = stated.problem
        plan = driven(problem, result["orders"], result["iterations"]) if problem else NOTHING
        found[result["zone"]].append(ZonePlan(stated, plan, comparison))
    plans = tuple(best_of(tries) for tries in found)
    for zone in plans:
        require_sound(zone.stated, zone.plan)
    return plans


CHANGED = "The data of the plan were changed while it was made; nothing was stored. Run it again."


def best_of(tries: Sequence[ZonePlan]) -> ZonePlan:
    """What serves most of what must be served, and then costs least; of equals the first."""
    return min(tries, key=_rank)


def _rank(zone: ZonePlan) -> tuple[int, float]:
    must = (
        {task.id for task in zone.stated.problem.tasks if task.prize is None}
        if zone.stated.problem
        else set()
    )
    return sum(left.id in must for left in zone.plan.unserved), zone.plan.cost


def district_name(districts: Sequence[str]) -> dict[str, str]:
    """As the person who waits calls them; one without a name by its identifier."""
    called, language = names_of("districts"), (get_language() or "").partition("-")[0]
    names = (name_in(called.get(id, {}), language) or id for id in districts)
    return {"district": ", ".join(filter(None, names)) or gettext("the whole city")}


class SolveZone:
    """One zone of a plan with one seed; nothing is stored."""

    id = "solve-zone"
    title = _("Optimise one group of districts")
    description = _("A part of optimize-routes, on any worker.")
    role = "planner"
    internal = True
    finishable = True
    inputs = ()
    outputs = (Output("orders", _("What each vehicle does")),)

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        asked, number = inputs["asked"], int(inputs["zone"])
        day = read_day(asked)
        if day.revisions != inputs["revisions"]:
            raise Conflict(CHANGED)
        try:
            stated, comparison = day.stated(number)
            curve = Curve(context, [comparison.cost], 0, 100, about={"zone": number})
            told = curve.listener(
                0, gettext("Optimising %(district)s") % district_name(stated.zone.districts)
            )
            solved = solve_zone(
                stated, comparison, budget=budget_of(asked), seed=int(inputs["seed"]), on_progress=told,
                start=day.begun(number),
            )  # fmt: skip
        except (NetworkError, RoutingError) as error:
            raise InvalidInput(str(error)) from error
        shared = {"zone": number, "revisions": day.revisions}
        return {**shared, "orders": orders_of(solved.plan), "iterations": solved.plan.iterations}
