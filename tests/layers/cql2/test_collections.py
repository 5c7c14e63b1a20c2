"""Filters over collections as they are loaded and served."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import shapely
from django.db import connection
from psycopg import sql
from pyproj import Transformer
from shapely.geometry import LineString, Point

from gis_core.errors import InvalidInput
from layers.cql2 import compile_equals, compile_filter
from layers.registry import get_collection
from layers.services.load import load_features
from tests.conftest import frame
from tests.layers.cql2.places import ids

pytestmark = pytest.mark.django_db


def found(collection_id: str, filter_: str, **options) -> list[str]:
    """The external identifiers."""
    collection = get_collection(collection_id)
    keys = ids(
        filter_,
        options.pop("lang", "cql2-text"),
        table=collection.table,
        fields=collection.fields,
        geometry=collection.geometry_type is not None,
        **options,
    )
    return list(
        collection.model.objects.filter(pk__in=keys).order_by("id").values_list("external_id", flat=True)
    )


@pytest.fixture
def containers():
    load_features(
        "waste-containers",
        frame(
            external_id=["c1", "c2", "c3"],
            fraction=["glass", "paper", "mixed"],
            capacity_l=[660, 1100, 240],
            fill_pct=[80.0, None, 12.5],
            fill_observed_at=[
                datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
                None,
                datetime(2026, 11, 3, tzinfo=UTC),
            ],
            collection_days=[[1, 3, 5], [2], []],
            geom=[Point(-7.60, 33.55), Point(-7.61, 33.56), Point(-7.50, 33.60)],
        ),
        source="synthetic",
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("fraction = 'glass' OR capacity_l > 1000", ["c1", "c2"]),
        ("fill_pct >= 80 AND fill_observed_at > DATE('2026-10-31')", ["c1"]),
        ("NOT fill_pct > 50", ["c3"]),
        ("A_OVERLAPS(collection_days, (1, 2))", ["c1", "c2"]),
        ("A_EQUALS(collection_days, (5, 3, 1))", ["c1"]),
        ("capacity_l * fill_pct / 100 BETWEEN 20 AND 40", ["c3"]),
        ("S_WITHIN(geometry, BBOX(-7.62, 33.54, -7.59, 33.57))", ["c1", "c2"]),
        ("T_DURING(fill_observed_at, INTERVAL('2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'))", ["c1"]),
        ("source = 'synthetic' AND version = 1 AND created_at > DATE('2020-01-01')", ["c1", "c2", "c3"]),
        ("CASEI(external_id) LIKE CASEI('C_') AND id > 0", ["c1", "c2", "c3"]),
    ],
)
def test_filter_over_a_collection(containers, expression, expected):
    assert found("waste-containers", expression) == expected


def test_filter_over_dates_times_and_lines():
    routes = frame(
        external_id=["r1", "r2"],
        plan=["p", "p"],
        vehicle=["v1", "v2"],
        service_date=[date(2026, 11, 2), date(2026, 11, 3)],
        starts_at=["06:00", "21:30"],
        stops=[10, 20],
        distance_km=[12.0, 30.0],
        duration_min=[60.0, 90.0],
        load_kg=[900.0, 1500.0],
        geom=[LineString([(-7.6, 33.5), (-7.5, 33.6)]), LineString([(-7.7, 33.5), (-7.65, 33.5)])],
    )
    assert load_features("collection-routes", routes).added == 2
    assert found("collection-routes", "service_date = DATE('2026-11-02')") == ["r1"]
    assert found("collection-routes", "starts_at > '12:00'") == ["r2"]
    assert found("collection-routes", "distance_km / stops > 1.3") == ["r2"]
    assert found("collection-routes", "S_CROSSES(geometry, LINESTRING(-7.6 33.6, -7.5 33.5))") == ["r1"]
    assert found("collection-routes", "T_INTERSECTS(service_date, INTERVAL('..', '2026-11-02'))") == ["r1"]


# An axis order of its own: EPSG:4326 is lat, lon.
@pytest.mark.parametrize(
    ("srid", "flip"),
    [(4326, False), (4326, True), (3857, False), (26191, False), (26192, False), (32629, False)],
)
def test_literals_in_any_crs_meet_the_same_features(containers, srid, flip):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsBinary(ST_Transform(ST_Envelope(ST_Buffer(ST_SetSRID(ST_MakePoint(-7.605, 33.555), 4326),"
            " 0.01)), %s))",
            [srid],
        )
        area = shapely.from_wkb(bytes(cursor.fetchone()[0]))
    if flip:
        area = shapely.transform(area, lambda xy: xy[:, ::-1])
    options = {"crs_srid": srid, "flip": flip}
    assert found("waste-containers", f"S_INTERSECTS(geometry, {area.wkt})", **options) == ["c1", "c2"]
    box = ", ".join(map(str, area.bounds))
    assert found("waste-containers", f"S_INTERSECTS(geometry, BBOX({box}))", **options) == ["c1", "c2"]


@pytest.mark.parametrize("srid", [3857, 26191, 26192, 32629])
def test_every_allowed_position_can_be_transformed(containers, srid):
    """The database raises an error for what PROJ cannot invert: what is let through is inside of that."""
    edge = 20037508.3 if srid == 3857 else 1e7
    steps = [edge * n / 8 for n in range(-8, 9)]
    points = ", ".join(f"{x} {y}" for x in steps for y in steps)
    assert found("waste-containers", f"S_INTERSECTS(geometry, MULTIPOINT({points}))", crs_srid=srid) == []
    world = f"{-edge}, {-edge}, {edge}, {edge}"
    assert isinstance(
        found("waste-containers", f"S_INTERSECTS(geometry, BBOX({world}))", crs_srid=srid), list
    )
    with pytest.raises(InvalidInput, match=f"outside of EPSG:{srid}"):
        found("waste-containers", f"S_INTERSECTS(geometry, POINT({edge * 1.01} 0))", crs_srid=srid)


def test_box_in_web_mercator_may_reach_beyond_its_edge(containers):
    world = "S_INTERSECTS(geometry, BBOX(-40000000, -40000000, 40000000, 40000000))"
    assert found("waste-containers", world, crs_srid=3857) == ["c1", "c2", "c3"]


def test_sides_of_a_box_follow_its_crs():
    """The northern side of a wide box of UTM bulges away from the straight line between its corners."""
    to_degrees = Transformer.from_crs(32629, 4326, always_xy=True)
    west, south, east, north = 300_000, 3_700_000, 1_000_000, 3_720_000
    inside = Point(to_degrees.transform((west + east) / 2, north - 20))
    corners = LineString([to_degrees.transform(west, north), to_degrees.transform(east, north)])
    assert corners.interpolate(0.5, normalized=True).y != pytest.approx(inside.y, abs=1e-4)
    text, params = compile_filter(
        f"S_INTERSECTS(POINT({(west + east) / 2} {north - 20}), BBOX({west}, {south}, {east}, {north}))",
        lang="cql2-text", fields=(), geometry=True, crs_srid=32629,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT {}").format(text), params)
        assert cursor.fetchone() == (True,)


def plan_of(collection_id: str, filter_: str, **options) -> str:
    collection = get_collection(collection_id)
    text, params = compile_filter(
        filter_, lang="cql2-text", fields=collection.fields, geometry=True, **options
    )
    query = sql.SQL("EXPLAIN SELECT t.id FROM {} AS t WHERE {}").format(
        sql.Identifier(collection.table), text
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(query, params)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(
    "relation", ["INTERSECTS", "CONTAINS", "CROSSES", "EQUALS", "OVERLAPS", "TOUCHES", "WITHIN"]
)
@pytest.mark.parametrize("srid", [4326, 26191])
def test_spatial_filter_uses_the_index_of_the_geometry(containers, relation, srid):
    box = {4326: "BBOX(-7.62, 33.54, -7.59, 33.57)", 26191: "BBOX(290000, 320000, 300000, 330000)"}[srid]
    plan = plan_of("waste-containers", f"S_{relation}(geometry, {box})", crs_srid=srid)
    assert "Index" in plan and "geom" in plan.split("Index Cond")[1], plan


@pytest.mark.parametrize(
    ("filter_", "condition"),
    [
        ("id = 5", "(id = 5)"),
        ("id > 5 AND id < 9", "((id > 5) AND (id < 9))"),
        ("external_id = 'c1'", "external_id"),
    ],
)
def test_plain_comparison_uses_the_index_of_its_column(containers, filter_, condition):
    assert condition in plan_of("waste-containers", filter_).split("Index Cond")[1]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("fraction", "glass", ["c1"]),
        ("fraction", "glass' OR 'a' = 'a", []),
        ("capacity_l", "1100", ["c2"]),
        ("capacity_l", "-99999999999999999999", []),
        ("fill_pct", "12.5", ["c3"]),
        ("fill_pct", "1.25e1", ["c3"]),
        ("fill_observed_at", "2026-11-01T07:30:00+01:00", ["c1"]),
        ("collection_days", "3", ["c1"]),
        ("collection_days", "x", []),
    ],
)
def test_property_equals_a_value_of_its_type(containers, name, text, expected):
    collection = get_collection("waste-containers")
    predicate, params = compile_equals(collection.field(name), text)
    query = sql.SQL("SELECT external_id FROM {} AS t WHERE {}").format(
        sql.Identifier(collection.table), predicate
    )
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        assert [key for (key,) in cursor.fetchall()] == expected


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("capacity_l", "many", "capacity_l='many': write a whole number."),
        ("capacity_l", "1.5", "write a whole number."),
        ("capacity_l", "٣", "write a whole number."),
        ("fill_pct", "nan", "fill_pct='nan': write a number."),
        ("fill_pct", "1e400", "must lie between"),
        ("fill_observed_at", "2026-11-01", "is not a timestamp"),
        ("fraction", "a\x00b", "NUL"),
    ],
)
def test_value_of_another_type_is_refused_with_the_name(name, text, told):
    with pytest.raises(InvalidInput) as caught:
        compile_equals(get_collection("waste-containers").field(name), text)
    assert name in caught.value.detail
    assert told in caught.value.detail
