"""Publish a plan: routes and stops as features, in place of what was published for that day and those districts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

import geopandas as gpd
import pandas as pd
import shapely
from django.db import connection

from analysis.processes.route_zones import ZonePlan
from analysis.routes import Route, Visit, VisitKind
from gis_core.errors import Conflict
from layers.base import Source, made_up
from layers.queries.frames import read_frame
from layers.registry import get_collection
from layers.services.load import LoadReport, load_features

ROUTES, STOPS = "collection-routes", "route-stops"
PUBLISHED = (Source.COMPUTED, Source.SYNTHETIC)
COLOURS = 8
Places = Mapping[tuple[VisitKind, str], shapely.Point]


@dataclass(frozen=True)
class Edition:
    """What is published: the job, the fraction, the day, and the districts (None: all).

    It replaces the older plan of that fraction, day and districts. A plan for made-up containers is made up, too.
    """

    job: str
    fraction: str
    day: date
    districts: frozenset[str] | None
    source: Source = Source.COMPUTED

    def of(self, container_sources: Iterable[str]) -> Edition:
        """The same, with the source that plans for such containers carry."""
        return replace(self, source=Source.SYNTHETIC if made_up(container_sources) else Source.COMPUTED)

    def replaces(self, routes: pd.DataFrame) -> pd.Series:
        """Which published routes make room."""
        here = routes["service_date"].map(lambda day: day == self.day).astype(bool)
        here &= routes["fraction"] == self.fraction
        return here if self.districts is None else here & routes["district"].isin(self.districts)


def read_published() -> gpd.GeoDataFrame:
    return _read(ROUTES)


def lock_publication() -> None:
    """Until the transaction ends nobody else publishes: a plan replaces the one that it has seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", ["optimize-routes"])


def busy_vehicles(published: pd.DataFrame, edition: Edition) -> set[str]:
    """Vehicles that drive a route of that day which stays."""
    stays = ~edition.replaces(published) & published["service_date"].map(
        lambda day: day == edition.day
    ).astype(bool)
    return set(published.loc[stays, "vehicle"])


def publish(
    edition: Edition,
    zones: Sequence[ZonePlan],
    places: Places,
    district_of: Mapping[str, str],
    srid: int,
) -> dict[str, LoadReport]:
    """Load both collections; call it in one transaction, after lock_publication.

    `places` are the points of all visits in EPSG:4326; `district_of` is by container. Raises Conflict if a row is
    refused, or if a vehicle was given to other districts meanwhile.
    """
    published = read_published()
    _require_free(edition, published, zones)
    kept = published[~edition.replaces(published)]
    stops = _read(STOPS)
    kept_stops = stops[stops["route"].isin(set(kept["external_id"]))]
    routes = [(zone, route) for zone in zones for route in zone.plan.routes]
    route_rows = [_route_row(edition, n, zone, route, district_of) for n, (zone, route) in enumerate(routes)]
    stop_rows = [row for _, route in routes for row in _stop_rows(edition, route, places)]
    frames = {
        ROUTES: _joined(
            kept, gpd.GeoDataFrame(route_rows, geometry="geom", crs=srid).to_crs(4326) if routes else None
        ),
        STOPS: _joined(
            kept_stops, gpd.GeoDataFrame(stop_rows, geometry="geom", crs=4326) if routes else None
        ),
    }
    return {collection: _load(collection, frame) for collection, frame in frames.items()}


def _require_free(edition: Edition, published: pd.DataFrame, zones: Sequence[ZonePlan]) -> None:
    used = {route.vehicle.id for zone in zones for route in zone.plan.routes}
    if taken := sorted(used & busy_vehicles(published, edition)):
        raise Conflict(f"Vehicle {taken[0]} was given a route in other districts meanwhile; optimise again.")


def _read(collection: str) -> gpd.GeoDataFrame:
    """All rows of plans, with every column that a load may set."""
    rows = read_frame(collection, get_collection(collection).writable)
    return rows[rows["source"].isin(PUBLISHED)].reset_index(drop=True)


def _joined(kept: gpd.GeoDataFrame, new: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    kept = kept.drop(columns="id")
    if new is None:
        return kept
    return (
        new
        if kept.empty
        else gpd.GeoDataFrame(pd.concat([kept, new], ignore_index=True), geometry="geom", crs=4326)
    )


def _load(collection: str, frame: gpd.GeoDataFrame) -> LoadReport:
    report = load_features(collection, frame, prune_sources=PUBLISHED)
    if report.rejected:
        issue = report.rejected[0]
        raise Conflict(
            f"{collection}, row {issue.row}: {issue.field} = {issue.value} breaks {issue.rule}. {issue.cure}"
        )
    return report


def _route_id(edition: Edition, route: Route) -> str:
    return f"plan/{edition.job}/{route.vehicle.id}"


def _route_row(
    edition: Edition, number: int, zone: ZonePlan, route: Route, district_of: Mapping[str, str]
) -> dict[str, object]:
    districts = Counter(district_of[visit.id] for visit in route.served)
    return {
        "external_id": _route_id(edition, route),
        "source": edition.source,
        "plan": edition.job,
        "vehicle": route.vehicle.id,
        "district": districts.most_common(1)[0][0],
        "fraction": edition.fraction,
        "service_date": edition.day,
        "starts_at": clock_time(route.visits[0].arrival_s),
        "ends_at": clock_time(route.visits[-1].arrival_s),
        "stops": len(route.served),
        "tips": route.tips,
        "distance_km": round(route.distance_m / 1000, 3),
        "duration_min": round(route.duration_s / 60, 1),
        "load_kg": round(route.load_kg, 1),
        "load_m3": round(route.load_m3, 2),
        "color_index": number % COLOURS,
        "geom": shapely.LineString(zone.line(route)),
    }


def _stop_rows(edition: Edition, route: Route, places: Places) -> list[dict[str, object]]:
    return [_stop_row(edition, route, number, visit, places) for number, visit in enumerate(route.visits)]


def _stop_row(edition: Edition, route: Route, number: int, visit: Visit, places: Places) -> dict[str, object]:
    return {
        "external_id": f"{_route_id(edition, route)}/{number:03d}",
        "source": edition.source,
        "plan": edition.job,
        "route": _route_id(edition, route),
        "sequence": number,
        "kind": "container" if visit.kind is VisitKind.TASK else str(visit.kind),
        "container": visit.id if visit.kind is VisitKind.TASK else "",
        "arrives_at": clock_time(visit.arrival_s),
        "load_kg": round(visit.load_kg, 1),
        "load_after_kg": round(visit.load_after_kg, 1),
        "geom": places[visit.kind, visit.id],
    }


def clock_time(seconds: float) -> time:
    """The time of day of seconds after midnight; past midnight it starts again."""
    minutes, second = divmod(round(seconds) % 86_400, 60)
    return time(minutes // 60, minutes % 60, second)
