"""Fixtures of the raster tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from pyproj import Transformer

from layers.catalog.pollution_grids.model import PollutionGrid
from tests.tiles.conftest import ask
from tests.tiles.raster.pictures import CELL_M, COLUMNS, EMPTY, ROWS, make_cog, register
from tiles.raster.asgi import application


@pytest.fixture
def corner(center) -> tuple[float, float]:
    to_metric = Transformer.from_crs(4326, settings.CITY.metric_crs, always_xy=True)
    x, y = to_metric.transform(*center)
    return round(x) - COLUMNS * CELL_M / 2, round(y) + ROWS * CELL_M / 2


@pytest.fixture
def values() -> np.ndarray:
    """Rising from west to east, 0 to 59 µg/m³, with a hole."""
    grid = np.tile(np.arange(COLUMNS, dtype="float32"), (ROWS, 1))
    grid[EMPTY] = -9999
    return grid


@pytest.fixture
def media(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def grid(media: Path, values: np.ndarray, corner: tuple[float, float]) -> PollutionGrid:
    make_cog(media / "air" / "no2.tif", values, corner)
    return register("air/no2.tif")


@pytest.fixture
def cell_lon_lat(corner):
    """Longitude and latitude of a cell's middle, by row and column."""
    to_4326 = Transformer.from_crs(settings.CITY.metric_crs, 4326, always_xy=True)

    def place(row: int, column: int) -> tuple[float, float]:
        return to_4326.transform(corner[0] + (column + 0.5) * CELL_M, corner[1] - (row + 0.5) * CELL_M)

    return place


@pytest.fixture
def service_url(grid) -> Iterator[str]:
    """The door behind a real port, for clients that open their own connections."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = {name.lower(): value for name, value in self.headers.items() if name.lower() == "host"}
            answer = ask(self.path, application, **told)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in {"content-encoding", "content-length"}:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
