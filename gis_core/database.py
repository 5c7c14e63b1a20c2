"""Which PostgreSQL: $DATABASE_URL, or the private cluster that script/postgres made (var/postgres.url)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gis_core.errors import InvalidInput, Unavailable


def database_settings(var: Path, city: str) -> dict[str, Any]:
    """Django's DATABASES entry. The private cluster holds one database a city, `casagis_<city>`."""
    url = os.environ.get("DATABASE_URL") or _private_url(var, city)
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql", "postgis"}:
        raise InvalidInput(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": query.pop("port", None) or parts.port or "",
        # Each worker thread keeps its connection (gis_core.handler.THREADS).
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def _private_url(var: Path, city: str) -> str:
    path = var / "postgres.url"
    if not path.is_file():
        raise Unavailable(
            "No database: set DATABASE_URL, or run script/postgres start to make a private one."
        )
    return path.read_text(encoding="utf-8").strip().format(database=f"casagis_{city.replace('-', '_')}")
