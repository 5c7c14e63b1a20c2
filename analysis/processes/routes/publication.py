"""Publish a plan: what is public for its day, fraction, kind and districts changes in one transaction."""

from __future__ import annotations

import pandas as pd
from django.db import connection, transaction

from analysis.processes.routes.storing import PLANS, ROUTES, STOPS, STREETS
from gis_core.errors import Conflict, NotFound
from layers.base import Source
from layers.queries.frames import read_frame
from layers.services.load import load_features

OF_PLANS = (Source.COMPUTED, Source.SYNTHETIC)
_ROUTE_COLUMNS = ("plan", "published", "kind", "fraction", "service_date", "district", "vehicle", "source")


def read_routes() -> pd.DataFrame:
    """The routes of all plans, without their lines; what a city has brought in itself is not a plan's."""
    rows = pd.DataFrame(read_frame(ROUTES, _ROUTE_COLUMNS).drop(columns="geom"))
    return rows[rows["source"].isin(OF_PLANS)]


def busy_vehicles(routes: pd.DataFrame, *, day: object, stays: pd.Series) -> set[str]:
    """Vehicles that drive a published route of that day which stays."""
    return set(routes.loc[routes["published"] & (routes["service_date"] == day) & stays, "vehicle"])


def makes_room(
    routes: pd.DataFrame, *, day: object, kind: str, fraction: str, districts: tuple[str, ...]
) -> pd.Series:
    """Which routes a plan of that day, kind, fraction and districts (empty: all) would replace."""
    here = (routes["service_date"] == day) & (routes["kind"] == kind) & (routes["fraction"] == fraction)
    return here & routes["district"].isin(districts) if districts else here


def publish(plan: str) -> list[str]:
    """The plans that were replaced, wholly or in part. Raises NotFound, Conflict for a vehicle that works elsewhere.

    Publishing an earlier plan again is the way back.
    """
    with transaction.atomic():
        lock_publication()
        row = read_plan(plan)
        routes = read_routes()
        own = routes["plan"] == plan
        room = ~own & makes_room(
            routes,
            day=row["service_date"],
            kind=row["kind"],
            fraction=row["fraction"],
            districts=tuple(row["districts"]),
        )
        stays = ~own & ~room
        taken = set(routes.loc[own, "vehicle"]) & busy_vehicles(routes, day=row["service_date"], stays=stays)
        if taken:
            raise Conflict(
                f"Vehicle {min(taken)} has a published route of other districts, kind or fraction that day;"
                " plan again without it, or publish a plan of those that does without it."
            )
        gone = room & routes["published"]
        _show(routes[own & ~routes["published"]], published=True)
        _show(routes[gone], published=False)
        replaced = sorted(set(routes.loc[gone, "plan"]))
        still = set(routes.loc[routes["published"] & stays, "plan"])
        _tell(plan, [id for id in replaced if id not in still])
    return replaced


def withdraw(*, day: object, kind: str, fraction: str, districts: tuple[str, ...]) -> list[str]:
    """Show no plan on that day for these; the plans that were shown, wholly or in part."""
    with transaction.atomic():
        lock_publication()
        routes = read_routes()
        room = makes_room(routes, day=day, kind=kind, fraction=fraction, districts=districts)
        gone = room & routes["published"]
        _show(routes[gone], published=False)
        withdrawn = sorted(set(routes.loc[gone, "plan"]))
        still = set(routes.loc[routes["published"] & ~room, "plan"])
        _replaced([id for id in withdrawn if id not in still])
    return withdrawn


def read_plan(plan: str) -> pd.Series:
    """Raises NotFound."""
    rows = read_frame(PLANS, equals={"external_id": plan})
    if rows.empty:
        raise NotFound(f"There is no plan {plan!r} in route-plans.")
    return rows.iloc[0]


def lock_publication() -> None:
    """Until the transaction ends nobody else publishes or deletes: a plan replaces what it has seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", ["publish-plan"])


def _show(routes: pd.DataFrame, *, published: bool) -> None:
    """The routes with their stops and streets."""
    if routes.empty:
        return
    shown = set(routes["external_id"])
    _set(ROUTES, routes["external_id"], published=published)
    for name in (STOPS, STREETS):
        for plan in routes["plan"].unique():
            rows = read_frame(name, ["route"], equals={"plan": plan})
            _set(name, rows.loc[rows["route"].isin(shown), "external_id"], published=published)


def _tell(plan: str, replaced: list[str]) -> None:
    _set(PLANS, pd.Series([plan]), status="published")
    _replaced(replaced)


def _replaced(plans: list[str]) -> None:
    known = set(read_frame(PLANS, [])["external_id"])
    _set(PLANS, pd.Series([id for id in plans if id in known], dtype=object), status="replaced")


def _set(collection: str, ids: pd.Series, **values: object) -> None:
    if not ids.empty:
        load_features(collection, pd.DataFrame({"external_id": ids}).assign(**values))
