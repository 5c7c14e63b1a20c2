"""How the tests themselves are run: what shares a process, what starts first, and what databases are copied from."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gis_core.provision import connect
from tests.databases import digest, migrated_template
from tests.scheduling import LONGEST, TOGETHER, start_order, unit_of


def test_a_file_is_a_unit_and_one_served_city_too() -> None:
    assert unit_of("tests/tiles/test_turns.py::test_a[x::y/z]") == "tests/tiles/test_turns.py"
    assert (
        unit_of("tests/e2e/test_map.py::test_a") == unit_of("tests/e2e/test_week.py::test_b") == "tests/e2e"
    )
    assert unit_of("tests/scripts/test_server.py::test_a") == "servers"


def test_the_longest_start_first_then_those_of_most_tests(request: pytest.FixtureRequest) -> None:
    few, many = ["tests/docs/test_b.py::t"], [f"tests/docs/test_a.py::t[{n}]" for n in range(3)]
    assert list(start_order([*few, *many, "tests/e2e/test_map.py::t"])) == [
        "tests/e2e",
        "tests/docs/test_a.py",
        "tests/docs/test_b.py",
    ]
    named = [path for path in (*TOGETHER, *LONGEST) if path.startswith("tests/")]
    assert [path for path in named if not (request.config.rootpath / path).exists()] == []


def test_another_source_asks_for_another_template(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("django==5.2\n")
    migration = tmp_path / "layers" / "migrations" / "0001.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("a = 1\n")
    first = digest(tmp_path)
    assert digest(tmp_path) == first
    migration.write_text("a = 2\n")
    second = digest(tmp_path)
    (tmp_path / "layers" / "functions.sql").write_text("SELECT 1")
    assert len({first, second, digest(tmp_path)}) == 3


@pytest.mark.django_db
def test_template_is_whole_kept_and_closed() -> None:
    name = migrated_template(connection.settings_dict)
    assert name == connection.settings_dict["TEST"]["TEMPLATE"]
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        connect(connection.settings_dict, name)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
