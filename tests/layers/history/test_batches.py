"""The list of batches, one batch, and the audit: for who may see names, and no more than they may read."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from asgiref.sync import async_to_sync
from shapely.geometry import Point

from gis_core.actors import SYSTEM
from gis_core.history import recorded
from gis_core.permissions import Role
from layers.models import CollectionRight
from layers.policy import forget_rights, readable
from layers.queries.audit import AuditFilter
from layers.queries.frames import read_frame
from layers.services.audit import HEADER, audit_chunks
from layers.services.edit import Delete, Patch, apply_edits
from layers.services.load import load_features
from tests.conftest import eventually, frame, square
from tests.layers.history.conftest import AUDITOR, PLANNER, STEWARD, at, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> dict[str, str]:
    """Batch name by what it did: a load, an edit, a batch over two collections, a change past the application."""
    with at("2026-03-01T08:00:00Z"):
        load_features(
            "parcels",
            frame(
                external_id=["p", "q"],
                owner_kind=["city"] * 2,
                geom=[square(-7.6, 33.5), square(-7.58, 33.5)],
            ),
        )
    first, second = read_frame("parcels").id.tolist()
    with at("2026-03-02T08:00:00Z"):
        change = {"properties": {"owner_kind": "private", "land_use": "green"}}
        edit = apply_edits(PLANNER, [Patch("parcels", first, change, 1)], comment="Sold", door="map")
    with at("2026-03-03T08:00:00Z"), recorded(STEWARD, comment="Reform") as both:
        run("INSERT INTO layers_tree (external_id, geom) VALUES ('t', ST_Point(-7.6, 33.5, 4326))")
        apply_edits(STEWARD, [Delete("parcels", second, 1)])
    with at("2026-03-04T08:00:00Z"):
        run("UPDATE layers_tree SET species = 'Palm'")
        run("UPDATE layers_parcel SET land_use = 'vacant'")
    (number,) = run("SELECT transaction_id FROM layers_treeevent WHERE pgh_context_id IS NULL")[0]
    load = run("SELECT pgh_context_id FROM layers_parcelevent ORDER BY pgh_id LIMIT 1")[0][0]
    _apart(load, edit.batch, both)
    return {
        "load": str(load),
        "edit": str(edit.batch),
        "both": str(both),
        "past": f"transaction-{number}",
    }


def _apart(*batches: object) -> None:
    """Reasons tell the start of their transaction; here all is one, so they are set apart by a day each."""
    run("ALTER TABLE pghistory_context DISABLE TRIGGER casagis_append_only")
    for day, batch in enumerate(batches, 1):
        run("UPDATE pghistory_context SET created_at = %s WHERE id = %s", f"2026-03-0{day}T08:00:00Z", batch)
    run("ALTER TABLE pghistory_context ENABLE TRIGGER casagis_append_only")


def names(answer) -> list[str]:
    return [batch["batch"] for batch in answer.json()["batches"]]


def test_batches_come_newest_first_with_reason_and_counts(signed_in, city):
    answer = signed_in(Role.PLANNER).get("/batches")
    assert names(answer) == [city["past"], city["both"], city["edit"], city["load"]]
    past, both, edit, load = answer.json()["batches"]
    assert (edit["actor"], edit["comment"], edit["door"]) == ("nadia", "Sold", "map")
    assert edit["counts"] == {"parcels": {"update": 1}}
    assert both["counts"] == {"parcels": {"delete": 1}, "trees": {"create": 1}}
    assert load["counts"] == {"parcels": {"create": 2}}
    assert (past["actor"], past["door"], past["database_role"]) == (
        "",
        "database",
        run("SELECT session_user")[0][0],
    )
    assert past["counts"] == {"parcels": {"update": 1}, "trees": {"update": 1}}
    assert past["href"] == f"http://testserver/batches/{city['past']}"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("collection=trees", ["past", "both"]),
        ("actor=nadia", ["edit"]),
        ("actor=nobody", []),
        ("from=2026-03-02T08:00:00Z&to=2026-03-04T08:00:00Z", ["both", "edit"]),
        ("to=2026-03-02T08:00:00Z", ["load"]),
        ("collection=trees&actor=omar", ["both"]),
    ],
)
def test_batches_are_found_by_collection_actor_and_time(signed_in, city, asked, expected):
    assert names(signed_in(Role.AUDITOR).get(f"/batches?{asked}")) == [city[name] for name in expected]


def test_database_role_is_the_actor_of_what_was_written_past_the_application(signed_in, city):
    role = run("SELECT session_user")[0][0]
    assert names(signed_in(Role.AUDITOR).get(f"/batches?actor={role}")) == [city["past"]]


def test_pages_of_batches_visit_each_once(signed_in, city):
    client, url, seen = signed_in(Role.PLANNER), "/batches?limit=1", []
    while url:
        page = client.get(url)
        seen += names(page)
        url = next((link["href"] for link in page.json()["links"] if link["rel"] == "next"), None)
    assert seen == [city["past"], city["both"], city["edit"], city["load"]]


def test_batch_tells_each_change_with_its_links(signed_in, city):
    client = signed_in(Role.PLANNER)
    document = client.get(f"/batches/{city['both']}").json()
    (parcel,) = [c for c in document["changes"] if c["collection"] == "parcels"]
    assert (parcel["external_id"], parcel["operation"], parcel["version"]) == ("q", "delete", 2)
    assert client.get(parcel["diff"]).json()["from"] == 1
    (tree,) = [c for c in document["changes"] if c["collection"] == "trees"]
    assert client.get(tree["href"]).json()["properties"]["external_id"] == "t"
    assert document["comment"] == "Reform" and document["actor"] == "omar"


def test_changes_of_a_batch_come_page_by_page_over_its_collections(signed_in, city):
    client, url, seen = signed_in(Role.PLANNER), f"/batches/{city['both']}?limit=1", []
    while url:
        page = client.get(url).json()
        seen += [change["collection"] for change in page["changes"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert seen == ["parcels", "trees"]


@pytest.mark.parametrize("path", ["/batches", "/batches/{edit}"])
@pytest.mark.parametrize(
    ("role", "status"), [(None, 401), (Role.CREW, 403), (Role.PLANNER, 200), (Role.AUDITOR, 200)]
)
def test_batches_are_for_who_may_see_names(client, signed_in, city, path, role, status):
    asking = signed_in(role) if role else client
    assert asking.get(path.format(**city)).status_code == status


def close_trees_and_hide_names() -> None:
    """For planners: no trees; of parcels neither identifier nor owner."""
    CollectionRight.objects.create(collection="trees", role="planner", read="none", write="none")
    CollectionRight.objects.create(collection="trees", role="public", read="none", write="none")
    for role in ("planner", "public"):
        CollectionRight.objects.create(
            collection="parcels", role=role, read="city", write="none", hidden=["external_id", "owner_kind"]
        )
    forget_rights()


def test_batches_tell_nothing_of_a_closed_collection_nor_a_hidden_identifier(signed_in, city):
    close_trees_and_hide_names()
    client = signed_in(Role.PLANNER)
    assert client.get("/batches").json()["batches"][1]["counts"] == {"parcels": {"delete": 1}}
    document = client.get(f"/batches/{city['both']}").json()
    assert [(c["collection"], c["external_id"]) for c in document["changes"]] == [("parcels", None)]
    assert client.get("/batches?collection=trees").status_code == 403


@pytest.mark.parametrize(
    ("asked", "words"),
    [("limit=0", "limit"), ("from=yesterday", "from"), ("colour=red", "colour"), ("to=2026-03-01", "to")],
)
def test_wrong_question_names_its_parameter(signed_in, asked, words):
    answer = signed_in(Role.PLANNER).get(f"/batches?{asked}")
    assert answer.status_code == 400 and words in answer.json()["detail"]


# The audit reads by a connection of its own, so what it is to see is committed.


def audit(**asked) -> list[dict[str, str]]:
    body = b"".join(audit_chunks(readable(AUDITOR), AuditFilter(**asked)))
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


@pytest.mark.django_db(transaction=True)
def test_audit_has_a_line_for_each_change_in_the_order_of_time(city):
    lines = audit()
    assert tuple(lines[0]) == HEADER
    days = [x["at"][:10] for x in lines]
    assert days == sorted(days)
    assert sorted((x["at"][:10], x["collection"], x["operation"], x["version"]) for x in lines) == [
        ("2026-03-01", "parcels", "create", "1"),
        ("2026-03-01", "parcels", "create", "1"),
        ("2026-03-02", "parcels", "update", "2"),
        ("2026-03-03", "parcels", "delete", "2"),
        ("2026-03-03", "trees", "create", "1"),
        ("2026-03-04", "parcels", "update", "3"),
        ("2026-03-04", "trees", "update", "2"),
    ]
    sold = lines[2]
    assert (sold["actor"], sold["door"], sold["comment"], sold["batch"]) == (
        "nadia",
        "map",
        "Sold",
        city["edit"],
    )
    assert json.loads(sold["changed"]) == {"owner_kind": ["city", "private"], "land_use": ["other", "green"]}
    past = next(x for x in lines if x["at"].startswith("2026-03-04") and x["collection"] == "parcels")
    assert (past["actor"], past["door"], past["batch"]) == ("", "database", "")
    assert past["database_role"] == run("SELECT session_user")[0][0]
    gone = next(x for x in lines if x["operation"] == "delete")
    assert json.loads(gone["changed"])["owner_kind"] == ["city", None]
    made = json.loads(lines[0]["changed"])
    assert made["geometry"][0] is None and made["geometry"][1]["type"] == "MultiPolygon"


@pytest.mark.django_db(transaction=True)
def test_audit_is_asked_by_time_actor_and_collection(city):
    since, until = (
        datetime.fromisoformat("2026-03-02T08:00:00Z"),
        datetime.fromisoformat("2026-03-03T08:00:00Z"),
    )
    assert [x["comment"] for x in audit(since=since, until=until)] == ["Sold"]
    assert [x["comment"] for x in audit(actor="omar")] == ["Reform", "Reform"]


@pytest.mark.django_db(transaction=True)
def test_audit_is_harmless_to_spreadsheets_and_keeps_every_script():
    with recorded(SYSTEM, comment='=HYPERLINK("http://evil")'):
        run(
            "INSERT INTO layers_tree (external_id, species, geom)"
            " VALUES ('@SUM(1)', 'شجرة', ST_Point(-7.6, 33.5, 4326))"
        )
    (line,) = audit()
    assert (line["comment"], line["external_id"]) == ('\'=HYPERLINK("http://evil")', "'@SUM(1)")
    assert json.loads(line["changed"])["species"] == [None, "شجرة"]


@pytest.mark.django_db(transaction=True)
def test_audit_tells_no_hidden_field_and_no_closed_collection(city):
    CollectionRight.objects.create(
        collection="parcels", role="auditor", read="city", write="none", hidden=["owner_kind", "external_id"]
    )
    CollectionRight.objects.create(
        collection="parcels", role="public", read="city", write="none", hidden=["owner_kind", "external_id"]
    )
    CollectionRight.objects.create(collection="trees", role="auditor", read="none", write="none")
    CollectionRight.objects.create(collection="trees", role="public", read="none", write="none")
    forget_rights()
    lines = audit()
    assert {x["collection"] for x in lines} == {"parcels"}
    assert {x["external_id"] for x in lines} == {""}
    assert not any("owner_kind" in x["changed"] or "private" in x["changed"] for x in lines)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 401),
        (Role.CREW, 403),
        (Role.PLANNER, 403),
        (Role.AUDITOR, 200),
        (Role.STEWARD, 200),
        (Role.ADMIN, 200),
    ],
)
def test_audit_is_for_auditors_stewards_and_administrators(client, signed_in, role, status):
    load_features("trees", frame(external_id=["t"], geom=[Point(-7.6, 33.5)]))
    answer = (signed_in(role) if role else client).get("/audit.csv?collection=trees")
    assert answer.status_code == status
    if status == 200:
        assert answer["Content-Type"].startswith("text/csv")
        assert len(b"".join(answer.streaming_content).decode().strip().split("\r\n")) == 2


@pytest.mark.django_db(transaction=True)
def test_audit_is_sent_piece_by_piece_by_the_asynchronous_server(async_client, signed_in, client):
    """More than one piece, each line once, and the connection is given back."""
    run(
        "INSERT INTO layers_tree (external_id, geom) SELECT 't' || n, ST_Point(-7.6, 33.5, 4326)"
        " FROM generate_series(1, 4500) AS n"
    )
    signed_in(Role.AUDITOR)
    async_client.cookies = client.cookies

    async def pieces() -> list[bytes]:
        answer = await async_client.get("/audit.csv?collection=trees")
        return [piece async for piece in answer.streaming_content]

    found = async_to_sync(pieces)()
    lines = list(csv.DictReader(io.StringIO(b"".join(found).decode("utf-8-sig"), newline="")))
    assert len(found) >= 3
    assert {line["external_id"] for line in lines} == {f"t{n}" for n in range(1, 4501)} and len(lines) == 4500
    here = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
    assert eventually(lambda: ("casagis download",) not in run(here), 10)
