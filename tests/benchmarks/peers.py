"""The peers: installed from hashed locks into environments of their own, because their versions would fight ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

from gis_core.database import database_settings
from layers.policy import Access
from tests.benchmarks.servers import Client, granian, served
from tiles.grids import BUFFER, EXTENT

HERE = Path(__file__).parent
MOST = 10_000  # features of a page that a peer may be asked for


def install(name: str, home: Path) -> Path:
    """The bin folder of the environment that <name>.lock describes; made when it is missing or the lock changed."""
    lock = HERE / f"{name}.lock"
    folder, stamp = home / name, home / f"{name}.sha256"
    wanted = sha256(lock.read_bytes()).hexdigest()
    if not (stamp.is_file() and stamp.read_text() == wanted):
        home.mkdir(parents=True, exist_ok=True)
        _uv("venv", "-q", "--clear", "--python", sys.executable, str(folder))
        _uv("pip", "sync", "-q", "--require-hashes", "--python", str(folder / "bin" / "python"), str(lock))
        stamp.write_text(wanted)
    return folder / "bin"


def _uv(*arguments: str) -> None:
    subprocess.run([str(Path(sys.executable).with_name("uv")), *arguments], check=True)


@contextmanager
def tipg(home: Path) -> Iterator[Client]:
    """tipg under uvicorn with uvloop, one worker, its caps out of the way and its tiles of our extent and buffer."""
    program = install("tipg", home)
    found = {name: quote(str(value or ""), safe="") for name, value in database().items()}
    place = f"{found['HOST'] or 'localhost'}:{found['PORT'] or 5432}"  # a socket's folder too must be the host here
    env = {
        "DATABASE_URL": f"postgresql://{found['USER']}:{found['PASSWORD']}@{place}/{found['NAME']}",
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_TILE_RESOLUTION": str(EXTENT),
        "TIPG_TILE_BUFFER": str(BUFFER),
        "TIPG_CATALOG_TTL": "86400",
        "TIPG_DB_SCHEMAS": '["public"]',
    }
    command = [str(program / "uvicorn"), "tipg.main:app", "--port", "{port}", "--workers", "1"]
    command.append("--no-access-log")
    with served(command, env=env, ready="/healthz", log=home / "tipg.log", cwd=home) as client:
        yield client


@contextmanager
def pygeoapi(home: Path, accesses: Sequence[Access]) -> Iterator[Client]:
    """pygeoapi with its PostgreSQL provider under gunicorn, one worker; each collection under its own id, with the
    columns that `accesses` show."""
    program = install("pygeoapi", home)
    config, description = home / "pygeoapi.json", home / "pygeoapi-openapi.yml"
    config.write_text(json.dumps(_pygeoapi_config(accesses)), encoding="utf-8")  # JSON is YAML
    generate = [str(program / "pygeoapi"), "openapi", "generate", str(config)]
    subprocess.run([*generate, "--output-file", str(description)], check=True, capture_output=True)
    env = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(description)}
    command = [
        str(program / "gunicorn"),
        "--workers",
        "1",
        "--threads",
        "2",
        "--keep-alive",
        "60",
        "--no-control-socket",
    ]
    command += ["--bind", "127.0.0.1:{port}", "pygeoapi.flask_app:APP"]
    with served(command, env=env, ready="/conformance", log=home / "pygeoapi.log", cwd=home) as client:
        yield client


def _pygeoapi_config(accesses: Sequence[Access]) -> dict[str, Any]:
    url = "http://127.0.0.1"
    text = {"title": "benchmark", "description": "benchmark", "keywords": ["benchmark"]}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 80},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": MOST, "max_items": MOST, "on_exceed": "throttle"},
            "map": {"url": url, "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**text, "keywords_type": "theme", "terms_of_service": "none", "url": url},
            "license": {"name": "none", "url": url},
            "provider": {"name": "benchmark", "url": url},
            "contact": {"name": "benchmark", "email": "benchmark@localhost", "url": url},
        },
        "resources": {
            access.collection.id: {
                "type": "collection",
                **text,
                "links": [],
                "extents": {"spatial": {"bbox": list(settings.CITY.bbox.as_tuple())}},
                "providers": [_pygeoapi_provider(access)],
            }
            for access in accesses
        },
    }


def _pygeoapi_provider(access: Access) -> dict[str, Any]:
    found = database()
    return {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": found["HOST"] or "/var/run/postgresql",
            "port": int(found["PORT"] or 5432),
            "dbname": found["NAME"],
            "user": found["USER"],
            "password": found["PASSWORD"],
            "search_path": ["public"],
        },
        "id_field": "id",
        "table": access.collection.table,
        "geom_field": "geom",
        "properties": [field.name for field in access.fields],
    }


@contextmanager
def drf(home: Path, access: Access) -> Iterator[Client]:
    """A GeoFeatureModelSerializer over one collection under Granian (WSGI), one worker with one thread."""
    program = install("drf", home)
    env = {
        **django_env("drf"),
        "BENCH_TABLE": access.collection.table,
        "BENCH_COLUMNS": json.dumps({field.name: field.type for field in access.fields}),
    }
    command = wsgi(program)
    with served(command, env=env, ready="/items?limit=1", log=home / "drf.log", cwd=home) as client:
        yield client


def django_env(project: str) -> dict[str, str]:
    """What the Django project in folder `project` needs: itself, the database and the native libraries."""
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    found = database()
    return {
        **{f"BENCH_DATABASE_{name}": str(found[name] or "") for name in names},
        "GDAL_LIBRARY_PATH": settings.GDAL_LIBRARY_PATH,
        "GEOS_LIBRARY_PATH": settings.GEOS_LIBRARY_PATH,
        "PYTHONPATH": str(HERE / project),
    }


def wsgi(program: Path) -> list[str]:
    """The command that serves `project:application` with one worker and one thread."""
    command = [str(program / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}"]
    return [
        *command, "--workers", "1", "--blocking-threads", "1", "--log-level", "warning", "project:application"
    ]  # fmt: skip


@contextmanager
def constant(home: Path, answer: bytes, *, workers: int = 1) -> Iterator[Client]:
    """A bare ASGI application under our own server that answers with these bytes, whatever is asked."""
    body = home / "constant.json"
    body.write_bytes(answer)
    command = granian("constant:application", workers=workers)
    env = {"BENCH_ANSWER": str(body), "PYTHONPATH": str(HERE)}
    with served(command, env=env, ready="/", log=home / "constant.log", cwd=home) as client:
        yield client


def database() -> dict[str, Any]:
    return database_settings(Path(settings.VAR), settings.CITY.slug)
