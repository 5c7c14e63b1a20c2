"""Random numbers that are the same on every machine and in every thread (xorshift64*)."""

from __future__ import annotations

import numpy as np

from analysis.routes.search.kernels.compiled import compiled

A, B, C = np.uint64(12), np.uint64(25), np.uint64(27)
MULTIPLIER = np.uint64(0x2545F4914F6CDD1D)
DOWN = np.uint64(11)


@compiled
def uniform(random):
    """In [0, 1)."""
    x = random[0]
    x ^= x >> A
    x ^= x << B
    x ^= x >> C
    random[0] = x
    return np.float64((x * MULTIPLIER) >> DOWN) * (1.0 / 9007199254740992.0)


@compiled
def below(random, n):
    """A whole number in [0, n)."""
    return np.int64(uniform(random) * n)
