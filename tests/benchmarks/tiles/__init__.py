"""Vector tiles beside their peers and limits: cold, under load, warm, the cost of an edit, sizes, freshness."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from layers.registry import get_layer
from tests.benchmarks.frame import Row
from tests.benchmarks.servers import Client
from tests.benchmarks.stage import Stage, our_server
from tests.benchmarks.tiles import bands, cold, freshness, peers, rates, sizes
from tests.benchmarks.tiles.subjects import Subject

WANTED = (
    *(("parcels", z) for z in (16, 14, 12)),
    *(("green-spaces", z) for z in (16, 14, 12)),
    ("streets", 15),
    ("trees", 16),
)
COLD = {"CASAGIS_TILE_CACHE_MB": "0", "CASAGIS_TILE_DISK_MB": "0"}


def run(scene: Stage) -> list[Row]:
    subjects = [Subject(get_layer(layer), z) for layer, z in WANTED]
    rows: list[Row] = []
    with cold_server(scene) as client:
        ours = peers.ours(client)
        with peers.started(scene, subjects) as rivals:
            rows += cold.run(scene, ours, rivals, subjects)
            rows += rates.cold(scene, ours, rivals, subjects[0])
        rows += sizes.run(scene, ours)
    rows += rates.warm(scene, subjects[0])
    rows += freshness.run(scene)
    rows += bands.run(scene)
    return rows


@contextmanager
def cold_server(scene: Stage) -> Iterator[Client]:
    """It keeps no tile, and finds none that an earlier run kept on the disk."""
    with (
        TemporaryDirectory(dir=scene.home) as empty,
        our_server(scene.home, {**COLD, "CASAGIS_VAR": empty}) as client,
    ):
        yield client
