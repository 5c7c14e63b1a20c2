"""How these tests ask the raw ASGI doors, and where in the city they put their features."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection
from pyproj import Transformer

from tiles import connections, listener
from tiles.grids import WEB_MERCATOR_QUAD, TileId
from tiles.readers import forget_readers
from tiles.vector.asgi import application as vector_application

# Rows are committed, because the doors read on connections of their own; only the layers' tables are emptied again.
COMMITTED = pytest.mark.django_db(
    transaction=True, available_apps=["django.contrib.auth", "django.contrib.contenttypes", "layers", "tiles"]
)
TO_3857 = Transformer.from_crs(4326, 3857, always_xy=True)
TO_4326 = Transformer.from_crs(3857, 4326, always_xy=True)


def with_client(
    work: Callable[[httpx.AsyncClient], Awaitable[Any]], application: Any = vector_application
) -> Any:
    """What `work` returns, on a loop and a pool of its own."""

    async def run() -> Any:
        try:
            transport = httpx.ASGITransport(application)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await work(client)
        finally:
            forget_readers()
            await listener.close()
            await connections.close()

    return asyncio.run(run())


def ask(
    path: str, application: Any = vector_application, method: str = "GET", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return with_client(lambda client: client.request(method, path, headers=named), application)


def tile_path(layer: str, tile: TileId) -> str:
    return f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}"


@pytest.fixture
def center() -> tuple[float, float]:
    """Longitude and latitude of the middle of the city."""
    return settings.CITY.bbox.center


@pytest.fixture
def tile_of_center(center: tuple[float, float]) -> Callable[[int], TileId]:
    return lambda z: WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*center), z)


@pytest.fixture(autouse=True)
def empty_caches(tmp_path: Path, settings: Any) -> None:
    """As on a machine where no process ran before."""
    settings.VAR = tmp_path


@pytest.fixture(autouse=True)
def never_the_real_database(request: pytest.FixtureRequest) -> None:
    """These tests commit and delete: a database that is not the tests' own must stop them."""
    if request.node.get_closest_marker("django_db"):
        assert connection.settings_dict["NAME"].startswith("test_"), connection.settings_dict["NAME"]
