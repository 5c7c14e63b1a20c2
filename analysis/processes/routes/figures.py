"""The figures of plans and crews: kilometres, hours, litres, CO2, tonnes, overtime, balance and cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from analysis.network import Reason, Unreachable
from analysis.processes.routes.zones import ZonePlan
from analysis.routes import Costs, Refusal, Route, RoutePlan, Visit, VisitKind
from gis_core.city import City

S_PER_H, M_PER_KM = 3600.0, 1000.0
REASONS = {
    Reason.TOO_FAR: _("No drivable street is near enough"),
    Reason.NOT_CONNECTED: _("The street is not connected with the depot"),
    Reason.CUT_OFF: _("Closed streets cut it off from the depot"),
    Reason.NOT_DRIVABLE: _("Trucks do not drive on streets of this class"),
    Reason.NO_ACCESS: _("The street is closed to motor vehicles"),
    Reason.TOO_LOW: _("The street is too low for the fleet"),
    Reason.TOO_NARROW: _("The street is too narrow for the fleet"),
    Reason.TOO_WEAK: _("The street does not carry the fleet's weight"),
    Reason.TOO_STEEP: _("The street is too steep"),
    Reason.NO_TURNING: _("A truck that drove in could not turn round"),
    Reason.CLOSED: _("The street is closed at that time"),
    Refusal.TOO_LARGE: _("It holds more than any vehicle takes"),
    Refusal.WRONG_FRACTION: _("No vehicle takes this fraction"),
    Refusal.NO_DISPOSAL: _("No disposal site takes this fraction"),
    Refusal.UNREACHABLE: _("No way leads there and back"),
    Refusal.BEYOND_SHIFT: _("It is too far for one shift"),
    Refusal.WINDOW: _("No vehicle is there in its time window"),
    Refusal.FORBIDDEN: _("No vehicle may serve it"),
    Refusal.NOT_WORTH: _("It is not worth the detour today"),
    Refusal.NO_TIME: _("No vehicle has shift time left"),
    Refusal.NOT_GIVEN: _("The plan that was imported does not serve it"),
}


@dataclass(frozen=True)
class Fuel:
    """Litres of a route: so much a kilometre, and an hour of serving on top. Assumptions until the city measures."""

    litres_per_km: float
    litres_per_service_h: float
    co2_kg_per_litre: float

    @classmethod
    def of(cls, city: City) -> Fuel:
        """From [waste.fuel] of the city file; these where it says nothing."""
        own = city.waste.get("fuel", {})
        return cls(
            float(own.get("litres_per_km", 0.5)),
            float(own.get("litres_per_service_h", 5.0)),
            float(own.get("co2_kg_per_litre", 2.67)),
        )

    def litres(self, route: Route) -> float:
        return self.litres_per_km * route.distance_m / M_PER_KM + self.litres_per_service_h * service_h(route)

    def rule(self, city: City) -> dict[str, Any]:
        """How litres and CO2 are reckoned, for the outputs."""
        return {
            "litres": "litres_per_km x kilometres + litres_per_service_h x hours of serving",
            "litres_per_km": self.litres_per_km,
            "litres_per_service_h": self.litres_per_service_h,
            "co2_kg_per_litre": self.co2_kg_per_litre,
            "co2_source": (
                "burnt in the engine only: IPCC 2006 default of diesel, 74.1 kg CO2/GJ, at about 36 MJ/litre"
            ),
            "litres_source": f"assumptions, or [waste.fuel] of the city file of {city.slug}; compare with fuel bills",
        }


def costs_of(city: City) -> Costs:
    """From [waste.costs] of the city file; the solver's own assumptions where it says nothing."""
    return Costs(**{name: float(value) for name, value in city.waste.get("costs", {}).items()})


def service_h(route: Route) -> float:
    return sum(visit.departure_s - visit.start_s for visit in route.served) / S_PER_H


def rest_of(route: Route) -> Visit | None:
    return next((visit for visit in route.visits if visit.kind is VisitKind.REST), None)


def sums(plans: Iterable[RoutePlan], fuel: Fuel) -> dict[str, Any]:
    routes = [route for plan in plans for route in plan.routes]
    hours = [route.duration_s / S_PER_H for route in routes]
    litres = sum(map(fuel.litres, routes))
    return {
        "served": sum(len(route.served) for route in routes),
        "vehicles": len(routes),
        "tips": sum(route.tips for route in routes),
        "distance_km": round(sum(route.distance_m for route in routes) / M_PER_KM, 2),
        "duration_h": round(sum(hours), 2),
        "overtime_h": round(sum(route.overtime_s for route in routes) / S_PER_H, 2),
        "spread_h": round(max(hours) - min(hours), 2) if hours else 0.0,
        "litres": round(litres, 1),
        "co2_kg": round(litres * fuel.co2_kg_per_litre, 1),
        "load_t": round(sum(route.load_kg for route in routes) / 1000, 3),
    }


def crew(route: Route, fuel: Fuel) -> dict[str, Any]:
    litres = fuel.litres(route)
    return {
        "km": round(route.distance_m / M_PER_KM, 2),
        "hours": round(route.duration_s / S_PER_H, 2),
        "overtime_h": round(route.overtime_s / S_PER_H, 2),
        "tasks": len(route.served),
        "tips": route.tips,
        "load_kg": round(route.load_kg, 1),
        "litres": round(litres, 1),
        "co2_kg": round(litres * fuel.co2_kg_per_litre, 1),
    }


def totals(zones: Sequence[ZonePlan], fuel: Fuel) -> dict[str, Any]:
    """Of the plan, with what it leaves out and the comparison (None where nothing was compared)."""
    plans, comparisons = [zone.plan for zone in zones], [zone.comparison for zone in zones]
    after = sums(plans, fuel) | {"cost": round(sum(plan.cost for plan in plans), 2)}
    left = [unserved for plan in plans for unserved in plan.unserved]
    compared = [plan for plan in comparisons if plan is not None]
    before = _baseline(compared, fuel) if len(compared) == len(plans) else None
    return {
        "containers": sum(zone.stated.items for zone in zones),
        **after,
        "unreachable": [_unreachable(miss) for zone in zones for miss in zone.unreachable],
        "unserved": [_refused(u.id, u.reason) for u in left if u.reason is not Refusal.NOT_WORTH],
        "not_worth": [_refused(u.id, u.reason) for u in left if u.reason is Refusal.NOT_WORTH],
        "baseline": before,
        "saved_pct": _saved_pct(before, after) if before else None,
    }


def zone_row(zone: ZonePlan, fuel: Fuel) -> dict[str, Any]:
    whole = totals([zone], fuel)
    counts = {name: len(whole[name]) for name in ("unreachable", "unserved", "not_worth")}
    return {
        "districts": list(zone.zone.districts),
        "depot": zone.zone.depot,
        **whole,
        **counts,
        "cures": cures([zone]),
    }


def cures(zones: Iterable[ZonePlan]) -> list[dict[str, Any]]:
    """What would let crews serve what is left out, by zone and reason."""
    return [
        {"code": str(cure.reason), "tasks": len(cure.tasks), "cure": cure.text}
        for zone in zones
        for cure in zone.cures
    ]


def left_out(zones: Iterable[ZonePlan]) -> dict[str, dict[str, Any]]:
    """By container or street, what is not served and why."""
    found = totals(list(zones), Fuel(0, 0, 0))
    return {
        row["id"]: {name: value for name, value in row.items() if name != "id"}
        for row in (*found["unreachable"], *found["unserved"], *found["not_worth"])
    }


def _baseline(plans: Sequence[RoutePlan], fuel: Fuel) -> dict[str, Any]:
    return {
        **sums(plans, fuel),
        "cost": round(sum(plan.cost for plan in plans), 2),
        "unserved": sum(u.reason is not Refusal.NOT_WORTH for plan in plans for u in plan.unserved),
    }


def _saved_pct(before: Mapping[str, Any], after: Mapping[str, Any]) -> float | None:
    """Kilometres per container served, against the comparison; None where one of them serves none."""
    if not before["served"] or not after["served"]:
        return None
    ratio = float(after["distance_km"] / after["served"]) / float(before["distance_km"] / before["served"])
    return round(100 * (1 - ratio), 1)


def _refused(id: str, reason: Reason | Refusal) -> dict[str, Any]:
    return {"id": id, "code": str(reason), "reason": str(REASONS.get(reason, reason))}


def _unreachable(miss: Unreachable) -> dict[str, Any]:
    told = {"closures": [asdict(closure) for closure in miss.closures]} if miss.closures else {}
    return {**_refused(miss.id, miss.reason), "nearest_street_m": round(miss.nearest_m, 1), **told}
