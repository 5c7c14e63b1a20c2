"""What the kernels keep up step by step is what a recomputation from nothing gives."""

import os
import subprocess
import sys

import numpy as np
import pytest

from analysis.routes.search import decode
from analysis.routes.search.encode import encode
from analysis.routes.search.kernels import anneal
from analysis.routes.search.model import BEST, COST, NO_WAY, empty_state
from tests.analysis.routes.problems import vehicles
from tests.analysis.routes.streets import streets


@pytest.mark.parametrize(("count", "sites", "days"), [(20, 2, 1), (20, 0, 1), (12, 1, 2), (300, 1, 1)])
def test_the_running_cost_is_the_cost_computed_anew(count, sites, days):
    problem = streets(count, vehicles(4, kg=2000, hours=6), sites=sites, days=days)
    encoded = encode(problem, tuple(range(count)))
    model, state = encoded.model, empty_state(encoded.model, 3)
    anneal.total(model, state)
    for _ in range(5):
        anneal.improve(model, state, 40, 50_000.0, False)
        running = int(state.numbers[COST])
        anneal.restart(state)
        anneal.restore(model, state)
        assert int(state.numbers[COST]) == int(state.numbers[BEST]) == running


def test_the_length_of_a_route_is_that_of_the_route_driven():
    problem = streets(40, vehicles(3, kg=1500, hours=5), sites=2)
    encoded = encode(problem, tuple(range(40)))
    state = empty_state(encoded.model, 1)
    anneal.total(encoded.model, state)
    anneal.improve(encoded.model, state, 200, 10.0, False)
    anneal.restore(encoded.model, state)
    routes = decode.routes(problem, encoded, decode.best_stops(encoded, state))
    lengths_s = state.length[state.size > 0] / encoded.ticks_per_s
    assert [route.duration_s for route in routes] == pytest.approx(lengths_s, abs=0.1)


def test_places_without_a_way_are_far():
    problem = streets(5, vehicles(1))
    problem.time_s[3, :] = np.inf
    assert (encode(problem, (0, 1, 2, 3, 4)).model.time == NO_WAY).any()


def test_no_kernel_asks_an_array_for_what_is_before_its_start():
    """Compiled, they would read whatever lies there (kernels/compiled.py)."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.analysis.routes.search.watched"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100_000
