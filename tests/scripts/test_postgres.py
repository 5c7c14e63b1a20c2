"""script/postgres: the private cluster starts, stops, and gets over crashes, moves and closed folders."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = list(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
pytestmark = pytest.mark.skipif(
    not INSTALLED, reason="PostgreSQL with PostGIS is not installed here (DATABASE_URL is used)"
)


class Cluster:
    """One folder that plays the part of var/."""

    def __init__(self, var: Path) -> None:
        self.var = var

    def run(self, command: str, **extra: str) -> subprocess.CompletedProcess[str]:
        environment = (
            {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
            | {"CASAGIS_VAR": str(self.var)}
            | extra
        )
        done = subprocess.run(
            [ROOT / "script" / "postgres", command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done

    def start(self) -> None:
        done = self.run("start")
        assert done.returncode == 0, done.stderr

    @property
    def pid(self) -> int:
        return int((self.var / "postgres/data/postmaster.pid").read_text().split()[0])

    def connect(self, **changes: str) -> psycopg.Connection:
        url = (self.var / "postgres.url").read_text().strip().format(database="postgres")
        return psycopg.connect(url, **changes)

    def value(self, query: str) -> object:
        with self.connect() as connection:
            return connection.execute(query).fetchone()[0]

    def remove(self) -> None:
        home = (self.var / "postgres").resolve()
        self.run("stop")
        socket = home / "socket"
        for folder in (socket.resolve() if socket.is_symlink() else None, home, self.var):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)


def _open_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="casagis test {", dir="/tmp"))  # short, open to all, odd letters
    folder.chmod(0o755)
    return folder


@pytest.fixture
def open_folder() -> Iterator[Path]:
    folder = _open_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def one_cluster() -> Iterator[Cluster]:
    folder = _open_folder()
    made = Cluster(folder / "var")
    yield made
    made.remove()
    shutil.rmtree(folder)


@pytest.fixture
def cluster(one_cluster: Cluster) -> Cluster:
    """The same cluster for all, since making one takes a second; running when the test begins."""
    one_cluster.start()
    return one_cluster


def test_cluster_holds_postgis_and_utf8_and_is_never_root(cluster: Cluster) -> None:
    with cluster.connect(autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgis")
        assert connection.execute("SELECT ST_AsText(ST_Point(1, 2)), lower('ÉÀ')").fetchone() == (
            "POINT(1 2)",
            "éà",
        )
    assert Path(f"/proc/{cluster.pid}").stat().st_uid != 0
    assert cluster.value("SHOW listen_addresses") == ""


def test_cluster_is_closed_without_its_password(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        cluster.connect(password="guess")
    assert stat.S_IMODE((cluster.var / "postgres.url").stat().st_mode) == 0o600
    assert stat.S_IMODE((cluster.var / "postgres/password").stat().st_mode) == 0o600


def test_start_when_running_keeps_the_same_server(cluster: Cluster) -> None:
    before = cluster.pid
    cluster.start()
    assert cluster.pid == before


def test_stop_and_status_tell_the_truth(cluster: Cluster) -> None:
    assert cluster.run("status").returncode == 0
    assert cluster.run("stop").returncode == 0
    assert cluster.run("status").returncode == 3
    with pytest.raises(psycopg.OperationalError):
        cluster.connect()


def test_start_after_kill_9_keeps_the_data(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        connection.execute("SET synchronous_commit = on")  # as servers have it; tests do without
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(cluster.pid, signal.SIGKILL)
    cluster.start()
    assert cluster.value("SELECT n FROM kept") == 7


def test_start_with_a_stale_pid_file_of_another_program(cluster: Cluster) -> None:
    cluster.run("stop")
    pid_file = cluster.var / "postgres/data/postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n/elsewhere\n")
    assert cluster.run("status").returncode == 3
    cluster.start()
    assert cluster.pid != os.getpid()


def test_start_after_the_checkout_moved(cluster: Cluster) -> None:
    pid = cluster.pid
    cluster.var = cluster.var.rename(cluster.var.parent / "moved")
    cluster.start()
    assert (cluster.pid, cluster.value("SELECT 1")) == (pid, 1)


def test_start_after_a_move_to_a_path_too_long_for_a_socket(cluster: Cluster) -> None:
    parent = cluster.var.parent / ("long" * 30)
    parent.mkdir()
    cluster.var = cluster.var.rename(parent / "var")
    cluster.start()
    assert cluster.value("SELECT 1") == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root runs the cluster as another user")
def test_start_under_a_closed_folder_goes_to_var_lib(open_folder: Path) -> None:
    open_folder.chmod(0o700)
    made = Cluster(open_folder / "var")
    try:
        made.start()
        assert (made.var / "postgres").resolve().parent == Path("/var/lib/casagis")
        assert made.value("SELECT 1") == 1
    finally:
        made.remove()


def test_database_url_and_a_foreign_address_are_left_alone(open_folder: Path) -> None:
    made = Cluster(open_folder / "var")
    assert made.run("start", DATABASE_URL="postgresql://db.example/city").returncode == 0
    assert not (made.var / "postgres").exists()
    address = made.var / "postgres.url"
    address.write_text("postgresql://me@db.example/{database}\n")
    assert made.run("start").returncode == 0
    assert (address.read_text(), (made.var / "postgres").exists()) == (
        "postgresql://me@db.example/{database}\n",
        False,
    )


def test_unknown_command_names_the_usage(open_folder: Path) -> None:
    done = Cluster(open_folder / "var").run("begin")
    assert (done.returncode, "start|stop|status" in done.stderr) == (1, True)
