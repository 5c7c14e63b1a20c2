"""Tiles in a second: cold under four clients, beside pgbench and the peers; warm, beside a server with one answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from tests.benchmarks.frame import Case, Row, Run, measure_rates
from tests.benchmarks.peers import constant
from tests.benchmarks.servers import Client
from tests.benchmarks.stage import Stage, our_server
from tests.benchmarks.tiles import nginx
from tests.benchmarks.tiles.load import ask, pgbench, run_statements, script_of
from tests.benchmarks.tiles.peers import TileServer, ours
from tests.benchmarks.tiles.subjects import Subject, distinct_tiles, filled_tiles

ROUNDS = 3
CLIENTS, GOAL_OF_PGBENCH = 4, 0.85
WARM_CLIENTS, WARM_TILES, WORKERS = 8, 100, 2
GOAL_OF_CONSTANT, GOAL_WARM, GOAL_NGINX = 0.8, 12_000, 25_000


def seconds(scene: Stage) -> int:
    return 1 if scene.quick else 5


def cold(scene: Stage, ours: TileServer, peers: list[TileServer], subject: Subject) -> Iterator[Row]:
    """Each client keeps asking for another tile; all compete for the same cores, the asking program too."""
    if not shutil.which("wrk"):
        scene.say("without rates: no wrk on PATH (apt-get install wrk)")
        return
    tiles = distinct_tiles(scene.random(), subject.z, len(filled_tiles(subject.z)))

    def served(server: TileServer) -> Run:
        paths = [server.path(subject, tile) for tile in tiles]
        load = partial(
            ask, server.client, paths, scene.home, clients=CLIENTS, threads=1, seconds=seconds(scene)
        )
        return lambda _number: load()

    name = f"{subject.layer.id} z{subject.z}, cold, {CLIENTS} clients"
    cases = [Case(f"{name}; {peer.name}", served(ours), served(peer)) for peer in peers]
    if program := pgbench():
        for what, statement, goal in (
            ("our SQL", subject.our_sql, GOAL_OF_PGBENCH),
            ("plain ST_AsMVT", subject.plain_sql, None),
        ):
            run = partial(run_statements, program, scene.url, script_of(statement, subject.z), scene.home)
            limit = partial(run, clients=CLIENTS, seconds=seconds(scene))
            cases.append(Case(f"{name}; pgbench, {what}", served(ours), None, _each_time(limit), goal))
    else:
        scene.say("without pgbench: not beside the server (apt-get install postgresql)")
    for case in cases:
        scene.say(f"measuring {case.name}")
        yield measure_rates(case, ROUNDS)


def _each_time(load: Callable[[], float]) -> Run:
    return lambda _number: load()


def warm(scene: Stage, subject: Subject) -> Iterator[Row]:
    """The same tiles over and over, as a browser asks for them, from our server and from nginx before it."""
    if not shutil.which("wrk"):
        return
    known = {"CASAGIS_NGINX_CACHE": str(nginx.cache(scene.home))}
    with our_server(scene.home, known, workers=WORKERS) as client:
        server = ours(client)
        paths = [server.path(subject, tile) for tile in distinct_tiles(scene.random(), subject.z, WARM_TILES)]
        bodies = sorted((client.get(path, encoding="gzip") for path in paths), key=len)
        answer = bodies[len(bodies) // 2]
        with constant(scene.home, answer, workers=WORKERS) as same:
            yield _beside(scene, "the same server, one answer", client, same, paths, GOAL_WARM)
        if not shutil.which("nginx"):
            scene.say("without nginx: not on PATH (apt-get install nginx-light)")
            return
        with nginx.in_front_of(client, scene.home, answer) as (door, file):
            yield _beside(scene, "behind nginx; nginx, one file", door, file, paths, GOAL_NGINX)


def _beside(scene: Stage, what: str, client: Client, same: Client, paths: list[str], enough: int) -> Row:
    """Met by the share of what the same server can do at all, or by so many in a second that it does not matter."""
    case = Case(
        f"warm, {WARM_CLIENTS} clients; {what}",
        _warm(scene, client, paths),
        None,
        _warm(scene, same, ["/"]),
        GOAL_OF_CONSTANT,
    )
    scene.say(f"measuring {case.name}")
    row = measure_rates(case, ROUNDS)
    return replace(row, met=row.met or row.ours >= enough, note=f"met too by {enough:,} tiles a second")


def _warm(scene: Stage, client: Client, paths: list[str]) -> Run:
    load = partial(ask, client, paths, scene.home, clients=WARM_CLIENTS, threads=2, seconds=seconds(scene))
    return lambda _number: load(encoding="gzip")
