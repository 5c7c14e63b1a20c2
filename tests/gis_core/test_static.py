from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest
from asgiref.wsgi import WsgiToAsgi
from whitenoise import WhiteNoise

from gis_core import static


@pytest.fixture
def served(tmp_path: Path) -> WsgiToAsgi:
    """The application's own settings over two small files."""
    script = b"let city = 'Casablanca';" * 100
    (tmp_path / "map.0123456789ab.js").write_bytes(script)
    (tmp_path / "map.0123456789ab.js.gz").write_bytes(gzip.compress(script))
    (tmp_path / "plain.txt").write_text("plain", encoding="utf-8")
    return WsgiToAsgi(
        WhiteNoise(
            static._not_found,
            root=str(tmp_path),
            prefix="/static/",
            immutable_file_test=static.HASHED_NAME,
            add_headers_function=static._no_sniffing,
        )
    )


def get(application: WsgiToAsgi, path: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def test_hashed_file_is_compressed_and_kept_for_ever(served):
    answer = get(served, "/static/map.0123456789ab.js", **{"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text.startswith("let city")


def test_plain_file_is_asked_for_again(served):
    assert "immutable" not in get(served, "/static/plain.txt").headers["cache-control"]


@pytest.mark.parametrize("path", ["/static/nothing.js", "/static/../secret_key", "/static/%2e%2e/secret_key"])
def test_file_that_is_not_there_is_404(served, path):
    assert get(served, path).status_code == 404
