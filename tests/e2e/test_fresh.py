"""Four server processes on one database: whatever is edited, no tile that is read afterwards is of before."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator

import pytest

from tests.benchmarks.servers import END_WITHIN_S
from tests.e2e.feature_service import Service, feature_service
from tests.tiles.freshness import ZOOMS, Town, run, several_servers

pytestmark = pytest.mark.django_db  # the tests' database is copied; nothing is written into it

EDITS = 150
SERVERS = 4
_DEAFEN = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'casagis listener'"
)


@pytest.fixture(scope="module")
def service(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with feature_service(tmp_path_factory.mktemp("var")) as made:
        yield made


def test_no_tile_is_stale_after_any_edit_through_any_process(service: Service) -> None:
    with several_servers(service, SERVERS) as ports:
        town = Town(service, ports, seed=4)
        report = run(town, EDITS)
        gone = service.rows(_DEAFEN)  # nobody is told of commits for a while
        report = run(town, EDITS)
        town.close()
    assert len(gone) >= SERVERS  # one that was connecting anew at that moment counts twice
    assert report.stale == []
    assert report.edits == 2 * EDITS
    assert report.not_modified > 0


def test_what_was_kept_on_disk_is_looked_at_again_after_a_start(service: Service) -> None:
    with several_servers(service, 1) as ports:
        town = Town(service, ports, seed=5)
        town.create("trees", town.place())
        place = town.place()
        tiles = [town.tile(place) for _ in ZOOMS]
        assert all(town.look(tile) for tile in tiles)
        before = [town.read(tile) for tile in tiles]
        town.close()
    town = Town(service, [], seed=6)
    town.database.execute("UPDATE layers_tree SET geom = ST_SetSRID(ST_MakePoint(%s, %s), 4326)", place)
    with several_servers(service, 1) as ports:
        again = Town(service, ports, seed=5)
        assert all(again.look(tile) for tile in tiles)
        assert [again.read(tile) for tile in tiles] != before
        again.close()
    town.close()


def test_server_ends_at_once_though_maps_listen(service: Service) -> None:
    with service.serving(workers=1) as client:
        stream = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
        stream.request("GET", "/events?collections=trees")
        told = stream.getresponse()
        assert told.readline() == b"retry: 2000\n"
        stopped = time.monotonic()
    assert time.monotonic() - stopped < END_WITHIN_S
    assert b"" in {told.readline() for _ in range(4)}, "the stream ends as a whole answer"
