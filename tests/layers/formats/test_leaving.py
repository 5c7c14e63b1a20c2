"""What is left when a reader goes away, when the database fails on the way, and when too many ask: nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection
from django.test import RequestFactory

from gis_core.errors import Unavailable
from gis_core.jobs.progress import side_connection
from layers.formats import download as downloads
from layers.formats import files, snapshot
from layers.formats.catalog import FORMATS
from layers.formats.download import download, stream
from layers.formats.snapshot import APPLICATION
from tests.conftest import eventually
from tests.layers.formats.parcels import breaking, parcels

pytestmark = pytest.mark.usefixtures("django_db_setup")


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "downloads"


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """Address and folder of a real server."""
    given = connection.settings_dict
    query = f"host={given['HOST']}&port={given['PORT'] or 5432}"
    address = f"postgresql://{given['USER']}:{given['PASSWORD']}@/{given['NAME']}?{query}"
    var = tmp_path_factory.mktemp("var")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asgi", "--port", port,
         "--log-level", "critical", "tests.layers.formats.served:application"],
        env=os.environ | {"DATABASE_URL": address, "CASAGIS_VAR": str(var), "CASAGIS_DEBUG": "0"},
    )  # fmt: skip
    try:
        assert eventually(lambda: _answers(f"http://127.0.0.1:{port}/csv/1"), 60)
        yield f"http://127.0.0.1:{port}", var / "downloads"
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=30).status_code == 200
    except httpx.TransportError:
        return False


def readings() -> int:
    """How many downloads hold a connection to this database now."""
    with side_connection() as asking:
        row = asking.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()",
            [APPLICATION],
        ).fetchone()
    return row[0]


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("name", ["geojsonseq", "kml"])
def test_reader_who_leaves_in_the_middle_frees_the_connection(server, name):
    url, _folder = server
    with httpx.stream("GET", f"{url}/{name}/400000", timeout=30) as answer:
        assert answer.status_code == 200
        parts = answer.iter_raw()
        assert len(next(parts)) > 0
        assert readings() == 1
    assert eventually(lambda: readings() == 0, 15)


def test_reader_who_leaves_before_the_first_row_frees_the_connection(server):
    url, _folder = server
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{url}/csv/slow", timeout=0.4)
    assert readings() == 1
    assert eventually(lambda: readings() == 0, 15)


def test_reader_who_leaves_before_the_file_is_made_frees_all(server):
    """The server notices when it sends the first byte."""
    url, folder = server
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{url}/gpkg/100000", timeout=0.5)
    assert readings() == 1
    assert eventually(lambda: (readings(), files_in(folder)) == (0, []), 20)


def test_a_failure_on_the_way_is_no_complete_answer(server):
    with (
        pytest.raises(httpx.RemoteProtocolError),
        httpx.stream("GET", f"{server[0]}/csv/broken", timeout=30) as answer,
    ):
        for part in answer.iter_raw():
            assert part
    assert eventually(lambda: readings() == 0, 15)


def test_a_failure_while_a_file_is_made_is_an_error(server):
    url, folder = server
    assert httpx.get(f"{url}/fgb/broken", timeout=30).status_code == 500
    assert eventually(lambda: (readings(), files_in(folder)) == (0, []), 15)


def test_everything_arrives_through_the_server(server):
    url, _folder = server
    answer = httpx.get(f"{url}/csv/5000", timeout=30)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="parcels.csv"'
    assert answer.text.count("\r\n") == 5001


@pytest.mark.parametrize("name", FORMATS)
def test_closing_early_leaves_nothing(name, folder):
    chunks = stream(FORMATS[name], parcels(30_000))
    assert next(chunks)
    assert readings() == 1
    chunks.close()
    assert eventually(lambda: readings() == 0, 10)
    assert files_in(folder) == []


def test_a_stream_that_is_never_read_leaves_nothing(folder):
    chunks = stream(FORMATS["csv"], parcels(10))
    assert readings() == 1
    del chunks
    assert eventually(lambda: readings() == 0, 10)


@pytest.mark.parametrize("name", FORMATS)
def test_a_query_that_fails_does_so_before_the_answer(name, folder):
    source = breaking(3)
    with pytest.raises(psycopg.errors.DivisionByZero):
        stream(FORMATS[name], source)
    assert eventually(lambda: readings() == 0, 10)
    assert files_in(folder) == []


@pytest.mark.parametrize("name", ["parquet", "gpkg", "fgb", "shp"])
def test_a_failure_while_a_file_is_made_removes_it(name, folder):
    source = breaking(30_000)
    chunks = stream(FORMATS[name], source)
    with pytest.raises(Exception, match=r"division by zero|Error while"):
        next(chunks)
    assert eventually(lambda: readings() == 0, 10)
    assert files_in(folder) == []


def test_too_many_at_once_are_told_so():
    open_now = [stream(FORMATS["csv"], parcels(1)) for _ in range(downloads.MOST_AT_ONCE)]
    with pytest.raises(Unavailable, match="8 downloads are on their way"):
        stream(FORMATS["csv"], parcels(1))
    open_now.pop().close()
    assert b"p1" in b"".join(stream(FORMATS["csv"], parcels(1)))
    for chunks in open_now:
        chunks.close()


def test_a_download_that_takes_too_long_ends(monkeypatch):
    monkeypatch.setattr(snapshot, "LONGEST_S", 0)
    with pytest.raises(Unavailable, match="ask for fewer"):
        list(stream(FORMATS["csv"], parcels(10_000)))
    assert eventually(lambda: readings() == 0, 10)


def test_it_reads_one_moment_and_cannot_write():
    chunks = stream(FORMATS["csv"], parcels(10_000))
    next(chunks)
    reading = chunks._snapshot._connection
    assert reading.execute("SHOW transaction_isolation").fetchone() == ("repeatable read",)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        reading.execute("CREATE TABLE nothing ()")
    chunks.close()


def test_head_reads_nothing():
    answer = download(RequestFactory().head("/"), FORMATS["gpkg"], parcels(10**9))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/geopackage+sqlite3")
    assert eventually(lambda: readings() == 0, 10)


def test_folders_left_by_a_dead_process_are_removed(folder):
    old, new = folder / "old", folder / "new"
    old.mkdir(parents=True)
    new.mkdir()
    (old / "half.gpkg").touch()
    past = time.time() - files.STALE_S - 1
    os.utime(old, (past, past))
    with files.workspace():
        assert not old.exists()
        assert new.exists()
