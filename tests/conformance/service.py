"""A served city with a few features in most kinds of collection, and plain HTTP to ask it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.e2e.feature_service import Planner, feature_service

TREES = 35
PARCELS = 12
STREETS = 8
WEST, SOUTH, STEP = -7.62, 33.55, 0.002
GEOJSON = "application/geo+json"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    version: int

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Site:
    """`url` has no slash at its end; `token` is a planner's, made for clients that send no precondition."""

    url: str
    token: str

    def ask(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        method: str = "GET",
        body: Any = None,
        **headers: str,
    ) -> Answer:
        """`path` may be absolute. Header names with _ for -."""
        place = urlsplit(path if path.startswith("http") else self.url + path)
        connection = http.client.HTTPConnection(place.netloc, timeout=60)
        asked = "&".join(part for part in (place.query, urlencode(query or {}, safe="/:,+-")) if part)
        text = None if body is None else json.dumps(body)
        named = {"Accept": "application/json", **{name.replace("_", "-"): v for name, v in headers.items()}}
        try:
            connection.request(method, f"{place.path or '/'}{'?' if asked else ''}{asked}", text, named)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read(), response.version)
        finally:
            connection.close()


@contextmanager
def site(var: Path) -> Iterator[Site]:
    """The tests' database must be set up; it is copied, and nothing is written into it."""
    with feature_service(var) as service:
        service.manage("collectstatic", "--noinput", "-v0")
        token = _unconditional_token(service)
        with service.serving(workers=1) as client:
            planner = Planner(client.port, service.token)
            for collection, features in FEATURES.items():
                body = {"type": "FeatureCollection", "features": features}
                made = planner.ask("POST", f"/collections/{collection}/items", body)
                assert made.status == 201, made.body
            yield Site(f"http://127.0.0.1:{client.port}", token)


def _unconditional_token(service: Any) -> str:
    made = service.manage(
        "create_token", "planner-e2e", "--scope", "read,write", "--unconditional", "--name", "qgis"
    )
    return made.split()[-1]


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point(n: int) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(WEST + n * STEP, 7), SOUTH]}


def _line(n: int) -> dict[str, Any]:
    start = [round(WEST + n * STEP, 7), SOUTH]
    return {"type": "LineString", "coordinates": [start, [start[0] + STEP / 2, SOUTH + 0.004]]}


def _square(n: int) -> dict[str, Any]:
    west = round(WEST + n * STEP, 7)
    east, north = west + STEP / 2, SOUTH + STEP / 2
    ring = [[west, SOUTH], [east, SOUTH], [east, north], [west, north], [west, SOUTH]]
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


FEATURES: dict[str, list[dict[str, Any]]] = {
    "trees": [
        _feature(
            _point(n), external_id=f"tree-{n}", species=("Ficus", "Olea")[n % 2], planted_year=1990 + n % 7
        )
        for n in range(TREES)
    ],
    "parcels": [_feature(_square(n), external_id=f"parcel-{n}", reference=f"R {n}") for n in range(PARCELS)],
    "streets": [_feature(_line(n), external_id=f"street-{n}", name_fr=f"Rue {n}") for n in range(STREETS)],
}
