"""python -m tests.benchmarks NAME [--quick] [--json FILE]: one benchmark, or "all"; see docs/performance.md.

"routes" needs no database, takes hours, and is not among "all"; --only names the sets that it runs."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import psycopg

BENCHMARKS = {
    "items": "tests.benchmarks.items",
    "tiles": "tests.benchmarks.tiles",
    "features": "tests.benchmarks.features",
    "analysis": "tests.benchmarks.analysis",
}
ROUTES = "routes"
WITHOUT_DATABASE = frozenset({"analysis"})
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are ended on the way out
    wish = _arguments()
    if wish.name == ROUTES:
        return _measure_routes(wish)
    var = Path(os.environ.get("CASAGIS_VAR", ROOT / "var")).resolve()
    url = _set_up(var, quick=wish.quick)
    from tests.benchmarks.frame import table, write_json  # noqa: PLC0415  after Django is set up
    from tests.benchmarks.stage import bare_stage, stage  # noqa: PLC0415

    rows = []
    prepared = (
        bare_stage(var / "bench", quick=wish.quick, say=_say)
        if wish.name in WITHOUT_DATABASE
        else stage(var / "bench", url, quick=wish.quick, say=_say)
    )
    with prepared as scene:
        for name in BENCHMARKS if wish.name == "all" else [wish.name]:
            rows += import_module(BENCHMARKS[name]).run(scene)
    print(table(rows))
    if wish.json:
        write_json(wish.json, wish.name, rows, {"quick": wish.quick, **_about(url)})
    return 0 if all(row.met is not False for row in rows) else 1


def _measure_routes(wish: argparse.Namespace) -> int:
    from tests.benchmarks.routes.report import measure, table, write_json  # noqa: PLC0415  numpy and pandas

    rows = measure(wish.only, quick=wish.quick, seed=wish.seed, say=_say)
    print(table(rows))
    if wish.json:
        write_json(wish.json, rows, {"quick": wish.quick, "seed": wish.seed, **_machine()})
    return 0 if all(row.met is not False for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("name", choices=[*BENCHMARKS, ROUTES, "all"])
    parser.add_argument("--quick", action="store_true", help="fewer rows and repetitions")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--only", nargs="+", default=[], metavar="SET", help="of routes: these sets alone")
    parser.add_argument("--seed", type=int, default=1, help="of routes: the solvers' seed")
    return parser.parse_args()


def _set_up(var: Path, *, quick: bool) -> str:
    """Django on the benchmarks' own database and folder; the city is always Casablanca."""
    from tests.benchmarks.urls import database_url  # noqa: PLC0415  beside _set_up, which needs it alone

    url = database_url("quick" if quick else "full", var)
    (var / "bench").mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "DATABASE_URL": url,
        "CASAGIS_VAR": str(var / "bench"),
        "CASAGIS_CITY": "casablanca",
        "DJANGO_SETTINGS_MODULE": "gis_core.settings",
    }
    django.setup()
    return url


def _about(url: str) -> dict[str, Any]:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version(), postgis_lib_version()").fetchone()
    return {
        **_machine(),
        "postgresql": row[0].split(" (")[0] if row else "",
        "postgis": row[1] if row else "",
    }


def _machine() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
