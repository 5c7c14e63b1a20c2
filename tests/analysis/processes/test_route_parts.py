"""Zones and seeds as parts of a job: the same plan as in one piece, whoever solves which part."""

from __future__ import annotations

from collections import deque

import pytest
from django.db import connection
from django.utils import translation

from analysis.processes.routes.checking import CheckPlan
from analysis.processes.routes.handing import district_name
from gis_core.jobs.models import Job
from gis_core.jobs.parts import told
from gis_core.jobs.run import create_job, dismiss_job, run_job, run_process
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.town import MONDAY, optimise

pytestmark = pytest.mark.django_db
INPUTS = {"date": MONDAY, "max_iterations": 60, "seed": 1}


def split_job(**inputs) -> tuple[Job, deque]:
    queue: deque[Job] = deque()
    job = create_job("optimize-routes", INPUTS | inputs, actor="amina")
    return run_job(job, enqueue=queue.append), queue


def work(queue: deque, most: int = 100) -> None:
    while queue and most:
        job, most = queue.popleft(), most - 1
        if found := Job.objects.filter(id=job.id).first():
            run_job(found, enqueue=queue.append)


def stops(plan: str) -> list[tuple]:
    found = read_frame("route-stops", ["route", "sequence", "container", "arrives_at"], equals={"plan": plan})
    rows = zip(
        found["route"].str.rpartition("/")[2],
        *(found[n] for n in ("sequence", "container", "arrives_at")),
        strict=True,
    )
    return sorted(rows)  # fmt: skip


@pytest.mark.parametrize("kind", ["containers", "kerbside"])
def test_parts_make_the_plan_that_one_piece_makes(town, kind):
    asked = {"kind": kind, "due_only": False}
    whole = optimise(publish=False, **(INPUTS | asked))
    job, queue = split_job(**asked)
    assert (job.status, len(queue)) == ("split", 2)
    queue.reverse()
    work(queue)
    job.refresh_from_db()
    assert (job.status, job.problem) == ("successful", None)
    assert stops(job.outputs["plan"]) == stops(whole["plan"])
    assert job.outputs["totals"]["cost"] == whole["totals"]["cost"]
    assert CheckPlan().run({"plan": job.outputs["plan"]}, Recorder())["feasible"]


def test_more_seeds_are_never_worse_and_are_the_best_of_them(town):
    few = INPUTS | {"max_iterations": 2}
    each = [optimise(publish=False, **(few | {"seed": seed}))["districts"] for seed in (1, 2, 3)]
    job, queue = split_job(seeds=3, max_iterations=2)
    assert len(queue) == 6
    work(queue)
    job.refresh_from_db()
    best = [min(zone["cost"] for zone in zones) for zones in zip(*each, strict=True)]
    assert [zone["cost"] for zone in job.outputs["districts"]] == pytest.approx(best)
    inline = run_process("optimize-routes", INPUTS | {"seeds": 3, "max_iterations": 2}, actor="amina")
    assert inline.outputs["totals"] == job.outputs["totals"]


def test_cost_of_all_zones_falls_from_the_comparison(town):
    job, _ = split_job(max_iterations=500)
    assert told(job)[1] == {"cost": job.live["cost"]}
    for part in job.parts.all():
        costs = [job.live["zones"][part.inputs["zone"]] - step for step in (0.0, 1.0, 3.0)]
        Job.objects.filter(id=part.id).update(
            started=job.started, live={"zone": part.inputs["zone"], "cost": [[n, c] for n, c in enumerate(costs)]}
        )  # fmt: skip
    falls = [cost for _, cost in told(job)[1]["cost"]]
    assert falls == pytest.approx([falls[0] - saved for saved in (0, 1, 2, 4, 6)], abs=0.02)


def test_data_that_change_meanwhile_are_told_and_nothing_is_stored(town):
    job, queue = split_job()
    work(queue, most=1)
    fuller = read_frame("waste-containers", ["external_id", "fraction", "capacity_l"]).iloc[:1]
    load_features("waste-containers", fuller.drop(columns="id").assign(fill_pct=99.0))
    work(queue)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "were changed while it was made" in job.problem["detail"]
    assert read_frame("route-plans").empty


def test_cancelled_plan_leaves_nothing(town):
    job, queue = split_job()
    work(queue, most=1)
    dismiss_job(job)
    work(queue)
    assert [row.status for row in Job.objects.all()] == ["dismissed"]
    assert read_frame("route-plans").empty


def test_one_zone_with_one_seed_is_solved_at_once(town):
    job, queue = split_job(districts=["west"])
    assert (job.status, len(queue)) == ("successful", 0)
    assert connection.in_atomic_block  # the test's own transaction: all of this was one


def test_districts_are_called_by_their_names_while_one_waits(town):
    with translation.override("fr"):
        assert district_name(["west", "nowhere"]) == {"district": "Ouest, nowhere"}
        assert district_name([""]) == {"district": "toute la ville"}
