"""Whoever tampers with the history is found, and the row is named; whoever does not never is."""

from __future__ import annotations

import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app
from shapely.geometry import Point

from gis_core.errors import Unavailable
from gis_core.history import recorded
from gis_core.jobs.progress import side_connection
from layers.models import Seal
from layers.queries.seals import history_columns
from layers.registry import get_collection
from layers.services.edit import Delete, Patch, Undelete, apply_edits
from layers.services.load import load_features
from layers.services.seals import read_block, record_path, seal_history
from layers.services.verification import Verification, verify_history
from layers.tasks import seal_by_the_clock
from tests.conftest import frame
from tests.layers.history.conftest import PLANNER, STEWARD, run, triggers_off

pytestmark = pytest.mark.django_db
TREES = [get_collection("trees")]


@pytest.fixture(autouse=True)
def _own_record(settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path


def plant(*names: str, species: str = "") -> None:
    places = [Point(-7.6 + n / 1000, 33.5) for n in range(len(names))]
    load_features("trees", frame(external_id=list(names), species=[species] * len(names), geom=places))


@pytest.fixture
def grove() -> list[int]:
    """Ten trees, five of them changed; sealed in blocks of four rows. The pgh_ids of the 15 rows."""
    plant(*"abcdefghij")
    with recorded(PLANNER, comment="Inventory"):
        run("UPDATE layers_tree SET species = 'Ficus' WHERE external_id <= 'e'")
    seal_history(TREES, block_rows=4)
    return [n for (n,) in run("SELECT pgh_id FROM layers_treeevent ORDER BY pgh_id")]


def verify() -> Verification:
    return verify_history(TREES)


def found() -> list[tuple[str, tuple[int, ...]]]:
    return [(finding.kind, finding.rows) for finding in verify().findings]


def tamper(statement: str, *values: object) -> None:
    with triggers_off():
        run(statement, *values)


def test_history_that_nobody_touched_is_well(grove):
    checked = verify()
    assert (checked.findings, checked.seals, checked.rows, checked.unsealed) == ([], 4, 15, 0)
    assert [(s.first, s.last, s.rows) for s in Seal.objects.order_by("last")] == [
        (1, grove[3], 4),
        (grove[3] + 1, grove[7], 4),
        (grove[7] + 1, grove[11], 4),
        (grove[11] + 1, grove[14], 3),
    ]


def test_whole_life_of_a_feature_is_well_and_what_is_newer_than_the_seal_is_only_counted(grove):
    (tree,) = run("SELECT id FROM layers_tree WHERE external_id = 'a'")[0]
    apply_edits(STEWARD, [Patch("trees", tree, {"properties": {"species": "Palm"}}, 2)])
    apply_edits(STEWARD, [Delete("trees", tree, 3)])
    apply_edits(STEWARD, [Undelete("trees", tree, 1)])
    checked = verify()
    assert (checked.findings, checked.unsealed) == ([], 3)
    seal_history(TREES)
    assert (verify().findings, verify().unsealed) == ([], 0)


def test_nothing_new_makes_no_seal(grove):
    assert seal_history(TREES) == []
    assert seal_history([get_collection("depots")]) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("species", "'Palm'"),
        ("geom", "ST_Point(-7.6000001, 33.5, 4326)"),
        ("pgh_label", "'update'"),
        ("pgh_created_at", "pgh_created_at - interval '1 microsecond'"),
        ("pgh_context_id", "NULL"),
        ("db_user", "'somebody'"),
        ("transaction_id", "transaction_id + 1"),
        ("version", "7"),
        ("external_id", "NULL"),
    ],
)
def test_changed_row_is_named_whatever_was_changed(grove, column, value):
    tamper(f"UPDATE layers_treeevent SET {column} = {value} WHERE pgh_id = %s", grove[6])
    assert ("row changed", (grove[6],)) in found()


def test_removed_row_is_named(grove):
    tamper("DELETE FROM layers_treeevent WHERE pgh_id = %s", grove[12])
    assert found()[0] == ("row removed", (grove[12],))


def test_rows_removed_at_the_end_are_named(grove):
    """No gap in what is left: only the seal knows."""
    (tree,) = run("SELECT id FROM layers_treeevent WHERE pgh_id = %s", grove[14])[0]
    tamper("DELETE FROM layers_treeevent WHERE pgh_id = %s", grove[14])
    tamper("UPDATE layers_tree SET species = '', version = 1, updated_at = created_at WHERE id = %s", tree)
    assert ("row removed", (grove[14],)) in found()


def test_whole_block_removed_is_named(grove):
    tamper("DELETE FROM layers_treeevent WHERE pgh_id BETWEEN %s AND %s", grove[4], grove[7])
    assert ("row removed", tuple(grove[4:8])) in found()


def test_row_slipped_in_is_named(grove):
    """Under a number that the sequence had left out."""
    tamper("UPDATE layers_treeevent SET pgh_id = pgh_id + 1000000")
    run("SELECT setval('layers_treeevent_pgh_id_seq', %s)", grove[14] + 1_000_000)
    with triggers_off():
        run("DELETE FROM layers_seal")
    record_path().unlink()
    seal_history(TREES)
    assert found() == []
    columns = ", ".join(name for name in history_columns(TREES[0]) if name != "pgh_id")
    tamper(
        f"INSERT INTO layers_treeevent (pgh_id, {columns}) SELECT 17, {columns} FROM layers_treeevent LIMIT 1"
    )
    assert found()[0] == ("row slipped in", (17,))


@pytest.mark.parametrize(
    "change",
    ['metadata = \'{"actor": "nadia", "comment": "Other"}\'', "created_at = now() - interval '1 day'"],
)
def test_changed_reason_is_named(grove, change):
    (batch,) = run("SELECT id FROM pghistory_context WHERE metadata ->> 'comment' = 'Inventory'")[0]
    tamper(f"UPDATE pghistory_context SET {change} WHERE id = %s", batch)
    assert {(finding.kind, finding.batch) for finding in verify().findings} == {
        ("reason changed", str(batch))
    }


def test_removed_reason_is_named(grove):
    (batch,) = run("SELECT id FROM pghistory_context WHERE metadata ->> 'comment' = 'Inventory'")[0]
    tamper("DELETE FROM pghistory_context WHERE id = %s", batch)
    assert {(finding.kind, finding.batch) for finding in verify().findings} == {
        ("reason removed", str(batch))
    }


@pytest.mark.parametrize("place", [0, 1, 3])
def test_removed_seal_is_found_even_the_newest(grove, place):
    seal = Seal.objects.order_by("last")[place]
    tamper("DELETE FROM layers_seal WHERE id = %s", seal.id)
    told = [finding.told for finding in verify().findings if finding.kind == "seal missing"]
    assert told and f"{seal.last}" in " ".join(told)


def test_removed_seals_stay_found_when_new_ones_are_made_in_their_place(grove):
    with triggers_off():
        run("DELETE FROM layers_seal")
        run("UPDATE layers_treeevent SET species = 'Palm' WHERE pgh_id = %s", grove[14])
        run(
            "UPDATE layers_tree SET species = 'Palm' WHERE id = (SELECT id FROM layers_treeevent WHERE pgh_id = %s)",
            grove[14],
        )
    seal_history(TREES)
    assert {kind for kind, _ in found()} == {"seal missing"}


@pytest.mark.parametrize(
    "change",
    [
        "digest = repeat('0', 64)",
        "last = last + 1",
        "rows = 3",
        "signature = repeat('0', 64)",
        "sealed_at = sealed_at - interval '1 hour'",
        "row_marks = substring(row_marks from 17)",
        "reason_marks = ''",
        "previous = repeat('1', 64)",
        "columns = columns[2:]",
    ],
)
def test_altered_seal_is_found(grove, change):
    seal = Seal.objects.order_by("last")[1]
    tamper(f"UPDATE layers_seal SET {change} WHERE id = %s", seal.id)
    assert "seal altered" in {finding.kind for finding in verify().findings}


def test_forger_without_the_key_is_found(grove, settings):
    """A row changed, and all seals made anew and chained as they should be: but with another key."""
    honest = settings.SECRET_KEY
    with triggers_off():
        run("UPDATE layers_treeevent SET species = 'Palm' WHERE pgh_id = %s", grove[2])
        run("DELETE FROM layers_seal")
    record_path().unlink()
    settings.SECRET_KEY = "guessed"
    seal_history(TREES, block_rows=4)
    assert "seal altered" not in {kind for kind, _ in found()}
    settings.SECRET_KEY = honest
    assert [kind for kind, _ in found()].count("seal altered") == 4


def test_key_that_was_changed_by_right_still_verifies(grove, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new one"
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE layers_tree SET species = 'Palm' WHERE external_id = 'c'",
            "is not what its last version says",
        ),
        ("UPDATE layers_tree SET geom = ST_Point(-7.61, 33.5, 4326) WHERE external_id = 'c'", "is not what"),
        ("DELETE FROM layers_tree WHERE external_id = 'c'", "was removed"),
        (
            "INSERT INTO layers_tree (external_id, geom) VALUES ('z', ST_Point(-7.6, 33.5, 4326))",
            "has no history",
        ),
    ],
)
def test_feature_changed_with_the_triggers_off_is_named(grove, statement, words):
    (before,) = run("SELECT id FROM layers_tree WHERE external_id = 'c'")[0]
    tamper(statement)
    (finding,) = verify().findings
    feature = run("SELECT id FROM layers_tree WHERE external_id = 'z'") or [(before,)]
    assert (finding.kind, finding.features) == ("feature differs", feature[0])
    assert words in finding.told


def test_version_that_leaves_no_trace_but_a_gap_is_named(grove):
    """Changed twice, one step removed before it was sealed."""
    (tree,) = run("SELECT id FROM layers_tree WHERE external_id = 'c'")[0]
    run("UPDATE layers_tree SET species = 'Palm' WHERE id = %s", tree)
    run("UPDATE layers_tree SET species = 'Pine' WHERE id = %s", tree)
    first, second = (n for (n,) in run("SELECT pgh_id FROM layers_treeevent WHERE pgh_id > %s", grove[14]))
    tamper("DELETE FROM layers_treeevent WHERE pgh_id = %s", first)
    assert found() == [("version gap", (second,))]


def test_new_column_does_not_break_old_seals(grove):
    """As a migration of a layer does."""
    run("ALTER TABLE layers_treeevent ADD COLUMN shade text DEFAULT 'none'")
    assert found() == []
    seal = Seal.objects.order_by("last")[0]
    with triggers_off():
        run("ALTER TABLE layers_treeevent DROP COLUMN shade")
        Seal.objects.filter(id=seal.id).update(columns=[*seal.columns, "shade"])
    assert "column removed" in {kind for kind, _ in found()}


def test_session_settings_do_not_change_a_digest(grove):
    names = history_columns(TREES[0])
    with transaction.atomic():
        usual = read_block(TREES[0], names, 1, grove[14])
    settings = {
        "TimeZone": "Asia/Tokyo",
        "DateStyle": "German",
        "extra_float_digits": "-5",
        "IntervalStyle": "iso_8601",
    }
    for name, value in settings.items():
        run("SELECT set_config(%s, %s, true)", name, value)
    assert read_block(TREES[0], names, 1, grove[14]) == usual
    assert len(usual.rows) == 15 and len(usual.reasons) == 2


def test_commands_tell_and_the_exit_code_says_whether_all_is_well(grove):
    out = StringIO()
    call_command("verify_history", collection=["trees"], stdout=out)
    assert out.getvalue() == "All well: 15 sealed rows in 4 seals; 0 rows not sealed yet.\n"
    plant("z")
    call_command("seal_history", collection=["trees"], stdout=out)
    assert f"trees {grove[14] + 1}-{grove[14] + 1} 1 rows " in out.getvalue()
    tamper("UPDATE layers_treeevent SET species = 'Palm' WHERE pgh_id = %s", grove[9])
    with pytest.raises(SystemExit) as ended:
        call_command("verify_history", collection=["trees"], stdout=out)
    assert ended.value.code == 1
    assert f"trees: row changed: {grove[9]} in the block" in out.getvalue()
    with pytest.raises(CommandError, match="no collection 'moon'"):
        call_command("verify_history", collection=["moon"])


def test_marks_cost_sixteen_bytes_a_row(grove):
    assert [len(seal.row_marks) for seal in Seal.objects.order_by("last")] == [64, 64, 64, 48]


@pytest.mark.django_db(transaction=True)
def test_row_of_a_transaction_that_still_runs_is_not_sealed_over():
    """It got its number first, and commits last: sealing waits, and then says that it did not."""
    slow = side_connection()
    slow.autocommit = False
    insert = "INSERT INTO layers_tree (external_id, geom) VALUES (%s, ST_Point(-7.6, 33.5, 4326))"
    try:
        slow.execute(insert, ["slow"])
        slow_row = slow.execute("SELECT max(pgh_id) FROM layers_treeevent").fetchone()[0]
        run(insert.replace("INSERT INTO layers_tree ", "INSERT INTO layers_depot "), "other")
        fast = side_connection()
        with fast:
            fast.execute("SELECT nextval('layers_treeevent_pgh_id_seq')")
        with pytest.raises(Unavailable, match="still writes"):
            seal_history([*TREES, get_collection("depots")], wait_s=0.2)
        assert Seal.objects.count() == 0
        slow.commit()
        seal_history(TREES, wait_s=5)
    finally:
        slow.close()
    assert [(s.last, s.rows) for s in Seal.objects.all()] == [(slow_row, 1)]
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_sealing_and_verifying_beside_writers_never_gives_a_false_alarm():
    plant(*(f"t{n}" for n in range(40)))
    writers, stop = 3, threading.Event()
    written = [0] * writers

    def write(place: int) -> None:
        own = side_connection()
        own.autocommit = False
        try:
            while not stop.is_set():
                tree = f"t{(written[place] * writers + place) % 40}"
                own.execute(
                    "UPDATE layers_tree SET species = %s WHERE external_id = %s", [str(written[place]), tree]
                )
                own.rollback() if written[place] % 7 == 6 else own.commit()
                written[place] += 1
        finally:
            own.close()

    threads = [threading.Thread(target=write, args=(place,)) for place in range(writers)]
    for thread in threads:
        thread.start()
    try:
        rounds = 0
        while rounds < 8 or sum(written) < 200:
            assert any(thread.is_alive() for thread in threads)
            seal_history(TREES, block_rows=50, wait_s=10)
            assert verify().findings == []
            rounds += 1
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    seal_history(TREES, wait_s=10)
    checked = verify()
    assert (checked.findings, checked.unsealed) == ([], 0)
    assert checked.rows == run("SELECT count(*) FROM layers_treeevent")[0][0] > 100


def test_two_sealers_do_not_fork_the_chain(grove):
    seal = Seal.objects.order_by("last")[1]
    seal.pk, seal.last, seal.first = None, 999, 998
    with pytest.raises(IntegrityError, match="one_seal_after_each"), transaction.atomic():
        seal.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_the_worker_seals_by_the_clock():
    plant("a", "b")
    assert "seal_history" in {
        periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()
    }
    seal_by_the_clock(timestamp=0)
    assert [(seal.collection, seal.rows) for seal in Seal.objects.all()] == [("trees", 2)]
    assert found() == []
