"""Which tests share a process of pytest-xdist, and which start first: a file at a time, the longest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "tests/e2e": "tests/e2e",  # one served city
    "tests/conformance": "tests/conformance",  # one served city
    # servers that start at the same moment may choose the same free port
    "tests/layers/formats/test_leaving.py": "servers",
    "tests/scripts/test_server.py": "servers",
}
LONGEST = (  # half a minute and more: started last, one of them would leave the other processes idle
    "tests/e2e",
    "tests/importers/test_synthetic_casablanca.py",
    "tests/contracts/test_openapi_fuzz.py",
    "tests/conformance",
    "tests/frontend/test_scripts.py",
    "servers",
)


def unit_of(nodeid: str) -> str:
    """The test's file, or what stands for all files that use one costly thing."""
    file = PurePosixPath(nodeid.split("::", 1)[0])
    return next((TOGETHER[str(path)] for path in (file, *file.parents) if str(path) in TOGETHER), str(file))


def start_order(nodeids: Iterable[str]) -> dict[str, int]:
    """The place of each unit: the longest first, then those of most tests."""
    tests = Counter(unit_of(nodeid) for nodeid in nodeids)
    rank = {unit: place for place, unit in enumerate(LONGEST)}
    ordered = sorted(tests, key=lambda unit: (rank.get(unit, len(rank)), -tests[unit]))
    return {unit: place for place, unit in enumerate(ordered)}


class ByUnits(LoadScopeScheduling):
    """What the tests of a file share is made once. Units start in the order in which they were collected.

    xdist_group marks would not do: pytest-xdist 3.8 writes them where pytest 9.2 no longer reads."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
