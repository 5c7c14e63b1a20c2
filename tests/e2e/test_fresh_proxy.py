"""Our nginx configuration in front of our server: it keeps what everybody sees, never longer than it is true."""

from __future__ import annotations

import getpass
import http.client
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.benchmarks.servers import Client, end, free_port
from tests.conftest import ROOT
from tests.e2e.feature_service import Answer, Service, feature_service
from tests.tiles.conftest import TO_3857, tile_path
from tests.tiles.freshness import SOUTH, WEST, Town, run
from tiles.grids import WEB_MERCATOR_QUAD

pytestmark = [
    pytest.mark.django_db,  # the tests' database is copied; nothing is written into it
    pytest.mark.skipif(not Path("/usr/sbin/nginx").is_file(), reason="no nginx: apt-get install nginx-light"),
]
LATE_WITHIN_S = 1.0
PLACE = (WEST + 0.001, SOUTH + 0.001)
TILE = tile_path("trees", WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*PLACE), 16))
_MAIN = """
user {user};
pid {var}/nginx.pid;
error_log {var}/nginx.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {var}/body;
    proxy_temp_path {var}/proxy;
    fastcgi_temp_path {var}/fastcgi;
    uwsgi_temp_path {var}/uwsgi;
    scgi_temp_path {var}/scgi;
    include {var}/site.conf;
}}
"""


@pytest.fixture(scope="module")
def service(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with feature_service(tmp_path_factory.mktemp("var")) as made:
        yield made


@pytest.fixture(scope="module")
def port(service: Service) -> Iterator[int]:
    """Of the proxy."""
    cache = service.var / "nginx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASAGIS_NGINX_CACHE", str(cache))
        with service.serving(workers=2) as server, proxy(service.var, cache, server.port) as port:
            yield port


@contextmanager
def proxy(var: Path, cache: Path, upstream: int) -> Iterator[int]:
    port = free_port()
    filled = (ROOT / "docker" / "nginx.conf.template").read_text()
    for name, value in {
        "UPSTREAM": f"127.0.0.1:{upstream}", "LISTEN": f"127.0.0.1:{port}", "FILES": var, "NGINX_CACHE": cache,
    }.items():  # fmt: skip
        filled = filled.replace(f"${{CASAGIS_{name}}}", str(value))
    (var / "site.conf").write_text(filled)
    (var / "nginx.conf").write_text(_MAIN.format(var=var, user=getpass.getuser()))
    command = ["/usr/sbin/nginx", "-p", str(var), "-c", str(var / "nginx.conf"), "-g", "daemon off;"]
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig", "TERM", *command]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        _wait(Client(port))
        yield port
    finally:
        end(process)


def _wait(client: Client) -> None:
    for _ in range(100):
        try:
            client.get("/healthz")
            return
        except OSError:
            client.close()
            time.sleep(0.05)
    raise RuntimeError("nginx does not answer")


def ask(port: int, path: str = TILE, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=named)
    answer = connection.getresponse()
    return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


def test_second_reader_is_answered_by_the_proxy_each_coding_apart(service: Service, port: int) -> None:
    Town(service, [port], seed=1).create("trees", PLACE)
    first = ask(port, accept_encoding="br, gzip")
    seen = [ask(port, accept_encoding="gzip;q=0.5,br") for _ in range(3)]
    assert {answer.headers["x-cache"] for answer in seen} == {"HIT"}
    assert {answer.body for answer in seen} == {first.body}
    assert "x-accel-expires" not in first.headers
    assert ask(port, if_none_match=first.headers["etag"], accept_encoding="br").status == 304
    assert ask(port, "/tiles/trees").headers["x-cache"] == "MISS"
    assert ask(port, "/tiles/trees").headers["x-cache"] == "MISS", "only tiles are kept"


def test_nobody_who_signed_in_is_answered_from_the_cache(service: Service, port: int) -> None:
    ask(port)
    told = {"authorization": f"Bearer {service.token}"}
    assert ask(port, **told).headers["x-cache"] == "BYPASS"
    assert ask(port, cookie="sessionid=someone").headers["x-cache"] == "BYPASS"
    assert ask(port, cookie="csrftoken=x").headers["x-cache"] == "HIT"
    stops = TILE.replace("trees", "route-stops")
    assert ask(port, stops, **told).headers["cache-control"] == "private, no-cache"
    assert (ask(port, stops).status, ask(port, stops).headers["x-cache"]) == (401, "MISS")


def test_no_tile_is_stale_behind_the_proxy(service: Service, port: int) -> None:
    """A change in SQL is heard of; one through the service is gone from the cache before its answer, but for a tile
    that nginx stored in just that moment: it goes a quarter of a second later."""
    town = Town(service, [port], seed=7, grace_s=LATE_WITHIN_S)
    report = run(town, 100)
    town.close()
    assert report.stale == []


def test_events_pass_at_once(service: Service, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/events?collections=trees")
    stream = connection.getresponse()
    assert stream.readline() == b"retry: 2000\n"
    stream.readline()
    stream.readline()
    Town(service, [port], seed=2).create("trees", (WEST, SOUTH))
    assert stream.readline() == b"event: change\n"
    assert b'"bbox": [-7.6' in stream.readline()
    connection.close()
