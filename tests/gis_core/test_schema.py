"""A database older than the program names its cure: at /healthz, in the answers of the API, at the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from gis_core.schema import require_current
from tests.conftest import ROOT
from tests.e2e.running_city import url_of

pytestmark = pytest.mark.django_db(transaction=True)
CURE = "Run script/manage migrate"


@pytest.fixture
def older() -> Iterator[None]:
    """The newest migration of gis_core is not there, nor a column of it."""
    newest = MigrationRecorder.Migration.objects.filter(app="gis_core").latest("id")
    rename = "ALTER TABLE gis_core_job RENAME COLUMN {} TO {}"
    newest.delete()
    with connection.cursor() as cursor:
        cursor.execute(rename.format("number", "number_"))
    require_current.cache_clear()
    yield
    with connection.cursor() as cursor:
        cursor.execute(rename.format("number_", "number"))
    newest.save(force_insert=True)
    require_current.cache_clear()


def planner() -> Client:
    user = User.objects.create_user("amina", password="a long test passphrase")
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    client = Client()
    client.force_login(user)
    return client


def test_health_and_api_name_the_cure(older) -> None:
    health = Client().get("/healthz")
    assert (health.status_code, health.json()["status"]) == (503, "fail")
    assert "it lacks 1 migration(s), first gis_core." in health.json()["detail"]
    assert CURE in health.json()["detail"]
    answer = planner().get("/jobs", headers={"accept": "application/json"})
    assert answer.status_code == 503
    assert CURE in answer.json()["detail"]


def test_command_line_names_the_cure(older) -> None:
    address = url_of(connection.settings_dict, connection.settings_dict["NAME"])
    command = ["manage.py", "shell", "-c", "from gis_core.jobs.models import Job; Job.objects.first()"]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=os.environ | {"DATABASE_URL": address},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert CURE in done.stderr


def test_a_fault_of_the_program_is_none_of_the_database() -> None:
    require_current.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gis_core_job RENAME COLUMN number TO number_")
    client = planner()
    client.raise_request_exception = False
    try:
        assert client.get("/jobs", headers={"accept": "application/json"}).status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE gis_core_job RENAME COLUMN number_ TO number")
