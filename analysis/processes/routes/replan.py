"""Process replan-routes: the rest of a day, from where the trucks are, with what is done and what is on board."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import geopandas as gpd
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.network import NetworkError
from analysis.processes.routes.asked import SEARCH, clock_of
from analysis.processes.routes.figures import Fuel, costs_of
from analysis.processes.routes.fleet import DAY_S
from analysis.processes.routes.optimize import answer_of, solve_all
from analysis.processes.routes.placed import item_of
from analysis.processes.routes.stored import StoredPlan, joined, open_plan, starts_from
from analysis.processes.routes.storing import NewPlan, store_plan
from analysis.processes.routes.zones import Start, Wishes, ZonePlan, compared, items_of, state_zone
from analysis.routes import RoutingError, Zone
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output

_ids = {"type": "array", "items": {"type": "string"}}
_positions = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
}


class ReplanRoutes:
    """A new draft of what is left: what is done stays done, each truck goes on from where it is."""

    id = "replan-routes"
    title = _("Plan the rest of the day anew")
    description = _(
        "A draft of what is left of a plan, from where the trucks are now, when one has broken down or is late."
    )
    role = "planner"
    finishable = True
    inputs = (
        Input("plan", _("Plan"), {"type": "string"}, required=True),
        Input(
            "now",
            _("Time now (local)"),
            {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"},
            required=True,
        ),
        Input("done", _("Served already (identifiers)"), _ids),
        Input(
            "positions",
            _("Where vehicles are ([longitude, latitude] each)"),
            _positions,
            _("Default: at the last container or street that is done, else at the depot."),
        ),
        Input("out", _("Vehicles that are out of service"), _ids),
        *SEARCH,
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
        stored = open_plan(inputs["plan"])
        day = _Day(stored, inputs)
        left = stored.work.items[~stored.work.items["key"].isin(day.finished)].reset_index(drop=True)
        if left.empty:
            raise InvalidInput("Everything of the plan is done; there is nothing left to plan.")
        rest = replace(stored, work=replace(stored.work, items=left), _stated={})
        try:
            zones = _solve(rest, day, inputs, context)
        except (NetworkError, RoutingError) as error:
            raise InvalidInput(str(error)) from error
        context.progress(95, gettext("Storing the plan"))
        plan = _new_plan(rest, day, zones, context.job_id, inputs)
        with transaction.atomic():
            store_plan(plan)
        return answer_of(plan)


@dataclass(frozen=True)
class _Truck:
    """What a truck has done: where its last work is, and what it has collected since it last tipped."""

    at: Sequence[float] | None
    load_kg: float
    load_m3: float
    rested: bool


class _Day:
    """How far the day has come. Raises InvalidInput naming what does not fit the plan."""

    def __init__(self, stored: StoredPlan, inputs: Mapping[str, Any]) -> None:
        self.stored = stored
        self.now_s = clock_of("now", inputs["now"])
        if self.now_s < min(v.shift_start_s for v in stored.fleet.vehicles.values()) - DAY_S / 4:
            self.now_s += DAY_S  # a night shift, after midnight
        self.done, self.out = set(inputs.get("done") or ()), set(inputs.get("out") or ())
        self.positions: dict[str, Sequence[float]] = dict(inputs.get("positions") or {})
        if unknown := sorted(self.done - stored.tasks):
            raise InvalidInput(f"done: the plan does not serve {unknown[0]!r}.")
        for vehicle in (*self.out, *self.positions):
            stored.zone_of_vehicle(vehicle)

    @property
    def finished(self) -> set[str]:
        """Items of which no task is left."""
        open_ = {item_of(task) for task in self.stored.tasks - self.done}
        return {item_of(task) for task in self.done} - open_

    def starts(self) -> dict[str, Start]:
        degrees = self._degrees()
        found = {}
        for vehicle in sorted({*self.stored.entries, *self.stored.starts, *self.positions} - self.out):
            truck = self._truck(vehicle, degrees)
            at = self.positions.get(vehicle) or truck.at
            if at:
                found[vehicle] = Start(at[0], at[1], self.now_s, truck.load_kg, truck.load_m3, truck.rested)
        return found

    def _truck(self, vehicle: str, degrees: Mapping[str, tuple[float, float]]) -> _Truck:
        """A tipping or break before the last task done is done, too; a plan of the rest of a day began on the road."""
        begun = self.stored.starts.get(vehicle)
        entries = self.stored.entries.get(vehicle, [])
        last = max((n for n, e in enumerate(entries) if e.kind == "task" and e.id in self.done), default=-1)
        behind = entries[: last + 1]
        tipped = max((n for n, e in enumerate(behind) if e.kind == "tip"), default=-1)
        aboard = [e.id for e in behind[tipped + 1 :] if e.kind == "task" and e.id in self.done]
        kg, m3 = self._loads(aboard)
        rested = any(e.kind == "rest" for e in behind)
        at = degrees.get(item_of(behind[-1].id)) if behind else None
        if begun is None:
            return _Truck(at, kg, m3, rested)
        if tipped < 0:
            kg, m3 = kg + begun.load_kg, m3 + begun.load_m3
        return _Truck(at or (begun.lon, begun.lat), kg, m3, rested or begun.rested)

    def _loads(self, tasks: Sequence[str]) -> tuple[float, float]:
        loads = self.stored.work.items.set_index("key")[["load_kg", "load_m3"]]
        kg = m3 = 0.0
        for task in tasks:
            share = 0.5 if task != item_of(task) else 1.0
            own_kg, own_m3 = loads.loc[item_of(task)] if item_of(task) in loads.index else (0.0, 0.0)
            kg, m3 = kg + share * float(own_kg), m3 + share * float(own_m3)
        return kg, m3

    def _degrees(self) -> dict[str, tuple[float, float]]:
        items = self.stored.work.items
        points = gpd.GeoSeries(items.geometry.representative_point(), crs=items.crs).to_crs(4326)
        return {key: (point.x, point.y) for key, point in zip(items["key"], points, strict=True)}


def _solve(rest: StoredPlan, day: _Day, inputs: Mapping[str, Any], context: Context) -> tuple[ZonePlan, ...]:
    costs, starts, stated = costs_of(settings.CITY), day.starts(), []
    wishes = Wishes(locked={task: v for task, v in rest.locked.items() if v not in day.out})
    for zone in _staffed(rest, day.out):
        late, ground = _late(rest, zone.vehicles, day.now_s), rest.grounds.of(zone.vehicles)
        stated.append(state_zone(zone, rest.work, late, ground, rest.asked, wishes, costs, starts))
    comparisons = [compared(one) for one in stated]
    return solve_all(stated, comparisons, inputs, context, starts_from(rest.id, stated))


def _staffed(rest: StoredPlan, out: Collection[str]) -> list[Zone]:
    """The zones with work left, and who is left to do it; one without a vehicle joins the nearest that has one.

    Raises InvalidInput where there is none of its depot and size of vehicle.
    """
    left = [replace(zone, vehicles=tuple(v for v in zone.vehicles if v not in out)) for zone in rest.zones]
    heirs: dict[int, list[Zone]] = {}
    for number, zone in enumerate(left):
        if items_of(zone, rest.work.items).empty:
            continue
        heir = next((n for n in rest.nearest(number) if left[n].vehicles), None)
        if heir is None:
            raise InvalidInput(
                f"Every vehicle that could serve {', '.join(zone.districts)} is out of service:"
                " optimise its districts with others."
            )
        heirs.setdefault(heir, []).append(zone)
    return [replace(joined(zones), vehicles=left[n].vehicles) for n, zones in heirs.items()]


def _late(rest: StoredPlan, vehicles: Sequence[str], now_s: float) -> Any:
    """The fleet with shifts that begin no earlier than now; raises InvalidInput where one is over."""
    fleet = dict(rest.fleet.vehicles)
    for id in vehicles:
        if fleet[id].latest_s <= now_s:
            raise InvalidInput(f"The shift of vehicle {id} is over; name it in out, or allow overtime.")
        fleet[id] = replace(fleet[id], shift_start_s=max(fleet[id].shift_start_s, now_s))
    return replace(rest.fleet, vehicles=fleet)


def _new_plan(
    rest: StoredPlan, day: _Day, zones: Sequence[ZonePlan], job: str, inputs: Mapping[str, Any]
) -> NewPlan:
    rows = [asdict(z.zone) for z in zones]
    starts = {vehicle: asdict(start) for vehicle, start in day.starts().items()}
    items = sorted(rest.work.items["key"])
    told = {
        **rest.told,
        "items": items,
        "zones": rows,
        "starts": starts,
        "done": sorted(day.done),
        "now_s": day.now_s,
    }
    asked = replace(rest.asked, from_plan=rest.id, title=rest.row["title"])
    rule = rest.rule | {"replanned": {"from": rest.id, "now": inputs["now"], "done": len(day.done)}}
    fuel, srid = Fuel.of(settings.CITY), settings.CITY.metric_crs
    return NewPlan(job, asked, told, rest.work, rest.fleet, zones, fuel, rule, rest.record, srid)
