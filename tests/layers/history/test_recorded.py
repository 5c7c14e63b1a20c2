"""Whoever writes, and by whatever door, is in the history, with the right reason; and nobody takes it out again."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from shapely.geometry import Point

from gis_core.actors import SYSTEM
from gis_core.history import recorded, standing_reason
from gis_core.jobs import run as jobs
from layers.services.load import load_features
from tests.conftest import frame
from tests.layers.history.conftest import PLANNER, STEWARD, run

pytestmark = pytest.mark.django_db


def trees(*names: str, species: str = "") -> object:
    places = [Point(-7.6 + n / 1000, 33.5) for n in range(len(names))]
    return frame(external_id=list(names), species=[species] * len(names), geom=places)


def events() -> list[tuple]:
    found = run(
        "SELECT e.pgh_label, e.external_id, e.version, e.species, c.metadata, e.db_user FROM layers_treeevent e"
        " LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id ORDER BY e.pgh_id"
    )
    return [(*row[:4], row[4] and json.loads(row[4]), row[5]) for row in found]


def test_sql_past_the_application_is_recorded_without_a_batch_in_the_name_of_the_database_role():
    user = run("SELECT session_user")[0][0]
    run("INSERT INTO layers_tree (external_id, geom) VALUES ('t', ST_Point(-7.6, 33.5, 4326))")
    run("UPDATE layers_tree SET species = 'Ficus'")
    run("DELETE FROM layers_tree")
    assert events() == [
        ("insert", "t", 1, "", None, user),
        ("update", "t", 2, "Ficus", None, user),
        ("delete", "t", 2, "Ficus", None, user),
    ]


def test_copy_is_recorded_too():
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY layers_tree (external_id, geom) FROM STDIN") as sink,
    ):
        sink.write("a\tSRID=4326;POINT(-7.6 33.5)\nb\tSRID=4326;POINT(-7.6 33.6)\n")
    assert [event[:3] for event in events()] == [("insert", "a", 1), ("insert", "b", 1)]


def test_load_is_one_batch_of_the_service_itself():
    load_features("trees", trees("a", "b"))
    load_features("trees", trees("a", "b", species="Ficus"))
    assert [(e[0], e[4]) for e in events()] == [
        ("insert", {"actor": "system", "door": "import"}),
        ("insert", {"actor": "system", "door": "import"}),
        ("update", {"actor": "system", "door": "import"}),
        ("update", {"actor": "system", "door": "import"}),
    ]
    assert [n for (n,) in run("SELECT count(*) FROM layers_treeevent GROUP BY pgh_context_id")] == [2, 2]


def test_load_without_effect_leaves_no_batch():
    load_features("trees", trees("a"))
    load_features("trees", trees("a"))
    load_features("trees", trees("a", "b"), dry_run=True)
    assert run("SELECT count(*) FROM pghistory_context") == [(1,)]
    assert len(events()) == 1


def test_transactions_under_a_standing_reason_are_one_batch():
    with standing_reason(PLANNER, comment="Inventory", job="17") as batch:
        load_features("trees", trees("a"))
        with recorded(STEWARD, comment="not told"):
            run("UPDATE layers_tree SET species = 'Ficus'")
    assert run("SELECT DISTINCT pgh_context_id FROM layers_treeevent") == [(batch,)]
    assert [e[4] for e in events()] == [
        {"actor": "nadia", "comment": "Inventory", "door": "process", "job": "17"}
    ] * 2


def test_a_reason_does_not_leak_behind_its_transaction():
    with transaction.atomic():
        with recorded(PLANNER, comment="mine"):
            run("INSERT INTO layers_tree (external_id, geom) VALUES ('t', ST_Point(-7.6, 33.5, 4326))")
        run("UPDATE layers_tree SET species = 'Ficus'")
    with standing_reason(PLANNER):
        pass
    run("UPDATE layers_tree SET species = 'Palm'")
    assert [e[4] and e[4]["comment"] for e in events()] == ["mine", None, None]


def test_failed_transaction_does_not_leak_its_reason():
    with pytest.raises(ZeroDivisionError), recorded(PLANNER, comment="mine"):
        raise ZeroDivisionError
    run("INSERT INTO layers_tree (external_id, geom) VALUES ('t', ST_Point(-7.6, 33.5, 4326))")
    assert events()[0][4] is None


class Plant:
    """A process that loads twice."""

    id = "plant"
    title = "Plant trees"

    def run(self, inputs, context):
        load_features("trees", trees("a"))
        load_features("trees", trees("a", "b", species="Ficus"))
        return {}


def test_job_is_one_batch_in_the_name_of_who_started_it(monkeypatch, settings, tmp_path):
    settings.VAR = tmp_path
    job = jobs.Job.objects.create(process_id="plant", inputs={}, actor="cli:root")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "workspace_of", lambda _: tmp_path / "job")
        context = jobs.JobContext(job, tmp_path, lambda *_: None)
        jobs._execute(Plant(), job, context, None)
    told = {
        "actor": "cli:root",
        "comment": "Plant trees",
        "door": "process",
        "job": str(job.id),
        "process": "plant",
    }
    assert [e[4] for e in events()] == [told] * 3
    assert len(run("SELECT DISTINCT pgh_context_id FROM layers_treeevent")) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE layers_treeevent SET species = 'Palm'",
        "UPDATE layers_treeevent SET species = 'Palm' WHERE false",
        "DELETE FROM layers_treeevent",
        "TRUNCATE layers_treeevent",
        "UPDATE pghistory_context SET metadata = '{}'",
        "DELETE FROM pghistory_context",
        "TRUNCATE pghistory_context",
        "TRUNCATE layers_tree",
        "UPDATE layers_seal SET digest = ''",
        "DELETE FROM layers_seal",
        "TRUNCATE layers_seal",
    ],
)
def test_history_is_only_added_to(statement):
    load_features("trees", trees("a"))
    table = statement.split()[1 if statement.startswith(("UPDATE", "TRUNCATE")) else 2]
    with transaction.atomic():
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
            run(statement)
    assert [e[:4] for e in events()] == [("insert", "a", 1, "")]


def test_a_reason_cannot_be_told_otherwise_afterwards():
    with recorded(SYSTEM, comment="first") as batch:
        run("INSERT INTO layers_tree (external_id, geom) VALUES ('t', ST_Point(-7.6, 33.5, 4326))")
    with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
        run("SELECT set_config('pghistory.context_id', %s, true)", str(batch))
        run("SELECT set_config('pghistory.context_metadata', '{\"comment\": \"other\"}', true)")
        run("UPDATE layers_tree SET species = 'Ficus'")
    assert run("SELECT metadata->>'comment' FROM pghistory_context") == [("first",)]
