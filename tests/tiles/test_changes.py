"""The log of changes: what its triggers write for every kind of statement, and that no collection lacks them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils import timezone

from layers.catalog.trees.model import Tree
from layers.registry import COLLECTIONS
from tests.tiles.conftest import COMMITTED, TO_3857
from tiles.change_triggers import TRIGGERS, apply_change_triggers
from tiles.models import Change
from tiles.tasks import KEPT, shorten_changes

pytestmark = COMMITTED


@pytest.fixture(autouse=True)
def empty_log() -> None:
    Change.objects.all().delete()


def execute(statement: str, *params: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def boxes() -> set[tuple[float | None, ...]]:
    return set(Change.objects.values_list("min_x", "min_y", "max_x", "max_y"))


def box_of(lon: float, lat: float) -> tuple[float, ...]:
    """A point's box in single precision, as PostGIS keeps boxes, holds it."""
    return (*TO_3857.transform(lon, lat),) * 2


def assert_boxes(*places: tuple[float, float]) -> None:
    expected = sorted(box_of(*place) for place in places)
    assert sorted(boxes()) == [pytest.approx(box, abs=1) for box in expected]  # type: ignore[type-var]


def test_insert_update_and_delete_note_old_and_new_places(center) -> None:
    here, there = center, (center[0] + 0.01, center[1] + 0.01)
    tree = Tree.objects.create(geom=Point(*here, srid=4326))
    assert_boxes(here)
    Change.objects.all().delete()
    Tree.objects.filter(pk=tree.pk).update(geom=Point(*there, srid=4326))
    assert_boxes(here, there)
    Change.objects.all().delete()
    Tree.objects.filter(pk=tree.pk).delete()
    assert_boxes(there)


def test_each_change_bears_the_revision_that_its_statement_made(center) -> None:
    with transaction.atomic():
        tree = Tree.objects.create(geom=Point(*center, srid=4326))
        Tree.objects.filter(pk=tree.pk).update(species="Ficus")
    (last,) = execute("SELECT revision, changed_at FROM layers_revision WHERE collection = 'trees'")
    noted = list(Change.objects.order_by("id").values_list("revision", "changed_at"))
    assert noted == [(last[0] - 1, last[1]), last, last]


def test_many_rows_become_few_boxes_that_hold_them_all(center) -> None:
    execute(
        "INSERT INTO layers_tree (geom) SELECT ST_SetSRID(ST_MakePoint(%s + n * 0.0001, %s + n %% 7 * 0.001), 4326)"
        " FROM generate_series(1, 500) AS n",
        *center,
    )
    assert 1 < len(boxes()) <= 16
    outside = execute(
        "SELECT count(*) FROM layers_tree t WHERE NOT EXISTS (SELECT FROM tiles_change c"
        " WHERE t.geom_3857 && ST_MakeEnvelope(c.min_x, c.min_y, c.max_x, c.max_y, 3857))"
    )
    assert outside == [(0,)]


def test_statement_that_changes_nothing_is_noted_as_nowhere_and_truncate_as_everywhere() -> None:
    execute("UPDATE layers_tree SET species = 'x' WHERE id = -1")
    assert boxes() == {(1.0, 1.0, 0.0, 0.0)}
    execute("TRUNCATE layers_tree CASCADE")
    assert (None, None, None, None) in boxes()


def test_rollback_notes_nothing(center) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Tree.objects.create(geom=Point(*center, srid=4326))
        _ = 1 / 0
    assert not Change.objects.exists()


def test_every_spatial_collection_has_its_triggers_after_that_of_the_revision() -> None:
    rows = execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'casagis_tell%%'"
    )
    spatial = [collection for collection in COLLECTIONS.values() if collection.geometry_type]
    assert set(rows) == {(collection.table, name) for collection in spatial for name in TRIGGERS}
    assert min(TRIGGERS) > "casagis_revise"


def test_lost_and_foreign_triggers_are_mended_after_migrate() -> None:
    before = execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'casagis_tell%%'")
    execute("DROP TRIGGER casagis_tell_delete ON layers_tree")
    execute(
        "CREATE TRIGGER casagis_tell_old AFTER TRUNCATE ON layers_tree"
        " FOR EACH STATEMENT EXECUTE FUNCTION casagis_tell('trees')"
    )
    apply_change_triggers()
    assert execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'casagis_tell%%'") == before
    assert not execute("SELECT FROM pg_trigger WHERE tgname = 'casagis_tell_old'")


def test_old_changes_are_deleted_by_the_clock() -> None:
    now = timezone.now()
    for revision, age in enumerate((KEPT * 1.1, KEPT * 0.9)):
        Change.objects.create(collection="trees", revision=revision, changed_at=now - age)
    shorten_changes(timestamp=0)
    assert Change.objects.values_list("revision", flat=True).get() == 1
