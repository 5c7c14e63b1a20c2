"""Files that jobs leave: who gets them, in whole and in part, and how long."""

from __future__ import annotations

import os
import time

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from gis_core.jobs import registry
from gis_core.jobs.files import exports, files_of, remove_old_files
from gis_core.jobs.models import Job
from gis_core.jobs.run import run_process

pytestmark = pytest.mark.django_db

WHOLE = bytes(range(100))


@pytest.fixture(autouse=True)
def small_processes(settings, tmp_path):
    settings.PROCESSES = ["tests.gis_core.processes.Papers"]
    settings.VAR = tmp_path
    registry.processes.cache_clear()
    yield
    registry.processes.cache_clear()


def sign_in(client: Client, name: str, *roles: str) -> None:
    user = User.objects.create_user(name)
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    client.force_login(user)


@pytest.fixture
def address(client: Client) -> str:
    sign_in(client, "amina", "planner")
    return run_process("papers", {}, actor="amina").outputs["file"]["href"]


def body(answer) -> bytes:
    return answer.getvalue()


def test_whole_file_with_its_headers(client, address) -> None:
    answer = client.get(address)
    assert (answer.status_code, body(answer)) == (200, WHOLE)
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Length"] == "100"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Disposition"] == 'attachment; filename="paper.txt"'
    assert answer["Cache-Control"] == "private, no-cache"
    head = client.head(address)
    assert (head.status_code, head["Content-Length"], head["ETag"], head.content) == (
        200,
        "100",
        answer["ETag"],
        b"",
    )


@pytest.mark.parametrize(
    ("asked", "told", "part"),
    [
        ("bytes=0-12", "bytes 0-12/100", WHOLE[:13]),
        ("bytes=90-", "bytes 90-99/100", WHOLE[90:]),
        ("bytes=-7", "bytes 93-99/100", WHOLE[93:]),
        ("bytes=-500", "bytes 0-99/100", WHOLE),
        ("bytes=95-500", "bytes 95-99/100", WHOLE[95:]),
        ("bytes=99-99", "bytes 99-99/100", WHOLE[99:]),
    ],
)
def test_one_range(client, address, asked, told, part) -> None:
    answer = client.get(address, headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"], body(answer)) == (206, told, part)
    assert answer["Content-Length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0", "bytes=200-300"])
def test_range_past_the_end(client, address, asked) -> None:
    answer = client.get(address, headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"], answer.content) == (416, "bytes */100", b"")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-3", "bytes=-", "items=0-1", "bytes=a-b", "", "bytes=0-" + 5000 * "9"]
)
def test_what_is_not_one_range_gets_the_whole(client, address, asked) -> None:
    answer = client.get(address, headers={"Range": asked})
    assert (answer.status_code, body(answer)) == (200, WHOLE)


def test_part_only_of_the_file_that_the_reader_knows(client, address) -> None:
    known = client.head(address)
    for tag in (known["ETag"], known["Last-Modified"]):
        assert client.get(address, headers={"Range": "bytes=5-9", "If-Range": tag}).status_code == 206
    answer = client.get(address, headers={"Range": "bytes=5-9", "If-Range": '"another"'})
    assert (answer.status_code, body(answer)) == (200, WHOLE)
    assert client.get(address, headers={"If-None-Match": known["ETag"]}).status_code == 304


def test_nobody_else_gets_it(client, address) -> None:
    for name, roles, status in [
        ("karim", ["planner"], 403),
        ("crew", ["crew"], 403),
        ("root", ["admin"], 200),
    ]:
        sign_in(client, name, *roles)
        assert client.get(address).status_code == status, name
    client.logout()
    assert client.get(address).status_code == 401


@pytest.mark.parametrize("name", ["other.txt", "..", "%2e%2e", "..%2f..%2fsecret_key"])
def test_only_what_the_job_told_is_there(client, address, name) -> None:
    assert client.get(address.replace("paper.txt", name)).status_code == 404


def test_failed_job_leaves_no_file(settings) -> None:
    job = run_process("papers", {"end": "badly"}, actor="amina")
    assert (job.status, files_of(job.id).exists()) == ("failed", False)


def test_old_files_go_and_their_address_says_so(client, address) -> None:
    (folder,) = exports().iterdir()
    assert remove_old_files() == 0
    long_ago = time.time() - 8 * 24 * 3600
    os.utime(folder, (long_ago, long_ago))
    assert remove_old_files() == 1
    answer = client.get(address)
    assert answer.status_code == 410
    assert answer.json()["detail"] == "The file was kept for 7 days; run papers again."
    assert Job.objects.get().outputs["file"]["length"] == 100
