"""Items: a thousand features of a box as GeoJSON, beside tipg, with the bare SQL as the limit."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.conf import settings

from gis_core.actors import PUBLIC
from gis_core.geometry import BBox
from layers.definitions import Collection
from layers.policy import Access, access_to
from layers.queries.items import ItemsQuery, items_sql
from layers.registry import get_collection
from tests.benchmarks.data import MARGIN
from tests.benchmarks.frame import Case, Row, Run, alike
from tests.benchmarks.stage import Stage

LIMIT = 1000
IN_A_BOX = 900  # features expected in a box: less than the limit, so that all must give the same ones
GOAL = 2.0


def run(scene: Stage) -> list[Row]:
    counts = {"parcels": scene.size.parcels, **scene.size.counts}
    return [
        scene.measure(case(scene, get_collection(name), counts[name]))
        for name in ("parcels", "streets", "trees")
    ]


def case(scene: Stage, collection: Collection, count: int) -> Case:
    boxes = random_boxes(scene.random(), scene.repetitions * 2, IN_A_BOX / count)
    access = access_to(PUBLIC, collection)
    names = ",".join(field.name for field in access.fields)

    def ours(number: int) -> bytes:
        wish = urlencode({"bbox": text_of(boxes[number]), "limit": LIMIT, "f": "json"})
        return scene.ours.get(f"/collections/{collection.id}/items?{wish}")

    def peer(number: int) -> bytes:
        wish = urlencode(
            {
                "bbox": text_of(boxes[number]),
                "limit": LIMIT,
                "f": "geojson",
                "properties": names,
                "geom-column": "geom",
            }
        )
        return scene.tipg.get(f"/collections/public.{collection.table}/items?{wish}")

    limit = bare_items(scene, access, boxes)
    return Case(f"items {collection.id}, bbox, limit={LIMIT}", ours, peer, limit, GOAL, alike(said))


def bare_items(scene: Stage, access: Access, boxes: list[BBox]) -> Run:
    """Our own statement through psycopg, its rows joined to one text: no server, no rights to look up."""

    def limit(number: int) -> bytes:
        query = items_sql(access, ItemsQuery(limit=LIMIT, bbox=boxes[number]))
        rows = scene.bare.execute(*query).fetchall()
        return ('{"features":[' + ",".join(str(text) for _id, text in rows) + "]}").encode()

    return limit


def said(_who: str, answer: Any) -> Hashable:
    """How many features, and which."""
    names = sorted(feature["properties"]["external_id"] for feature in json.loads(answer)["features"])
    assert names, "an empty box measures nothing"
    return len(names), tuple(names)


def random_boxes(rng: np.random.Generator, count: int, share: float) -> list[BBox]:
    """Boxes within the filled part of the city, each `share` of its area."""
    city = settings.CITY.bbox
    width, height = city.east - city.west - 2 * MARGIN, city.north - city.south - 2 * MARGIN
    across, up = width * share**0.5, height * share**0.5
    west = rng.uniform(city.west + MARGIN, city.east - MARGIN - across, count)
    south = rng.uniform(city.south + MARGIN, city.north - MARGIN - up, count)
    return [
        BBox(round(w, 6), round(s, 6), round(w + across, 6), round(s + up, 6))
        for w, s in zip(west, south, strict=True)
    ]


def text_of(box: BBox) -> str:
    return ",".join(map(str, box.as_tuple()))
