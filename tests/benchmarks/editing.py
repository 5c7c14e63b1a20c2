"""One edit with history and rights beside a bare UPDATE … RETURNING of such a row: the 95th percentile of each."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from psycopg import sql

from gis_core.actors import actor_named
from gis_core.permissions import Role, Scope
from gis_core.tokens import make_token
from layers.policy import Access, access_to
from layers.queries.items import feature_json
from layers.registry import get_collection
from layers.services.edit import Patch, apply_edits
from tests.benchmarks.frame import Case, Row, Run
from tests.benchmarks.stage import Stage

GOAL = 1 / 3  # an edit takes less than three times as long
QUANTILE = 0.95
TIMES = 8  # so many times the repetitions of a read: the slowest of twenty count
BARE = "bench_parcel"  # the parcels again, with every index and check, without a trigger
EDITOR = "bench-editor"


def run(scene: Stage) -> list[Row]:
    _copy_table(scene.url)
    token = _token_of_editor()
    access = access_to(actor_named(EDITOR), get_collection("parcels"))
    count = scene.repetitions * TIMES
    rows = []
    for table, told, goal in ((BARE, "without triggers", GOAL), (access.collection.table, "with ours", None)):
        for name, ours in (("in process", applies(scene)), ("by HTTP PATCH", patches(scene, token))):
            case = Case(
                f"one edit {name}, p95; bare UPDATE {told}", ours, None, updates(scene, access, table), goal
            )
            rows.append(scene.measure(_tail(case), count))
    return rows


def _tail(case: Case) -> Case:
    return Case(case.name, case.ours, None, case.limit, case.goal, quantile=QUANTILE)


Victim = tuple[int, int, str]  # id, version, a land use that the row does not have


def victims(url: str, table: str, half: int) -> Iterator[Victim]:
    """Rows in an order by chance that are each edited once; those of one half (0 or 1) are not in the other."""
    query = (
        "SELECT id, version, CASE land_use WHEN 'green' THEN 'vacant' ELSE 'green' END"
        " FROM {} WHERE id %% 2 = %s ORDER BY random() LIMIT 2000"
    )
    with psycopg.connect(url) as connection:
        found = connection.execute(sql.SQL(query).format(sql.Identifier(table)), [half]).fetchall()
    yield from found


def applies(scene: Stage) -> Run:
    """Through the one door of single edits, in this process; its transaction commits."""
    actor, rows = actor_named(EDITOR), victims(scene.url, "layers_parcel", 0)

    def run(_number: int) -> int:
        feature_id, version, value = next(rows)
        patch = Patch("parcels", feature_id, {"properties": {"land_use": value}}, version)
        return apply_edits(actor, [patch], comment="benchmark").edits[0].version

    return run


def patches(scene: Stage, token: str) -> Run:
    rows = victims(scene.url, "layers_parcel", 0)
    always = {"content-type": "application/merge-patch+json", "authorization": f"Bearer {token}"}

    def run(_number: int) -> str:
        feature_id, version, value = next(rows)
        body = json.dumps({"properties": {"land_use": value}}).encode()
        headers = {**always, "if-match": f'"{version}"', "change-comment": "benchmark"}
        return scene.ours.patch(f"/collections/parcels/items/{feature_id}", body, headers)

    return run


def updates(scene: Stage, access: Access, table: str) -> Run:
    """The statement alone, its transaction committed; it answers with the same GeoJSON as an edit does."""
    rows = victims(scene.url, table, 1)
    statement = sql.SQL(
        "UPDATE {table} AS t SET land_use = %s, version = version + 1, updated_at = now()"
        " WHERE t.id = %s AND t.version = %s RETURNING t.id, t.version, {feature}::text"
    ).format(table=sql.Identifier(table), feature=feature_json(access))

    def run(_number: int) -> tuple[object, ...] | None:
        feature_id, version, value = next(rows)
        row = scene.bare.execute(statement, [value, feature_id, version]).fetchone()
        assert row and row[1] == version + 1, (feature_id, version, row)
        return row

    return run


def _copy_table(url: str) -> None:
    """Made anew each time: an old one would hold dead rows, or miss a column."""
    with psycopg.connect(url, autocommit=True) as connection:
        plain = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'layers_parcel'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in plain)
        connection.execute(
            sql.SQL("DROP TABLE IF EXISTS {0}; CREATE TABLE {0} (LIKE layers_parcel INCLUDING ALL)").format(
                sql.Identifier(BARE)
            )
        )
        connection.execute(
            sql.SQL("INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM layers_parcel").format(
                sql.Identifier(BARE), names
            )
        )
        connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(BARE)))


def _token_of_editor() -> str:
    """A fresh token of a planner of the whole city."""
    user, _made = get_user_model().objects.get_or_create(username=EDITOR)
    user.groups.add(Group.objects.get_or_create(name=Role.PLANNER)[0])
    return make_token(user, name="benchmark", scopes=[Scope.READ, Scope.WRITE], days=1)[1]
