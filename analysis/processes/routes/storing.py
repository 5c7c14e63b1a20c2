"""Store a plan as features: the plan with its figures, its routes along real streets, stops, and streets served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from django.conf import settings

from analysis.processes.routes import figures, fill
from analysis.processes.routes.asked import KERBSIDE, Asked
from analysis.processes.routes.figures import Fuel
from analysis.processes.routes.fleet import Fleet
from analysis.processes.routes.placed import item_of, side_of
from analysis.processes.routes.roadbooks import Roadbooks
from analysis.processes.routes.work import Work
from analysis.processes.routes.zones import ZonePlan, ZoneProblem
from analysis.routes import Refusal, Route, Visit, VisitKind
from gis_core.errors import Conflict
from layers.base import Source, made_up
from layers.services.load import LoadReport, load_features

PLANS, ROUTES, STOPS, STREETS = "route-plans", "collection-routes", "route-stops", "route-streets"
COLOURS = 8
AROUND_M = 30.0  # the plan's area reaches so far around what it serves
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class NewPlan:
    """A solved plan and all that is told of it; `asked_json` is what it can be stated from again; the plans of
    the days of a `week` have its job."""

    id: str
    asked: Asked
    asked_json: dict[str, Any]
    work: Work
    fleet: Fleet
    zones: Sequence[ZonePlan]
    fuel: Fuel
    rule: dict[str, Any]
    record: dict[str, Any]
    srid: int
    week: str = ""

    @property
    def source(self) -> Source:
        """A plan for made-up containers is made up, too."""
        return Source.SYNTHETIC if made_up(self.work.items["source"]) else Source.COMPUTED

    @property
    def forecast(self) -> dict[str, Any] | None:
        """What the forecast did; None: there was none."""
        if "prize" not in self.work.items:
            return None
        return fill.figures(self.work.items, {visit.id for _, route in self.driven for visit in route.served})

    @property
    def driven(self) -> list[tuple[ZoneProblem, Route]]:
        return [(zone.stated, route) for zone in self.zones for route in zone.plan.routes]


def store_plan(plan: NewPlan) -> dict[str, LoadReport]:
    """As a draft, in one transaction of the caller. Raises Conflict if a row is refused."""
    points = _points(plan)
    district_of = dict(zip(plan.work.items["key"], plan.work.items["district"], strict=True))
    driven = list(enumerate(plan.driven))
    books = Roadbooks.of(plan.id, plan.asked)
    reports = {PLANS: _load(PLANS, _frame([_plan_row(plan)], plan.srid))}
    rows = {
        ROUTES: [_route_row(plan, n, stated, route, district_of, books) for n, (stated, route) in driven],
        STOPS: [row for _, (stated, route) in driven for row in _stop_rows(plan, stated, route, points)],
        STREETS: [row for n, (stated, route) in driven for row in _street_rows(plan, n, stated, route)],
    }
    return reports | {name: _load(name, _frame(own, plan.srid)) for name, own in rows.items() if own}


def _frame(rows: list[Row], srid: int) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geom", crs=srid).to_crs(4326)


def _load(collection: str, frame: pd.DataFrame) -> LoadReport:
    report = load_features(collection, frame)
    if report.rejected:
        issue = report.rejected[0]
        raise Conflict(
            f"{collection}, row {issue.row}: {issue.field} = {issue.value} breaks {issue.rule}. {issue.cure}"
        )
    return report


def _plan_row(plan: NewPlan) -> Row:
    whole = figures.totals(plan.zones, plan.fuel)
    baseline = whole["baseline"] or {}
    names = ("vehicles", "served", "distance_km", "duration_h", "overtime_h", "spread_h", "litres", "co2_kg")
    return {
        "external_id": plan.id,
        "source": plan.source,
        "title": plan.asked.title,
        "kind": plan.asked.kind,
        "fraction": plan.asked.fraction,
        "service_date": plan.asked.day,
        "districts": list(plan.asked.districts),
        "status": "draft",
        "job": plan.week or plan.id,
        "based_on": plan.asked.from_plan,
        **{name: whole[name] for name in names},
        "unserved": len(whole["unserved"]) + len(whole["unreachable"]),
        "load_t": whole["load_t"],
        "cost": whole["cost"],
        **{f"baseline_{n}": baseline.get(n) for n in ("served", "distance_km", "duration_h", "cost")},
        "checked_at": datetime.now(UTC),
        "check_faults": 0,
        "crews": {route.vehicle.id: figures.crew(route, plan.fuel) for _, route in plan.driven},
        "left_out": _left_out(plan),
        "asked": plan.asked_json,
        "rule": plan.rule
        | {"cures": figures.cures(plan.zones)}
        | ({"forecast_figures": told} if (told := plan.forecast) else {}),
        "inputs": plan.record,
        "geom": _hull(plan),
    }


def _left_out(plan: NewPlan) -> dict[str, dict[str, Any]]:
    """What is not worth its detour is told with the forecast that says so."""
    rows = figures.left_out(plan.zones)
    if plan.forecast is None:
        return rows
    told = fill.as_stored(plan.work.items)
    for key in (key for key, row in rows.items() if row["code"] == Refusal.NOT_WORTH):
        share, _, risk, _, full_on = told[key]
        rows[key] |= {"fill_pct": round(100 * share), "risk": risk, "full_on": full_on}
    return rows


def _hull(plan: NewPlan) -> shapely.MultiPolygon:
    hull = shapely.union_all(plan.work.items.geometry.to_numpy()).convex_hull.buffer(AROUND_M)
    return shapely.MultiPolygon([hull.intersection(_city_box(plan.srid))])


def _city_box(srid: int) -> shapely.Polygon:
    """A little within the city's box, of which no feature may stick out: its sides are not straight in every CRS."""
    (box,) = gpd.GeoSeries([shapely.box(*settings.CITY.bbox.as_tuple())], crs=4326).to_crs(srid)
    return box.buffer(-5.0)


def route_id(plan: str, vehicle: str) -> str:
    return f"plan/{plan}/{vehicle}"


def _route_row(
    plan: NewPlan,
    number: int,
    stated: ZoneProblem,
    route: Route,
    district_of: Mapping[str, str],
    books: Roadbooks,
) -> Row:
    districts = Counter(district_of[item_of(visit.id)] for visit in route.served)
    district = districts.most_common(1)[0][0]
    litres, rest = plan.fuel.litres(route), figures.rest_of(route)
    served_m = sum(arc.length_m for visit in route.served for arc in stated.arcs_of(visit))
    return {
        "external_id": route_id(plan.id, route.vehicle.id),
        "source": plan.source,
        "plan": plan.id,
        "published": False,
        "kind": plan.asked.kind,
        "vehicle": route.vehicle.id,
        "district": district,
        "fraction": plan.asked.fraction,
        "service_date": plan.asked.day,
        "starts_at": clock_time(route.visits[0].departure_s),
        "ends_at": clock_time(route.visits[-1].arrival_s),
        "rest_at": clock_time(rest.start_s) if rest else None,
        "stops": len(route.served),
        "tips": route.tips,
        "distance_km": round(route.distance_m / 1000, 3),
        "drive_km": round((route.distance_m - served_m) / 1000, 3),
        "duration_min": round(route.duration_s / 60, 1),
        "service_h": round(figures.service_h(route), 3),
        "overtime_min": round(route.overtime_s / 60, 1),
        "load_kg": round(route.load_kg, 1),
        "load_m3": round(route.load_m3, 2),
        "litres": round(litres, 1),
        "co2_kg": round(litres * plan.fuel.co2_kg_per_litre, 1),
        "roadbook": books.roadbook(stated, route, district).as_json(),
        "color_index": number % COLOURS,
        "geom": shapely.LineString(stated.line(route)),
    }


def _stop_rows(
    plan: NewPlan, stated: ZoneProblem, route: Route, points: Mapping[tuple[VisitKind, str], Any]
) -> Iterator[Row]:
    """All visits but streets served; a break is where the visit before it was."""
    at = None
    if (begun := stated.start_point(route.vehicle)) is not None:
        points = {**points, (VisitKind.START, route.visits[0].id): begun}
    for number, visit in enumerate(route.visits):
        at = at if visit.kind is VisitKind.REST else points.get((visit.kind, visit.id))
        if visit.kind is VisitKind.TASK and plan.asked.kind == KERBSIDE:
            at = points[VisitKind.TASK, item_of(visit.id)]
            continue
        yield {
            **_visit_row(plan, route, number, visit),
            "kind": "container" if visit.kind is VisitKind.TASK else str(visit.kind),
            "container": visit.id if visit.kind is VisitKind.TASK else "",
            "place": "" if visit.kind is VisitKind.TASK else visit.id,
            "geom": at,
        }


def _street_rows(plan: NewPlan, number: int, stated: ZoneProblem, route: Route) -> Iterator[Row]:
    for sequence, visit in enumerate(route.visits):
        arcs = stated.arcs_of(visit)
        if not arcs or stated.travel is None:
            continue
        network = stated.travel.network
        yield {
            **_visit_row(plan, route, sequence, visit),
            "vehicle": route.vehicle.id,
            "street": item_of(visit.id),
            "side": side_of(visit.id),
            "direction": "backward" if network.backward[arcs[0].arcs[0]] else "forward",
            "color_index": number % COLOURS,
            "geom": shapely.LineString(arcs[0].coordinates(network)),
        }


def _visit_row(plan: NewPlan, route: Route, number: int, visit: Visit) -> Row:
    own = route_id(plan.id, route.vehicle.id)
    return {
        "external_id": f"{own}/{number:03d}",
        "source": plan.source,
        "plan": plan.id,
        "published": False,
        "route": own,
        "sequence": number,
        "arrives_at": clock_time(visit.arrival_s),
        "load_kg": round(visit.load_kg, 1),
        "load_after_kg": round(visit.load_after_kg, 1),
    }


def _points(plan: NewPlan) -> dict[tuple[VisitKind, str], shapely.Point]:
    """The points of all that a route may visit, in the metric CRS."""
    items = plan.work.items
    points = {
        (VisitKind.TASK, key): at
        for key, at in zip(items["key"], items.geometry.representative_point(), strict=True)
    }
    for kind, sites in (
        (VisitKind.START, plan.fleet.depots),
        (VisitKind.END, plan.fleet.depots),
        (VisitKind.TIP, plan.fleet.sites),
    ):
        points |= {(kind, site.id): shapely.Point(site.x_m, site.y_m) for site in sites.values()}
    return points


def clock_time(seconds: float) -> time:
    """The time of day of seconds after midnight; past midnight it starts again."""
    minutes, second = divmod(round(seconds) % 86_400, 60)
    return time(minutes // 60, minutes % 60, second)
