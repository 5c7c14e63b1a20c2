"""Where the benchmarks' databases are."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

PREFIX = "casagis_bench_"


def database_url(size: str, var: Path) -> str:
    """On the server that $DATABASE_URL or the private cluster (var/postgres.url) names."""
    server = os.environ.get("DATABASE_URL") or (var / "postgres.url").read_text(encoding="utf-8").strip()
    return at_database(server, PREFIX + size)


def at_database(url: str, name: str) -> str:
    """The same server and person, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def name_of(url: str) -> str:
    return urlsplit(url).path.lstrip("/")
