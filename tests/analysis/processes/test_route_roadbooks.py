"""The roadbook stored with each route says what the route, its stops and its streets say."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.roadbook import Roadbook, Side, StepKind
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.town import CRS, load_town, optimise, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> None:
    load_town()
    names = pd.DataFrame({"external_id": ["depots/0"], "name_fr": ["Dépôt"], "name_ar": ["مستودع"]})
    load_features("depots", names, source="synthetic")


def books(routes: gpd.GeoDataFrame) -> list[Roadbook]:
    return [Roadbook.from_json(json.loads(text)) for text in routes["roadbook"]]


def ids(book: Roadbook, kind: StepKind) -> list[str]:
    return [id for step in book.steps if step.kind is kind for id in step.ids]


def test_containers_are_emptied_in_the_order_of_the_stops_at_their_kilometre(town):
    optimise()
    routes, stops = published()
    assert len(routes) >= 2
    for (_, route), book in zip(routes.iterrows(), books(routes), strict=True):
        own = stops[stops["route"] == route["external_id"]].sort_values("sequence")
        assert ids(book, StepKind.EMPTY) == list(own.loc[own["kind"] == "container", "container"])
        assert len(ids(book, StepKind.TIP)) == route["tips"] == book.totals.tips
        assert book.totals.distance_m == pytest.approx(1000 * route["distance_km"], abs=1)
        assert book.district in ({"fr": "Ouest"}, {"fr": "Est"})
        assert book.steps[0].names == {"fr": "Dépôt", "ar": "مستودع"}
        assert sum(step.to_next_m for step in book.steps) == pytest.approx(
            book.steps[-1].at_m, abs=len(book.steps)
        )
        at = gpd.GeoSeries(
            gpd.points_from_xy([s.lon for s in book.steps], [s.lat for s in book.steps]), crs=4326
        )
        line = gpd.GeoSeries([route["geom"]], crs=4326).to_crs(CRS).iloc[0]
        assert at.to_crs(CRS).distance(line).max() < 0.5
        driven = [line.interpolate(step.at_m / book.steps[-1].at_m, normalized=True) for step in book.steps]
        assert np.max(shapely.distance(at.to_crs(CRS).to_numpy(), driven)) < 2.0


def test_streets_are_collected_on_the_side_that_lies_at_the_kerb(town):
    streets = read_frame("streets", [])
    values = pd.DataFrame({"external_id": streets["external_id"], "waste_kg_day": 20.0})
    values["collection_days"] = [[1] if n % 6 == 0 else [] for n in range(len(streets))]
    values["collection_side"] = ["left_right" if n % 12 == 0 else "both" for n in range(len(streets))]
    load_features("streets", values, source="synthetic")
    optimise(kind="kerbside", max_iterations=100)
    routes, _ = published()
    served = read_frame("route-streets")
    for (_, route), book in zip(routes.iterrows(), books(routes), strict=True):
        own = served[served["route"] == route["external_id"]].sort_values("sequence")
        pairs = zip(own["street"], own["side"], strict=True)
        tasks = [street if side == "both" else f"{street}:{side}" for street, side in pairs]
        assert ids(book, StepKind.COLLECT) == tasks
        collected_m = sum(step.length_m for step in book.steps if step.kind is StepKind.COLLECT)
        assert collected_m == pytest.approx(own.to_crs(CRS).length.sum(), rel=1e-3)
        one_way = set(streets_one_way())
        for step in book.steps:
            sides = {id.rpartition(":")[2] for id in step.ids} & {"left", "right"}
            if step.kind is StepKind.COLLECT and not one_way & {id.partition(":")[0] for id in step.ids}:
                assert step.side is (Side.RIGHT if sides else Side.BOTH)  # traffic keeps to the right


def streets_one_way() -> list[str]:
    rows = read_frame("streets", ["one_way"])
    return list(rows.loc[rows["one_way"] != "no", "external_id"])
