"""Process import-plan: the plan that crews drive today, made elsewhere; driven, checked and stored as a draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.network import NetworkError
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import KERBSIDE, RULES, Asked
from analysis.processes.routes.figures import REASONS, Fuel, costs_of
from analysis.processes.routes.fleet import Fleet, Size, read_fleet
from analysis.processes.routes.ground import Grounds
from analysis.processes.routes.optimize import answer_of, asked_json, rule_of
from analysis.processes.routes.placed import item_of
from analysis.processes.routes.rows import TASK, Faults, Row, read_rows, told
from analysis.processes.routes.storing import NewPlan, store_plan
from analysis.processes.routes.work import Work, read_work
from analysis.processes.routes.zones import (
    NOTHING,
    Wishes,
    ZonePlan,
    ZoneProblem,
    compared,
    require_sound,
    state_zone,
)
from analysis.routes import RoutingError, Tip, Zone
from analysis.routes.given import drive_orders
from analysis.routes.problem import takes
from gis_core.errors import InvalidInput, RulesBroken
from gis_core.jobs.process import Context, Input, Output

MOST_KNOWN = 12  # names in a fault
_KEPT = ("kind", "date", "districts", "fraction", "title")
_CREW_RULES = ("rest_min", "rest_from", "rest_until", "overtime_min", "spread_min")


class ImportPlan:
    """Refused as a whole, with every fault named, where a row is wrong or a rule is broken."""

    id = "import-plan"
    title = _("Import a route plan")
    description = _(
        "Brings in the plan that crews drive today, made elsewhere, so that new plans can be compared with it and"
        " begin with it."
    )
    role = "planner"
    inputs = (
        Input(
            "stops_csv",
            _("Plan, as CSV"),
            {"type": "string", "contentMediaType": "text/csv"},
            _("Columns: vehicle, item (container or street), order; for a tipping: kind=tip and place."),
        ),
        Input(
            "stops",
            _("Plan, as an array"),
            {"type": "array", "items": {"type": "object"}},
            _("Objects with the same names as the columns. A side of a street: way/1:left."),
        ),
        *(item for item in RULES if item.name in (*_KEPT, *_CREW_RULES)),
    )
    outputs = (
        Output("plan", _("Plan"), {"type": "string"}),
        Output("totals", _("Totals, and the comparison with a nearest-neighbour plan")),
        Output("districts", _("Per group of districts planned together"), {"type": "array"}),
        Output("rule", _("Rules and assumptions")),
        Output("forecast", _("What the forecast did"), {"type": ["object", "null"]}),
        Output("inputs", _("Features and revision of each collection read")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        context.progress(0, gettext("Reading the plan"))
        rows = read_rows(inputs)
        rules = {name: value for name, value in inputs.items() if not name.startswith("stops")}
        try:
            plan = _driven(rows, rules, context)
        except (NetworkError, RoutingError) as error:
            raise InvalidInput(str(error)) from error
        context.progress(95, gettext("Storing the plan"))
        with transaction.atomic():
            store_plan(plan)
        return answer_of(plan)


def _driven(rows: Sequence[Row], inputs: Mapping[str, Any], context: Context) -> NewPlan:
    """Raises InvalidInput for rows that fit no data, RulesBroken for a plan that breaks rules."""
    city, frames = settings.CITY, InputFrames(settings.CITY.metric_crs)
    asked = Asked.of(inputs, city)
    today = _read(frames, asked, rows)
    context.progress(10, gettext("Building the street network"))
    stated = [
        state_zone(
            zone, today.work, today.fleet, today.grounds.of(zone.vehicles), asked, Wishes(), costs_of(city)
        )
        for zone in _zones(today, rows)
    ]
    context.progress(50, gettext("Driving the plan"))
    _require_tasks(rows, stated)
    zones = [_plan_of(one, rows) for one in stated]
    if faults := [fault for zone in zones for fault in zone.stated.faults(zone.plan)]:
        opening = gettext(
            "Nothing was imported: the plan breaks rules. Correct it, allow overtime, or correct the data of vehicles,"
            " shifts, loads and streets."
        )
        raise RulesBroken(told(opening, faults), faults=faults)
    context.progress(70, gettext("Comparing it with a nearest-neighbour plan"))
    zones = [_compared(zone) for zone in zones]
    rule = rule_of(city, asked, today.work, today.grounds) | {
        "imported": {"rows": len(rows), "tips_given": sum(row.kind != TASK for row in rows)}
    }
    kept = asked_json(inputs, asked, today.work, zones)
    shared = (Fuel.of(city), rule, frames.record, city.metric_crs)
    return NewPlan(context.job_id, asked, kept, today.work, today.fleet, zones, *shared)


@dataclass(frozen=True, eq=False)
class _Today:
    """What the plan is about: what it serves and what else is due, and the vehicles that it names."""

    work: Work
    fleet: Fleet
    grounds: Grounds


def _read(frames: InputFrames, asked: Asked, rows: Sequence[Row]) -> _Today:
    """Raises InvalidInput naming every row with a vehicle, container, street or disposal site that is not there."""
    whole = read_work(frames, settings.CITY, replace(asked, due_only=False))
    everyone = read_fleet(frames, asked, busy=())
    faults = Faults()
    _require_known(rows, whole, everyone, asked, faults)
    faults.raise_any()
    named = tuple(dict.fromkeys(row.vehicle for row in rows if row.kind == TASK))
    fleet = read_fleet(frames, replace(asked, vehicles=named), busy=())
    about = {item_of(row.id) for row in rows if row.kind == TASK} | _due(frames, asked)
    items = whole.items[whole.items["key"].isin(about)].reset_index(drop=True)
    return _Today(replace(whole, items=items), fleet, Grounds(frames, fleet, asked.day))


def _due(frames: InputFrames, asked: Asked) -> set[str]:
    """What is due that day, whether or not the plan serves it."""
    try:
        return set(read_work(frames, settings.CITY, asked).items["key"])
    except InvalidInput:  # nothing is: all else that it refuses was refused before
        return set()


def _require_known(rows: Sequence[Row], work: Work, fleet: Fleet, asked: Asked, faults: Faults) -> None:
    """A vehicle that is not there is told of once, at its first row."""
    items = set(work.items["key"])
    sites = {site.id for site in fleet.disposal if takes(site.fractions, asked.fraction)}
    street = gettext("there is no street %(id)s that is collected; correct it, or give it collection days.")
    bin_ = gettext("there is no container %(id)s of %(fraction)s; correct it, or import it first.")
    vehicle = gettext("there is no vehicle %(vehicle)s that takes %(fraction)s. Known: %(known)s.")
    site = gettext("there is no disposal site %(id)s that takes %(fraction)s. Known: %(known)s.")
    strangers: set[str] = set()
    for row in rows:
        words = {"id": row.id, "vehicle": row.vehicle, "fraction": asked.fraction}
        if row.vehicle not in fleet.vehicles and row.vehicle not in strangers:
            strangers.add(row.vehicle)
            faults.at(row.number, vehicle % {**words, "known": _some(fleet.vehicles)})
        if row.kind == TASK and item_of(row.id) not in items:
            faults.at(row.number, (street if asked.kind == KERBSIDE else bin_) % words)
        elif row.kind != TASK and row.id not in sites:
            faults.at(row.number, site % {**words, "known": _some(sites)})


def _some(names: Iterable[str]) -> str:
    """The first few by name."""
    known = sorted(names)
    return ", ".join([*known[:MOST_KNOWN], *(["…"] if len(known) > MOST_KNOWN else [])])


def _zones(today: _Today, rows: Sequence[Row]) -> tuple[Zone, ...]:
    """One for each depot; vehicles that serve what the largest of their depot does not reach are zones by their size.
    What nobody serves is the first one's. Raises InvalidInput for a street whose sides fall into two zones."""
    served: dict[str, set[str]] = {vehicle: set() for vehicle in today.fleet.vehicles}
    for row in rows:
        if row.kind == TASK:
            served[row.vehicle].add(item_of(row.id))
    crews = [crew for depot in today.fleet.depots for crew in _crews(today, depot, served)]
    of_vehicle = {vehicle: number for number, crew in enumerate(crews) for vehicle in crew}
    _require_whole_streets(rows, of_vehicle)
    own = {item: of_vehicle[vehicle] for vehicle, items in served.items() for item in items}
    number = today.work.items["key"].map(own).fillna(0)
    zones = []
    for n, crew in enumerate(crews):
        items = today.work.items[number == n]
        districts = tuple(sorted(set(items["district"])))
        keys = tuple(sorted(items["key"])) if len(crews) > 1 else ()
        zones.append(Zone(districts, today.fleet.depot_of[crew[0]], crew, keys))
    return tuple(zones)


def _crews(today: _Today, depot: str, served: Mapping[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """The vehicles of a depot that are planned together."""
    vehicles = today.fleet.at(depot)
    if not vehicles:
        return
    work, items = today.work, today.work.items
    own = items[items["key"].isin(set().union(*(served[vehicle] for vehicle in vehicles)))]
    missed = {item_of(miss.id) for miss in work.place(today.grounds.of(vehicles).network, own, 1).missed}
    groups: dict[Size | None, list[str]] = {None: []}
    for vehicle in vehicles:
        narrow = not missed.isdisjoint(served[vehicle])
        groups.setdefault(today.fleet.sizes[vehicle] if narrow else None, []).append(vehicle)
    yield from (tuple(group) for group in groups.values() if group)


def _require_whole_streets(rows: Sequence[Row], of_vehicle: Mapping[str, int]) -> None:
    faults, first = Faults(), dict[str, Row]()
    for row in (row for row in rows if row.kind == TASK):
        other = first.setdefault(item_of(row.id), row)
        if of_vehicle[other.vehicle] != of_vehicle[row.vehicle]:
            fault = gettext(
                "the other side of %(id)s is served by %(other)s in row %(first)d, which is planned apart"
                " (another depot, or a small vehicle): give both sides to one of them."
            )
            told = {"id": item_of(row.id), "other": other.vehicle, "first": other.number}
            faults.at(row.number, fault % told)
    faults.raise_any()


def _require_tasks(rows: Sequence[Row], stated: Sequence[ZoneProblem]) -> None:
    """Raises InvalidInput for rows that name no task: a wrong side, or what the vehicle does not reach."""
    faults = Faults()
    tasks = {task.id for one in stated if one.problem for task in one.problem.tasks}
    missed = {miss.id: miss for one in stated for miss in one.placed.missed}
    parts: dict[str, list[str]] = {}
    for task in sorted({*tasks, *missed}):
        parts.setdefault(item_of(task), []).append(task)
    for row in (row for row in rows if row.kind == TASK and row.id not in tasks):
        if row.id in missed:
            reason = str(REASONS[missed[row.id].reason])
            fault = gettext("%(vehicle)s cannot serve %(id)s. %(reason)s.")
            faults.at(row.number, fault % {"vehicle": row.vehicle, "id": row.id, "reason": reason})
        else:
            fault = gettext("%(id)s is not served so; write %(parts)s.")
            faults.at(row.number, fault % {"id": row.id, "parts": ", ".join(parts[item_of(row.id)])})
    faults.raise_any()


def _plan_of(one: ZoneProblem, rows: Sequence[Row]) -> ZonePlan:
    problem = one.problem
    if problem is None:
        return ZonePlan(one, NOTHING, NOTHING)
    number = {task.id: n for n, task in enumerate(problem.tasks)}
    sites = {site.id: row for row, site in enumerate(problem.disposal_sites, start=1)}
    orders: dict[str, list[int | Tip]] = {}
    for row in (row for row in rows if row.vehicle in one.zone.vehicles):
        stop = number[row.id] if row.kind == TASK else Tip(sites[row.id])
        orders.setdefault(row.vehicle, []).append(stop)
    return ZonePlan(one, drive_orders(problem, orders), None)


def _compared(zone: ZonePlan) -> ZonePlan:
    comparison = compared(zone.stated)
    require_sound(zone.stated, comparison)
    return replace(zone, comparison=comparison)
