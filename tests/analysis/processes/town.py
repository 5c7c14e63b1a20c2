"""A small town for tests of routes: two districts on one lattice of streets, a depot, a tip, four vehicles."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.conf import settings as django_settings
from shapely.geometry import MultiPolygon, Point, box

from analysis.processes.routes.optimize import OptimizeRoutes
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.network.streets import lattice
from tests.analysis.processes.recorder import Recorder

CRS = django_settings.CITY.metric_crs
MONDAY = "2026-11-23"
SIDE_M = 900.0
NUMBERS = itertools.count()
QUICK = {"date": MONDAY, "max_iterations": 30, "seed": 1}
ORIGIN_M = (
    gpd.GeoSeries([Point(django_settings.CITY.bbox.center)], crs=4326)
    .to_crs(CRS)
    .get_coordinates()
    .to_numpy()
)


def load(collection: str, shapes: list, **columns: list) -> None:
    moved = [shapely.transform(shape, lambda xy: xy + ORIGIN_M) for shape in shapes]
    columns = {"external_id": [f"{collection}/{n}" for n in range(len(shapes))]} | columns
    frame = gpd.GeoDataFrame(columns, geometry=moved, crs=CRS).rename_geometry("geom").to_crs(4326)
    report = load_features(collection, frame, source="synthetic")
    assert report.rejected == ()


def load_vehicles(count: int, **columns: list) -> None:
    usual = {
        "external_id": [f"v{n}" for n in range(count)],
        "depot": ["depots/0"] * count,
        "capacity_kg": [1500.0] * count,
        "capacity_m3": [6.0] * count,
        "height_m": [3.5] * count,
        "weight_t": [19.0] * count,
        "fractions": [[]] * count,
        "shift_start": ["06:00"] * count,
        "shift_end": ["14:00"] * count,
    }
    load_features("vehicles", pd.DataFrame(usual | columns), source="synthetic")


def load_streets() -> None:
    streets = lattice(10, np.random.default_rng(2), one_way_share=0.2)
    load(
        "streets",
        list(streets.geometry),
        street_class=["residential"] * len(streets),
        one_way=list(streets["one_way"]),
    )


def load_containers(count: int = 30, **columns: list) -> None:
    at = np.random.default_rng(5).uniform(60, SIDE_M - 60, (count, 2))
    usual = {
        "fraction": ["mixed"] * count,
        "capacity_l": [660] * count,
        "fill_pct": [80.0] * count,
        "collection_days": [[]] * count,
    }
    load("waste-containers", [Point(xy) for xy in at], **(usual | columns))


def load_town() -> None:
    """Two districts side by side on one lattice of streets, a depot in the west, a tip in the east, four vehicles."""
    half = SIDE_M / 2
    halves = [MultiPolygon([box(x, 0, x + half, SIDE_M)]) for x in (0, half)]
    load("districts", halves, external_id=["west", "east"], name_fr=["Ouest", "Est"])
    load_streets()
    load("depots", [Point(20, 20)])
    load("disposal-sites", [Point(880, 880)], service_min=[10.0])
    load_vehicles(4)
    load_containers()


def optimise(job: str = "", cancel_at: float = 101, **inputs) -> dict:
    """Each run is a job of its own, and publishes."""
    context = Recorder(cancel_at, job or f"job-{next(NUMBERS)}")
    return OptimizeRoutes().run(QUICK | {"publish": True} | inputs, context)


def published() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    routes, stops = read_frame("collection-routes"), read_frame("route-stops")
    return routes[routes["published"]], stops[stops["published"]]
