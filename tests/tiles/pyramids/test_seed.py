"""Tiles prepared before anybody asks: the first visitor gets them and nothing is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mapbox_vector_tile import decode

from gis_core.jobs import progress
from gis_core.jobs.models import Job
from gis_core.jobs.run import create_job, dismiss_job, pause_job, resume_job, run_job, run_process
from layers.catalog.trees.model import Tree
from layers.models import CollectionRight
from layers.policy import forget_rights
from tests.tiles.conftest import COMMITTED, ask, tile_path
from tests.tiles.pyramids.conftest import make_city, text_of
from tiles.disk import DiskCache
from tiles.pyramids import seed as seeding
from tiles.vector import public_tiles as serving

pytestmark = COMMITTED
LAYERS = "streets,green-spaces,trees"


@pytest.fixture(autouse=True)
def told_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "WRITE_EVERY_S", 0)
    monkeypatch.setattr(seeding, "TOLD_EVERY", 1)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the tiles that are drawn and kept, in order."""
    addresses: list[str] = []
    keep = seeding._keep

    def noted(disk: DiskCache, shown: Any, drawn: Any) -> int:
        addresses.append(tile_path(",".join(layer.id for layer, _ in shown), drawn.tile))
        return keep(disk, shown, drawn)

    monkeypatch.setattr(seeding, "_keep", noted)
    return addresses


def asked(box, layers: str = LAYERS, **more: Any) -> dict[str, Any]:
    return {"layers": layers, "bbox": text_of(box), "min_zoom": 13, "max_zoom": 16, **more}


def seed(inputs: dict[str, Any]) -> Job:
    job = run_process("seed-tiles", inputs, actor="cli:test")
    assert job.status == "successful", job.problem
    return job


def tileset(path: str) -> str:
    return path.split("/")[2]


@pytest.mark.parametrize(("together", "named"), [(False, set(LAYERS.split(","))), (True, {LAYERS})])
def test_first_visitor_is_served_and_nothing_is_drawn(box, kept, monkeypatch, together, named) -> None:
    make_city(box, seed=1)
    job = seed(asked(box, together=together))
    assert {tileset(path) for path in kept} == named
    assert job.outputs["tiles"] == len(kept) > 20
    assert job.outputs["ready"] == 0
    assert job.outputs["bytes"] >= len(kept) * 4096
    zooms = [int(path.split("/")[3]) for path in kept if tileset(path) == tileset(kept[0])]
    assert zooms == sorted(zooms)  # coarse before fine

    async def never(order: Any) -> Any:
        raise AssertionError(f"{order.key} was not seeded")

    monkeypatch.setattr(serving, "draw", never)
    answers = [ask(path) for path in kept]
    assert {answer.status_code for answer in answers} <= {200, 204}
    assert sum("trees" in decode(answer.content) for answer in answers if answer.content) > 10


def test_what_is_ready_is_not_drawn_again_until_something_changes(box, kept) -> None:
    make_city(box, seed=2)
    first = seed(asked(box))
    count = len(kept)
    again = seed(asked(box))
    assert (again.outputs["tiles"], again.outputs["ready"]) == (0, first.outputs["tiles"])
    Tree.objects.first().delete()
    seed(asked(box))
    assert {tileset(path) for path in kept[count:]} == {"trees"}


def test_edit_after_the_seeding_is_seen(box, kept) -> None:
    make_city(box, seed=3, trees=0)
    tree = Tree.objects.create(geom=f"SRID=4326;POINT({box.center[0]} {box.center[1]})")
    seed(asked(box, "trees", min_zoom=16))
    path = next(path for path in kept if ask(path).content)
    assert [feature["id"] for feature in decode(ask(path).content)["trees"]["features"]] == [tree.pk]
    tree.delete()
    assert ask(path).status_code == 204


def at_progress(action: Callable[[Job], Any], percent: float) -> Callable[[Job], Job]:
    """Runs a job and does something to it once it is so far."""

    def run(job: Job) -> Job:
        done = []

        def look(now: float, _message: str) -> None:
            if now >= percent and not done:
                done.append(action(Job.objects.get(id=job.id)))

        return run_job(job, on_progress=look)

    return run


def test_paused_seeding_goes_on_where_it_stopped(box, kept) -> None:
    make_city(box, seed=4)
    job = create_job("seed-tiles", asked(box), actor="cli:test")
    at_progress(pause_job, 40)(job)
    before = list(kept)
    assert (job.status, job.checkpoint["tiles"]) == ("paused", len(before))
    assert f"{len(before)} of " in job.message
    assert tileset(before[-1]) != LAYERS.split(",")[-1]
    job = run_job(resume_job(job))
    assert (job.status, job.outputs["tiles"]) == ("successful", len(kept))
    assert len(before) < len(kept) == len(set(kept))  # no tile twice
    assert seed(asked(box)).outputs["tiles"] == 0  # and none left out


def test_cancelled_seeding_leaves_a_cache_that_is_good(box, kept) -> None:
    make_city(box, seed=5)
    job = at_progress(dismiss_job, 40)(create_job("seed-tiles", asked(box), actor="cli:test"))
    assert job.status == "dismissed"
    count = len(kept)
    assert count > 0
    assert seed(asked(box)).outputs["ready"] == count


def test_what_is_not_public_is_refused(box) -> None:
    for layers in ("route-stops", "trees,route-stops"):
        job = run_process("seed-tiles", asked(box, layers), actor="cli:test")
        assert (job.status, job.problem["status"]) == ("failed", 403)
        assert job.problem["detail"].startswith("Only what everybody may see is prepared")


def test_hidden_field_is_in_no_kept_tile(box, settings, kept) -> None:
    make_city(box, seed=6)
    CollectionRight.objects.create(
        collection="trees", role="public", read="city", write="none", hidden=["species"]
    )
    forget_rights()
    seed(asked(box, "trees", max_zoom=17))
    files = [path.read_bytes() for path in settings.VAR.glob("tiles/*/kept/**/*") if path.is_file()]
    assert len(files) == len(kept) > 10
    assert not any(b"Ficus" in content or b"species" in content for content in files)


def test_cache_that_is_too_small_says_so(box, settings) -> None:
    make_city(box, seed=7)
    settings.TILE_DISK_BYTES = 20_000
    job = run_process("seed-tiles", asked(box), actor="cli:test")
    assert (job.status, job.problem["status"]) == ("failed", 413)
    assert "CASAGIS_TILE_DISK_MB" in job.problem["detail"]


def test_server_that_keeps_no_tiles_says_so(box, settings) -> None:
    settings.TILE_DISK_BYTES = 0
    job = run_process("seed-tiles", asked(box), actor="cli:test")
    assert job.problem["status"] == 503
