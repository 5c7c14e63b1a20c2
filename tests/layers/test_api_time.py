"""`datetime` on the collection's time, and `asOf` on its history; the suite of the OGC asks neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from django.db import connection
from shapely.geometry import LineString, Point

from layers.queries.spans import forget_spans
from layers.services.load import load_features
from tests.conftest import frame

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_spans_of_other_tests():
    forget_spans()


@pytest.fixture
def observations():
    hours = [f"2026-01-0{day}T{hour:02d}:00:00+00:00" for day in (1, 2, 3) for hour in (0, 12)]
    rows = pd.DataFrame(
        {
            "external_id": [h[8:13] for h in hours],
            "station": "s",
            "pollutant": "no2",
            "observed_at": hours,
            "value_ug_m3": 1.0,
        }
    )
    load_features("air-observations", rows)


@pytest.fixture
def routes():
    days = ["2026-01-01", "2026-01-02", "2026-01-03"]
    load_features(
        "collection-routes",
        frame(
            external_id=days,
            plan=["p"] * 3,
            vehicle=["v"] * 3,
            service_date=days,
            stops=[1] * 3,
            distance_km=[1.0] * 3,
            duration_min=[1.0] * 3,
            load_kg=[1.0] * 3,
            geom=[LineString([(-7.6, 33.55), (-7.61, 33.56)])] * 3,
        ),
    )


def asked(client, collection: str, moment: str) -> list[str]:
    answer = client.get(f"/collections/{collection}/items", {"datetime": moment})
    assert answer.status_code == 200, answer.text
    return [f["properties"]["external_id"] for f in answer.json()["features"]]


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-01-02T12:00:00Z", ["02T12"]),
        ("2026-01-02T13:00:00+01:00", ["02T12"]),
        ("2026-01-02T12:00:01Z", []),
        ("2026-01-02T00:00:00Z/2026-01-02T12:00:00Z", ["02T00", "02T12"]),
        ("../2026-01-01T00:00:00Z", ["01T00"]),
        ("/2026-01-01T00:00:00Z", ["01T00"]),
        ("2026-01-03T12:00:00Z/..", ["03T12"]),
        ("2026-01-03T12:00:00Z/", ["03T12"]),
        ("2026-01-02", ["02T00", "02T12"]),
        ("2026-01-02/2026-01-03", ["02T00", "02T12", "03T00", "03T12"]),
        ("2026-01-03/2026-01-03T00:00:00Z", ["03T00"]),
        ("2026-01-02T12:00:00Z/9999-12-31", ["02T12", "03T00", "03T12"]),
    ],
)
def test_instants_and_intervals_of_a_time_stamp(client, observations, moment, found):
    assert asked(client, "air-observations", moment) == found


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-01-02", ["2026-01-02"]),
        ("2026-01-02T18:00:00Z", ["2026-01-02"]),
        ("2026-01-02T00:00:00Z/..", ["2026-01-02", "2026-01-03"]),
        ("../2026-01-01T23:00:00-02:00", ["2026-01-01", "2026-01-02"]),
        ("../..", ["2026-01-01", "2026-01-02", "2026-01-03"]),
    ],
)
def test_instants_and_intervals_of_a_day(client, routes, moment, found):
    assert asked(client, "collection-routes", moment) == found


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-03T00:00:00Z/2026-01-01T00:00:00Z",
        "2026-01-03/2026-01-01T00:00:00Z",
        "",
        "..",
        "a/b/c",
        "2026",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "now",
        "2026-01-01T00:00:00Z/now",
    ],
)
@pytest.mark.parametrize("collection", ["air-observations", "trees"])
def test_a_moment_that_is_none_is_refused(client, collection, moment):
    answer = client.get(f"/collections/{collection}/items", {"datetime": moment})
    assert (answer.status_code, "datetime" in answer.json()["detail"]) == (400, True)


def test_a_collection_without_time_matches_whatever_the_moment(client):
    load_features("trees", frame(external_id=["t"], geom=[Point(-7.6, 33.55)]))
    assert asked(client, "trees", "1900-01-01T00:00:00Z") == ["t"]


def test_temporal_extent_is_first_and_last(client, observations):
    extent = client.get("/collections/air-observations").json()["extent"]
    assert extent == {"temporal": {"interval": [["2026-01-01T00:00:00Z", "2026-01-03T12:00:00Z"]]}}
    assert "temporal" not in client.get("/collections/trees").json()["extent"]


def test_temporal_extent_of_nothing_is_open(client):
    extent = client.get("/collections/collection-routes").json()["extent"]
    assert extent["temporal"] == {"interval": [[None, None]]}


@pytest.mark.django_db(transaction=True)
def test_as_of_reads_the_collection_as_it_was(client):
    load_features("trees", frame(external_id=["a", "b"], species=["x", "x"], geom=[Point(-7.6, 33.55)] * 2))
    between = _now()
    load_features("trees", frame(external_id=["a", "c"], species=["y", "y"], geom=[Point(-7.6, 33.55)] * 2))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM layers_tree WHERE external_id = 'b'")

    def species(**query) -> dict[str, str]:
        answer = client.get("/collections/trees/items", query)
        assert answer.status_code == 200, answer.text
        return {f["properties"]["external_id"]: f["properties"]["species"] for f in answer.json()["features"]}

    past = between.isoformat()
    assert species() == {"a": "y", "c": "y"}
    assert species(asOf=past) == {"a": "x", "b": "x"}
    assert species(asOf=past, filter="species = 'x'", sortby="-external_id", limit="1") == {"b": "x"}
    assert (
        species(asOf=past, bbox="-7.7,33.5,-7.5,33.6", crs="http://www.opengis.net/def/crs/EPSG/0/3857") != {}
    )
    assert species(asOf=(between - timedelta(days=1)).isoformat()) == {}
    answer = client.get("/collections/trees/items", {"asOf": past})
    assert answer["Memento-Datetime"].endswith("GMT")
    first = answer.json()["features"][0]["id"]
    one = client.get(f"/collections/trees/items/{first}", {"asOf": past})
    assert (one.json()["properties"]["species"], one["ETag"]) == ("x", '"1"')
    assert client.get(f"/collections/trees/items/{first}")["ETag"] == '"2"'


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].astimezone(UTC)


def test_as_of_that_is_no_moment_is_refused(client):
    answer = client.get("/collections/trees/items", {"asOf": "yesterday"})
    assert (answer.status_code, "asOf" in answer.json()["detail"]) == (400, True)
