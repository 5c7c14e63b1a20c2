"""Processes price-move, explain-task and move-tasks: give a task to another crew, and what it costs or forbids it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from math import inf, isfinite
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.processes.routes.figures import Fuel
from analysis.processes.routes.stored import StoredPlan, open_plan
from analysis.processes.routes.storing import NewPlan, store_plan
from analysis.processes.routes.zones import ZonePlan, ZoneProblem, require_sound
from analysis.routes import Budget, RoutePlan, RouteProblem, RoutingError, solve
from analysis.routes.moves import Barrier, Move, explain, price_move
from gis_core.errors import Conflict, InvalidInput
from gis_core.jobs.process import Context, Input, Output

AFTER_ITERATIONS = 200  # how long the other streets and containers are put in order after a move
APART = {
    "other-depot": _("This vehicle belongs to another depot; plan its districts together."),
    "other-size": _(
        "Streets for small vehicles only are planned apart from the others, with crews of their own."
    ),
}
BARRIERS = {
    Barrier.FRACTION: _("This vehicle does not take the fraction."),
    Barrier.LOCKED: _("It is locked to another crew."),
    Barrier.TOO_LARGE: _("It holds more than this vehicle takes."),
    Barrier.UNREACHABLE: _("No way leads there and back."),
    Barrier.WINDOW: _("This vehicle would come outside its time window."),
    Barrier.SHIFT: _("The shift would end %(minutes)d minutes too late."),
    Barrier.BREAK: _("The break would not find its place."),
    Barrier.SPREAD: _("The shifts would differ by %(minutes)d minutes more than allowed."),
}
_PLAN = Input("plan", _("Plan"), {"type": "string"}, required=True)
_MOVE = (
    _PLAN,
    Input(
        "tasks",
        _("Containers or streets (identifiers)"),
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 200},
        _("A side of a street has its side behind: way/1:left."),
        required=True,
    ),
    Input("vehicle", _("Vehicle"), {"type": "string"}, required=True),
)


class PriceMove:
    """Answered at once; nothing changes."""

    id = "price-move"
    title = _("Price of a move")
    description = _(
        "What it costs to give containers or streets of a plan to another crew, or what forbids it."
    )
    role = "planner"
    quick = True
    inputs = _MOVE
    outputs = (
        Output("cost", _("Cost more"), {"type": ["number", "null"]}),
        Output("distance_km", _("Kilometres more"), {"type": ["number", "null"]}),
        Output("duration_min", _("Minutes of work more"), {"type": ["number", "null"]}),
        Output("forbidden", _("What forbids it"), {"type": ["object", "null"]}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        stored = open_plan(inputs["plan"])
        try:
            _, _, move = _moved(stored, inputs["tasks"], inputs["vehicle"])
        except _Apart as apart:
            return {"cost": None, "distance_km": None, "duration_min": None, "forbidden": apart.told}
        told = _told(move)
        return {name: told[name] for name in ("cost", "distance_km", "duration_min", "forbidden")}


class ExplainTask:
    """Answered at once; nothing changes."""

    id = "explain-task"
    title = _("Why this crew")
    description = _(
        "What every other crew would cost for a container or street of a plan, or what forbids it."
    )
    role = "planner"
    quick = True
    inputs = (_PLAN, Input("task", _("Container or street (identifier)"), {"type": "string"}, required=True))
    outputs = (
        Output("vehicle", _("Vehicle"), {"type": ["string", "null"]}),
        Output("position", _("Its place among what the crew serves"), {"type": ["integer", "null"]}),
        Output("alternatives", _("Other vehicles, cheapest first"), {"type": "array"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        stored = open_plan(inputs["plan"])
        own = stored.zone_of_task(inputs["task"])
        stated = _stated(stored, stored.around(own))
        problem = _problem(stated)
        try:
            told = explain(problem, stored.plan_in(stated), inputs["task"])
        except RoutingError as error:
            raise InvalidInput(str(error)) from error
        rows = [{"vehicle": move.vehicle, **_told(move)} for move in told.alternatives]
        return {"vehicle": told.vehicle, "position": told.position, "alternatives": rows}


class MoveTasks:
    """A new draft: the tasks are locked to their new crew, and the order of what is around them is looked at again."""

    id = "move-tasks"
    title = _("Move to another crew")
    description = _("Makes a draft in which containers or streets of a plan are served by another crew.")
    role = "planner"
    inputs = _MOVE
    outputs = (
        Output("plan", _("Plan"), {"type": "string"}),
        Output("cost", _("Cost more"), {"type": "number"}),
        Output("distance_km", _("Kilometres more"), {"type": "number"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        context.progress(0, gettext("Reading the plan"))
        stored = open_plan(inputs["plan"])
        try:
            numbers, stated, move = _moved(stored, inputs["tasks"], inputs["vehicle"])
        except _Apart as apart:
            raise Conflict(str(apart.told["reason"])) from apart
        if move.plan is None:
            raise Conflict(str(_told(move)["forbidden"]["reason"]))
        context.progress(30, gettext("Putting what is around it in order"))
        locked = _locked(stated, dict.fromkeys(inputs["tasks"], inputs["vehicle"]))
        budget = Budget(max_iterations=AFTER_ITERATIONS)
        plan = solve(
            _problem(locked), budget, 0, lambda p: context.progress(30 + 60 * p.share, ""), move.plan
        )
        require_sound(locked, plan)
        context.progress(95, gettext("Storing the plan"))
        before = stored.plan_in(stated)
        new = _new_plan(stored, context.job_id, numbers, ZonePlan(locked, plan, None), inputs)
        with transaction.atomic():
            store_plan(new)
        km = (plan.distance_m - before.distance_m) / 1000
        return {"plan": new.id, "cost": round(plan.cost - before.cost, 2), "distance_km": round(km, 3)}


class _Apart(Exception):
    """The crew and the task were planned apart; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.told = {"code": code, "reason": str(APART[code])}


def _moved(stored: StoredPlan, tasks: Sequence[str], vehicle: str) -> tuple[list[int], ZoneProblem, Move]:
    """The zones concerned as one, and the move in it. Raises InvalidInput, _Apart."""
    numbers = sorted({stored.zone_of_vehicle(vehicle), *map(stored.zone_of_task, tasks)})
    if len({stored.zones[n].depot for n in numbers}) > 1:
        raise _Apart("other-depot")
    if len({stored.size_of(n) for n in numbers}) > 1:
        raise _Apart("other-size")
    stated = _stated(stored, numbers)
    try:
        return numbers, stated, price_move(_problem(stated), stored.plan_in(stated), tasks, vehicle)
    except RoutingError as error:
        raise InvalidInput(str(error)) from error


def _stated(stored: StoredPlan, numbers: Sequence[int]) -> ZoneProblem:
    try:
        return stored.together(numbers)
    except RoutingError as error:
        raise InvalidInput(str(error)) from error


def _problem(stated: ZoneProblem) -> RouteProblem:
    if stated.problem is None:
        raise InvalidInput("No street leads to what these districts have to serve.")
    return stated.problem


def _told(move: Move) -> dict[str, Any]:
    forbidden = None
    if move.barrier is not None:
        minutes = {"minutes": max(1, round(move.late_s / 60))}
        forbidden = {"code": str(move.barrier), "reason": str(BARRIERS[move.barrier]) % minutes}
    return {
        "cost": _rounded(move.cost, 2),
        "distance_km": _rounded(move.distance_m / 1000, 3),
        "duration_min": _rounded(move.duration_s / 60, 1),
        "forbidden": forbidden,
    }


def _rounded(value: float, digits: int) -> float | None:
    return round(value, digits) if isfinite(value) else None


def _locked(stated: ZoneProblem, crews: Mapping[str, str]) -> ZoneProblem:
    """The same, with these tasks for these crews only."""
    problem = _problem(stated)
    others = {task: [v.id for v in problem.vehicles if v.id != own] for task, own in crews.items()}
    tasks = tuple(
        replace(task, prize=None, prices=dict.fromkeys(others[task.id], inf)) if task.id in others else task
        for task in problem.tasks
    )
    return replace(stated, problem=replace(problem, tasks=tasks))


def _new_plan(
    stored: StoredPlan, job: str, numbers: Sequence[int], moved: ZonePlan, inputs: Mapping[str, Any]
) -> NewPlan:
    """The stored plan with the zones `numbers` replaced by one. Raises Conflict where the rest holds no longer."""
    rest = []
    for n in range(len(stored.zones)):
        if n not in numbers:
            stated = _stated(stored, [n])
            rest.append(ZonePlan(stated, held(stored, stated), None))
    zones = [moved, *rest]
    rows = [asdict(z.zone) for z in zones]
    locked = stored.locked | dict.fromkeys(inputs["tasks"], inputs["vehicle"])
    told = {**stored.told, "zones": rows, "locked": locked}
    asked = replace(stored.asked, from_plan=stored.id, title=stored.asked.title or stored.row["title"])
    rule = stored.rule | {
        "moved": {"from": stored.id, "tasks": list(inputs["tasks"]), "vehicle": inputs["vehicle"]}
    }
    fuel, srid = Fuel.of(settings.CITY), settings.CITY.metric_crs
    return NewPlan(job, asked, told, stored.work, stored.fleet, zones, fuel, rule, stored.record, srid)


def held(stored: StoredPlan, stated: ZoneProblem) -> RoutePlan:
    """The stored routes of a zone that stay as they are. Raises Conflict where they break today's rules."""
    plan = stored.plan_in(stated)
    if faults := stated.faults(plan):
        raise Conflict(f"Plan {stored.id} holds no longer; optimise again. {faults[0]}")
    return plan
