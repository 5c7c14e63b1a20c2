"""What every test shares: where the real test data is, and a frame in two lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.utils import translation
from shapely.geometry import MultiPolygon, box

from gis_core.permissions import Role
from layers.policy import forget_rights
from tests.databases import migrated_template
from tests.scheduling import ByUnits, start_order, unit_of

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
ROLES = "INSERT INTO auth_group (name) SELECT unnest('{{{}}}'::text[]) ON CONFLICT DO NOTHING".format(
    ",".join(sorted(set(Role) - {Role.PUBLIC}))
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByUnits | None:
    """Of `--dist loadfile`, which script/test asks for."""
    config.option.loadscopereorder = False
    return ByUnits(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A browser on a busy machine now and then misses a click: its test may try once more, and the summary says so."""
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if hasattr(config, "workerinput"):
        order = start_order(item.nodeid for item in items)
        items.sort(key=lambda item: order[unit_of(item.nodeid)])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each process's database begins as a copy: Django finds nothing left to migrate."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template(connection.settings_dict)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests that commit are cleaned up by TRUNCATE, which history refuses; tests of the refusal switch it on."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'casagis_no_truncate'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER casagis_no_truncate")


@pytest.fixture(scope="session", autouse=True)
def flush_only_what_was_written() -> Iterator[None]:
    """A test that commits is followed by TRUNCATE of every table: 0.5 s and more. Most tables are empty: pass them."""
    operations = type(connection.ops)
    whole = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        statements = whole(self, style, _written(tables), **{**options, "allow_cascade": True})
        # the triggers of TRUNCATE raised the revisions anew; roles are there from the start (gis_core/apps.py)
        return [*statements, "DELETE FROM layers_revision", ROLES]

    operations.sql_flush = sql_flush
    yield
    operations.sql_flush = whole


def _written(tables: list[str]) -> list[str]:
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture(scope="session", autouse=True)
def passwords_are_cheap() -> None:
    """A million rounds take 0.3 s for each sign-in. A hash tells its rounds: servers beside the tests read it too."""
    PBKDF2PasswordHasher.iterations = 1000


@pytest.fixture(autouse=True)
def rights_as_declared() -> None:
    """No right that another test set, though rights are kept for a moment."""
    forget_rights()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Tests read English; what a page says in French and Arabic is asked for by name."""
    with translation.override("en"):
        yield


@pytest.fixture
def shared_data() -> Path:
    """The folder of real test data; a test that needs it is skipped where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real test data at {SHARED_DATA}")
    return SHARED_DATA


def square(west: float, south: float, side: float = 0.01) -> MultiPolygon:
    return MultiPolygon([box(west, south, west + side, south + side)])


def frame(**columns: list) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry="geom", crs=4326)


def eventually(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether it comes true in time: other processes and database backends end when they are done."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
