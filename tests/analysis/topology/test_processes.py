"""The tools through their real doors: a preview changes nothing, applying changes exactly what it showed."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import pytest
import shapely
from django.contrib.auth.models import Group, User
from django.db import connection

from gis_core.jobs.models import Job
from gis_core.tokens import make_token
from layers.models import Parcel, Street, TurnRestriction  # type: ignore[attr-defined]
from layers.queries.frames import read_frame
from layers.services.load import load_features

pytestmark = pytest.mark.django_db
WEST, SOUTH, SIDE = -7.6, 33.55, 0.001


def block(x: float, y: float, width: float = 1, height: float = 1) -> shapely.MultiPolygon:
    """In blocks of 0.001 degree."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return shapely.MultiPolygon([shapely.Polygon([place(*corner) for corner in corners])])


def place(x: float, y: float) -> tuple[float, float]:
    return round(WEST + x * SIDE, 7), round(SOUTH + y * SIDE, 7)


def line(*places: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(place(*one)) for one in places]}


@pytest.fixture
def planner(client) -> User:
    user = User.objects.create_user("nadia", password="long enough for a test")
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    client.force_login(user)
    return user


@pytest.fixture
def parcels(planner) -> list[int]:
    """Three in a row, the third a block further to the east; from a survey, with an owner."""
    return load(
        "parcels",
        [block(0, 0), block(1, 0), block(3, 0)],
        source="mixed",
        reference=["R1", "R2", "R3"],
        land_use=["residential", "commercial", "green"],
        owner_kind=["habous", "state", "city"],
        green_area_m2=[1.0, 2.0, 3.0],
    )


def load(collection: str, shapes: list[Any], source: str = "city", **columns: list[Any]) -> list[int]:
    ids = {"external_id": [f"{collection}-{n}" for n in range(len(shapes))]}
    frame = gpd.GeoDataFrame({**ids, **columns}, geometry=shapes, crs=4326).rename_geometry("geom")
    assert not load_features(collection, frame, source=source).rejected
    return read_frame(collection).id.tolist()


def execute(client, process: str, **inputs: Any):
    body = json.dumps({"inputs": inputs})
    return client.post(f"/processes/{process}/execution?lang=en", body, content_type="application/json")


def run(client, process: str, **inputs: Any) -> dict[str, Any]:
    answer = execute(client, process, **inputs)
    assert answer.status_code == 200, answer.content
    return answer.json()


def state() -> list[tuple[Any, ...]]:
    """Bytes, version and values of each parcel and street, and the number of events."""
    found: list[tuple[Any, ...]] = []
    for model in (Parcel, Street):
        found += [(row.pk, row.version, row.geom.wkb.tobytes()) for row in model.objects.order_by("pk")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM layers_parcelevent), (SELECT count(*) FROM layers_streetevent)"
        )
        return [*found, cursor.fetchone()]


def reasons(table: str = "layers_parcelevent") -> list[tuple[str, str, str]]:
    """Of what a process wrote: batch, label and metadata."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id::text, e.pgh_label, c.metadata::text FROM {table} e"
            " JOIN pghistory_context c ON c.id = e.pgh_context_id WHERE c.metadata->>'door' = 'process' ORDER BY pgh_id"
        )
        return cursor.fetchall()


def test_a_preview_shows_parts_and_areas_and_changes_nothing(client, parcels):
    before = state()
    seen = run(
        client, "split-features", collection="parcels", ids=parcels[:1], blade=line((-1, 0.25), (1.5, 0.25))
    )
    assert state() == before
    assert (seen["applied"], seen["batch"], seen["problems"], seen["notes"]) == (False, None, [], [])
    kept, neighbour, created = seen["changes"]["features"]
    assert [f["properties"]["action"] for f in seen["changes"]["features"]] == [
        "changed",
        "changed",
        "created",
    ]
    assert (kept["id"], neighbour["id"], created["id"]) == (*parcels[:2], None)
    assert created["properties"]["from"] == parcels[0] and created["properties"]["version"] is None
    database_m2 = Parcel.objects.get(pk=parcels[0]).area_m2
    areas = [f["properties"]["area_m2"] for f in (kept, created)]
    assert areas[0]["before"] == pytest.approx(database_m2, abs=0.001)
    assert (areas[0]["after"], areas[1]["after"]) == pytest.approx(
        (database_m2 * 0.75, database_m2 * 0.25), rel=1e-5
    )
    assert seen["totals"]["features"] == {"before": 2, "after": 3}
    assert seen["totals"]["area_m2"]["after"] == pytest.approx(seen["totals"]["area_m2"]["before"], abs=0.01)
    assert seen["versions"] == {str(parcels[0]): 1, str(parcels[1]): 1}
    assert list(place(1, 0.25)) in neighbour["geometry"]["coordinates"][0][0]


def test_applying_changes_exactly_what_the_preview_showed_in_one_batch(client, parcels):
    wish = {"collection": "parcels", "ids": parcels[:1], "blade": line((-1, 0.25), (1.5, 0.25))}
    seen = run(client, "split-features", **wish)
    done = run(client, "split-features", **wish, apply=True, versions=seen["versions"], comment="Plan 12")
    assert [f["geometry"] for f in done["changes"]["features"]] == [
        f["geometry"] for f in seen["changes"]["features"]
    ]
    stored = {row.pk: json.loads(row.geom.geojson) for row in Parcel.objects.all()}
    for feature in done["changes"]["features"]:
        assert stored[feature["id"]] == feature["geometry"]
    rows = Parcel.objects.order_by("pk")
    assert [row.version for row in rows] == [2, 2, 1, 1]
    events = reasons()
    assert {batch for batch, *_rest in events} == {done["batch"]}
    assert [label for _batch, label, _why in events] == ["update", "update", "insert"]
    told = json.loads(events[0][2])
    assert (told["actor"], told["comment"], told["process"]) == ("nadia", "Plan 12", "split-features")


def test_a_new_part_takes_over_values_but_not_the_identifier(client, parcels):
    wish = {"collection": "parcels", "ids": parcels[:1], "blade": line((-1, 0.25), (1.5, 0.25))}
    seen = run(client, "split-features", **wish)
    done = run(client, "split-features", **wish, apply=True, versions=seen["versions"])
    part = Parcel.objects.get(pk=done["changes"]["features"][-1]["id"])
    assert (part.external_id, part.reference, part.land_use, part.owner_kind) == (
        None,
        "R1",
        "residential",
        "habous",
    )
    assert (part.source, part.green_area_m2) == (
        "mixed",
        None,
    )  # not a planner's to set; computed for the whole
    assert Parcel.objects.get(pk=parcels[0]).external_id == "parcels-0"


@pytest.mark.parametrize("moved", [0, 1])  # the split parcel, and the neighbour that gets a corner
def test_a_version_that_moved_on_since_the_preview_stops_all(client, parcels, moved):
    wish = {"collection": "parcels", "ids": parcels[:1], "blade": line((-1, 0.25), (1.5, 0.25))}
    seen = run(client, "split-features", **wish)
    Parcel.objects.filter(pk=parcels[moved]).update(reference="theirs")
    before = state()
    answer = execute(client, "split-features", **wish, apply=True, versions=seen["versions"])
    told = answer.json()
    assert (answer.status_code, told["id"], told["theirs"]["properties"]["reference"]) == (
        412,
        parcels[moved],
        "theirs",
    )
    assert "Preview again" in told["detail"] and state() == before


def test_applying_needs_the_versions_of_all_that_changes(client, parcels):
    wish = {"collection": "parcels", "ids": parcels[:1], "blade": line((-1, 0.25), (1.5, 0.25))}
    before = state()
    assert execute(client, "split-features", **wish, apply=True).status_code == 428
    answer = execute(client, "split-features", **wish, apply=True, versions={parcels[0]: 1})
    assert (answer.status_code, answer.json()["ids"]) == (409, [parcels[1]])
    Parcel.objects.filter(pk=parcels[1]).delete()
    gone = execute(client, "split-features", **wish, apply=True, versions={parcels[0]: 1, parcels[1]: 1})
    assert (gone.status_code, gone.json()["theirs"]) == (412, None)
    assert Parcel.objects.get(pk=parcels[0]).version == 1 and before


def test_a_visitor_is_refused_and_a_planner_outside_her_area(client, parcels, planner):
    wish = {"collection": "parcels", "ids": parcels[:1], "blade": line((-1, 0.25), (1.5, 0.25))}
    load("districts", [block(2.5, 0, 3, 3)], name_fr=["Est"])
    planner.work_areas.create(area="districts-0")
    answer = execute(client, "split-features", **wish)
    assert answer.status_code == 403 and f"Feature {parcels[0]}" in answer.json()["detail"]
    east = {"collection": "parcels", "ids": parcels[2:], "blade": line((3.5, -1), (3.5, 2))}
    assert run(client, "split-features", **east)["problems"] == []
    client.logout()
    assert execute(client, "split-features", **wish).status_code == 401


def test_merge_keeps_one_and_says_which_values_go(client, parcels):
    seen = run(client, "merge-features", collection="parcels", ids=parcels[:2])
    (kept,) = [f for f in seen["changes"]["features"] if f["properties"]["action"] == "changed"]
    (gone,) = [f for f in seen["changes"]["features"] if f["properties"]["action"] == "removed"]
    assert gone["geometry"] is None and gone["properties"]["area_m2"]["after"] == 0
    assert {kept["id"], gone["id"]} == set(parcels[:2])
    assert any(note.startswith("Land use:") for note in seen["notes"])
    run(
        client, "merge-features", collection="parcels", ids=parcels[:2], apply=True, versions=seen["versions"]
    )
    assert Parcel.objects.count() == 2
    whole = Parcel.objects.get(pk=kept["id"])
    assert whole.area_m2 == pytest.approx(kept["properties"]["area_m2"]["after"], abs=0.01)
    apart = execute(client, "merge-features", collection="parcels", ids=[kept["id"], parcels[2]])
    assert apart.status_code == 400 and "shares no border" in apart.json()["detail"]
    assert apart.json()["fault"] == "not_touching"


def test_a_gap_is_filled_from_a_point_in_it(client, planner):
    ring = [block(0, 0, 3, 1), block(0, 2, 3, 1), block(0, 1), block(2, 1)]
    ids = load("parcels", ring)
    wish = {"collection": "parcels", "gap": {"type": "Point", "coordinates": list(place(1.5, 1.5))}}
    seen = run(client, "fill-gap", **wish, ids=[ids[2]])
    (feature,) = [f for f in seen["changes"]["features"] if f["id"] == ids[2]]
    assert {f["id"] for f in seen["changes"]["features"]} == set(ids[:3])  # the wide ones get its new corners
    assert set(seen["versions"]) == {str(id) for id in ids}
    assert feature["properties"]["area_m2"]["after"] == pytest.approx(
        2 * feature["properties"]["area_m2"]["before"], rel=1e-4
    )
    run(client, "fill-gap", **wish, ids=[ids[2]], apply=True, versions=seen["versions"])
    again = execute(client, "fill-gap", **wish)
    assert again.status_code == 400 and f"belongs to feature {ids[2]}" in again.json()["detail"]
    open_ = execute(
        client, "fill-gap", collection="parcels", gap={"type": "Point", "coordinates": list(place(9, 9))}
    )
    assert "open or too wide" in open_.json()["detail"]


def test_a_moved_border_gives_what_it_takes(client, parcels):
    course = line((1.2, -0.5), (1.2, 1.5))
    wish = {"collection": "parcels", "ids": parcels[:2], "border": course}
    seen = run(client, "move-border", **wish)
    west, east = seen["changes"]["features"]
    assert west["properties"]["area_m2"]["after"] / west["properties"]["area_m2"]["before"] == pytest.approx(
        1.2, rel=1e-4
    )
    assert seen["totals"]["area_m2"]["before"] == pytest.approx(seen["totals"]["area_m2"]["after"], abs=0.01)
    run(client, "move-border", **wish, apply=True, versions=seen["versions"])
    assert [row.version for row in Parcel.objects.order_by("pk")] == [2, 2, 1]
    assert east["id"] == parcels[1]


def test_a_rule_that_would_break_is_shown_before_and_refused_after(client, planner):
    """Parcels may not overlap by more than a square metre, and the third lies in the second already."""
    ids = load("parcels", [block(0, 0), block(1, 0), block(1.5, 0, 0.1, 0.1)])
    wish = {"collection": "parcels", "ids": ids[:2], "border": line((1.1, -0.5), (1.1, 1.5))}
    seen, before = run(client, "move-border", **wish), state()
    assert seen["problems"][0]["field"] == "geometry" and "m² of feature" in seen["problems"][0]["rule"]
    assert [f["id"] for f in seen["changes"]["features"]] == ids[:2]
    refused = execute(client, "move-border", **wish, apply=True, versions=seen["versions"])
    assert (refused.status_code, state()) == (422, before)


def test_overlaps_are_cut_and_a_coverage_is_simplified(client, planner):
    notched = shapely.MultiPolygon(
        [shapely.Polygon([place(*c) for c in ((1, 0), (2, 0), (2, 1), (1, 1), (1.001, 0.5))])]
    )
    other = shapely.MultiPolygon(
        [shapely.Polygon([place(*c) for c in ((0, 0), (1, 0), (1.001, 0.5), (1, 1), (0, 1))])]
    )
    ids = load("green-spaces", [other, notched, block(1.5, 0.5)])
    cut = run(client, "cut-overlap", collection="green-spaces", ids=[ids[1], ids[2]])
    assert {f["id"] for f in cut["changes"]["features"]} == {ids[1], ids[2]}
    run(
        client,
        "cut-overlap",
        collection="green-spaces",
        ids=[ids[1], ids[2]],
        apply=True,
        versions=cut["versions"],
    )
    wish = {"collection": "green-spaces", "ids": ids, "tolerance_m": 5}
    simple = run(client, "simplify-coverage", **wish)
    assert {f["id"] for f in simple["changes"]["features"]} == set(ids[:2])
    run(client, "simplify-coverage", **wish, apply=True, versions=simple["versions"])
    shapes = [shapely.from_wkb(shape) for _id, _version, shape in green()]
    assert shapely.coverage_is_valid(shapes) and len(shapely.get_coordinates(shapes[0])) == 5


def green() -> list[tuple[Any, ...]]:
    frame = read_frame("green-spaces", ["version"])
    return list(zip(frame["id"], frame["version"], shapely.to_wkb(frame.geometry.to_numpy()), strict=True))


def test_streets_become_planar_but_bridges_pass(client, planner):
    shapes = [
        shapely.from_geojson(json.dumps(line(*c)))
        for c in (((0, 0), (3, 0)), ((1, -1), (1, 1)), ((2, -1), (2, 1)))
    ]
    ids = load(
        "streets", shapes, one_way=["forward", "no", "no"], bridge_level=[0, 0, 1], name_fr=["A", "B", "C"]
    )
    TurnRestriction.objects.create(
        external_id="turn",
        kind="no_left_turn",
        from_street="streets-0",
        to_street="x",
        geom=f"POINT({WEST} {SOUTH})",
    )
    seen = run(client, "planarise-streets", collection="streets", ids=ids)
    assert any("different levels" in note and f"{ids[0]} – {ids[2]}" in note for note in seen["notes"])
    assert any("Turn restrictions" in note for note in seen["notes"])
    assert seen["totals"]["features"] == {"before": 2, "after": 4}
    run(client, "planarise-streets", collection="streets", ids=ids, apply=True, versions=seen["versions"])
    rows = list(Street.objects.order_by("pk"))
    assert [(row.name_fr, row.one_way, row.bridge_level) for row in rows] == [
        ("A", "forward", 0), ("B", "no", 0), ("C", "no", 1), ("A", "forward", 0), ("B", "no", 0),
    ]  # fmt: skip
    met = [row for row in rows if place(1, 0) in (row.geom.coords[0], row.geom.coords[-1])]
    assert len(met) == 4 and sum(row.length_m for row in rows[:2] + rows[3:]) == pytest.approx(
        seen["totals"]["length_m"]["before"], abs=0.01
    )


def test_a_queued_run_answers_the_same_and_faults_speak_the_readers_language(client, parcels):
    wish = {"collection": "parcels", "ids": parcels[:1], "blade": line((0.4, 0.4), (0.6, 0.6))}
    body = json.dumps({"inputs": wish})
    accepted = client.post(
        "/processes/split-features/execution",
        body,
        content_type="application/json",
        headers={"Prefer": "respond-async"},
    )
    assert accepted.status_code == 201 and Job.objects.count() == 1
    refused = execute(client, "split-features", **wish)
    assert (refused.status_code, refused.json()["fault"]) == (400, "not_crossed")
    assert refused["Content-Type"] == "application/problem+json"
    point = execute(client, "split-features", collection="trees", ids=[1], blade=wish["blade"])
    assert point.status_code == 400 and "Known: " in point.json()["detail"]
    outside = execute(client, "split-features", **{**wish, "ids": [10**9]})
    assert outside.status_code == 404
    options = client.get("/processes/split-features").json()["jobControlOptions"]
    assert options == ["sync-execute", "async-execute", "dismiss"]


def test_a_token_that_may_only_read_starts_nothing_and_one_that_may_write_does(client, parcels, planner):
    client.logout()
    wish = {"collection": "parcels", "ids": parcels[:1], "blade": line((-1, 0.25), (1.5, 0.25))}
    body = json.dumps({"inputs": wish})
    answers = {}
    for scope in ("read", "write"):
        scopes = ["read"] if scope == "read" else ["read", "write"]
        secret = make_token(planner, name=scope, scopes=scopes)[1]
        answers[scope] = client.post(
            "/processes/split-features/execution",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
    assert {scope: answer.status_code for scope, answer in answers.items()} == {"read": 403, "write": 200}
    assert Job.objects.get().actor == "nadia"
