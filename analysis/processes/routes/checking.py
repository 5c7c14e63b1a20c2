"""Process check-plan: a stored plan against today's data, by the independent checker."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from analysis.processes.routes.fleet import DAY_S
from analysis.processes.routes.stored import StoredPlan, open_plan
from analysis.processes.routes.storing import ROUTES, STOPS, STREETS, clock_time
from analysis.processes.routes.zones import ZoneProblem
from analysis.routes import RoutePlan, RoutingError, Vehicle
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output
from layers.queries.frames import read_frame

TOLERANCE = 0.01  # of a stored figure, before it is told that it is another one today
TOLERANCE_S = 60.0  # of a stored hour


class CheckPlan:
    """The problem is stated anew from the data of now, the plan read back from its features; nothing changes."""

    id = "check-plan"
    title = _("Check a route plan")
    description = _(
        "Whether a stored plan keeps every rule with the data of today: service, streets, loads, shifts, breaks, cost."
    )
    role = "planner"
    quick = True
    inputs = (Input("plan", _("Plan"), {"type": "string"}, required=True),)
    outputs = (
        Output("feasible", _("Keeps every rule"), {"type": "boolean"}),
        Output("faults", _("Rules broken"), {"type": "array"}),
        Output("changed", _("What is other than stored"), {"type": "array"}),
        Output("cost", _("Cost, recomputed"), {"type": "number"}),
        Output("distance_km", _("Distance, recomputed"), {"type": "number"}),
        Output("duration_h", _("Hours of work, recomputed"), {"type": "number"}),
        Output("stored", _("Cost, distance and hours as stored")),
        Output("inputs", _("Features and revision of each collection read")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        stored = open_plan(inputs["plan"])
        faults, plans = list(_gone(stored)), []
        for number, zone in enumerate(stored.zones):
            try:
                stated = stored.together([number])
            except RoutingError as error:
                raise InvalidInput(str(error)) from error
            plan = stored.plan_in(stated)
            plans.append(plan)
            faults += [*stated.faults(plan), *_out_of_hours(stored, stated)]
            if stated.problem is None and set(zone.vehicles) & set(stored.entries):
                faults.append(f"No street leads to what {', '.join(zone.districts)} has to serve.")
        cost, km, hours = _figures(plans)
        kept = {name: float(stored.row[name]) for name in ("cost", "distance_km", "duration_h")}
        return {
            "feasible": not faults,
            "faults": faults,
            "changed": [
                *_changed(kept, cost, km, hours),
                *_routes_changed(stored, plans),
                *_stops_changed(stored, plans),
            ],
            "cost": cost,
            "distance_km": km,
            "duration_h": hours,
            "stored": kept,
            "inputs": stored.record,
        }


def _figures(plans: list[RoutePlan]) -> tuple[float, float, float]:
    return (
        round(sum(plan.cost for plan in plans), 2),
        round(sum(plan.distance_m for plan in plans) / 1000, 2),
        round(sum(plan.duration_s for plan in plans) / 3600, 2),
    )


def _gone(stored: StoredPlan) -> Iterator[str]:
    """Tasks of the plan that the data do not have any more, or that no truck reaches now."""
    known: set[str] = set()
    for number in range(len(stored.zones)):
        problem = stored.together([number]).problem
        known |= {task.id for task in problem.tasks} if problem else set()
    for task in sorted(stored.tasks - known):
        yield f"Task {task} cannot be served as planned: it is gone, or no truck reaches it now."
    for task in sorted(known - stored.tasks - set(json.loads(stored.row["left_out"]))):
        yield f"Task {task} has to be served, and is not in the plan."


def _out_of_hours(stored: StoredPlan, stated: ZoneProblem) -> Iterator[str]:
    """What the stored clock begins after its hours, or leaves before they begin; driven anew, the truck would wait."""
    if stated.problem is None:
        return
    hours = {task.id: task.window_s for task in stated.problem.tasks if task.window_s}
    for vehicle in stated.problem.vehicles:
        for entry, after in pairwise(stored.entries.get(vehicle.id, [])):
            if entry.id not in hours:
                continue
            opens_s, closes_s = hours[entry.id]
            arrives_s, leaves_s = (_clock_s(e.at_s, vehicle) for e in (entry, after))
            if arrives_s > closes_s + TOLERANCE_S or leaves_s < opens_s - TOLERANCE_S:
                yield (
                    f"Task {entry.id} is served at {clock_time(arrives_s)} as planned; its hours are from"
                    f" {clock_time(opens_s)} to {clock_time(closes_s)} now."
                )


def _clock_s(at_s: float, vehicle: Vehicle) -> float:
    """Of a night shift, what is after midnight is the next day."""
    return at_s if at_s >= vehicle.shift_start_s - TOLERANCE_S else at_s + DAY_S


def _changed(kept: Mapping[str, float], cost: float, km: float, hours: float) -> Iterator[str]:
    for name, value in (("cost", cost), ("distance_km", km), ("duration_h", hours)):
        if abs(value - kept[name]) > TOLERANCE * max(1.0, abs(kept[name])):
            yield f"{name} is {value:g} with the data of today; stored is {kept[name]:g}."


def _routes_changed(stored: StoredPlan, plans: list[RoutePlan]) -> Iterator[str]:
    rows = read_frame(ROUTES, ["vehicle", "distance_km"], equals={"plan": stored.id})
    kept = dict(zip(rows["vehicle"], rows["distance_km"], strict=True))
    for route in (route for plan in plans for route in plan.routes):
        now, then = route.distance_m / 1000, kept.get(route.vehicle.id)
        if then is None or abs(now - then) > TOLERANCE * max(1.0, then):
            yield f"Vehicle {route.vehicle.id} drives {now:.2f} km today; stored are {then or 0:.2f} km."


def _stops_changed(stored: StoredPlan, plans: list[RoutePlan]) -> Iterator[str]:
    """Each vehicle's first stop of another hour or load than stored; where one is gone, that is a fault already."""
    loads = _stored_loads(stored.id)
    for route in (route for plan in plans for route in plan.routes):
        entries = stored.entries[route.vehicle.id]
        if len(entries) != len(route.visits):
            continue
        for entry, visit in zip(entries, route.visits, strict=True):
            late_s = (visit.arrival_s - entry.at_s + DAY_S / 2) % DAY_S - DAY_S / 2
            kept_kg = loads[f"plan/{stored.id}/{route.vehicle.id}", entry.sequence]
            if abs(late_s) > TOLERANCE_S or abs(visit.load_after_kg - kept_kg) > TOLERANCE * max(
                1.0, kept_kg
            ):
                yield (
                    f"Vehicle {route.vehicle.id} is at {entry.id} at {clock_time(visit.arrival_s)} with"
                    f" {visit.load_after_kg:.0f} kg on board; stored are {clock_time(entry.at_s)} and {kept_kg:.0f} kg."
                )
                break


def _stored_loads(plan: str) -> dict[tuple[str, int], float]:
    frames = [
        read_frame(name, ["route", "sequence", "load_after_kg"], equals={"plan": plan})
        for name in (STOPS, STREETS)
    ]
    return {
        (row.route, row.sequence): float(row.load_after_kg) for frame in frames for row in frame.itertuples()
    }
