"""OGC API Features beside tipg, pygeoapi and a DRF-gis serialiser: pages of a box, far pages, whole layers, edits."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode, urlsplit

from gis_core.actors import PUBLIC
from gis_core.geometry import BBox
from layers.policy import Access, access_to
from layers.registry import get_collection
from tests.benchmarks import editing, exports, items, peers
from tests.benchmarks.frame import Case, Row, Run, alike
from tests.benchmarks.servers import Client
from tests.benchmarks.stage import Stage

GOAL_TIPG, GOAL_PYGEOAPI, GOAL_LIMIT = 6.0, 8.0, 0.7
PAGE, GOAL_FAR_PAGE = 100, 0.5
FAR_PAGE = 3_000


def run(scene: Stage) -> list[Row]:
    return [*pages_of_a_box(scene), *far_pages(scene), *exports.run(scene), *editing.run(scene)]


def pages_of_a_box(scene: Stage) -> list[Row]:
    shown = [access_to(PUBLIC, get_collection(name)) for name in ("parcels", "trees")]
    with ExitStack() as running:
        pygeoapi = running.enter_context(peers.pygeoapi(scene.home, shown))
        drf = running.enter_context(peers.drf(scene.home, shown[0]))
        constant = running.enter_context(peers.constant(scene.home, _one_answer(scene, shown[0])))
        rows = []
        for access in shown:
            boxes = boxes_of(scene, access)
            rivals = {
                "tipg": (asks_tipg(scene.tipg, access, boxes), GOAL_TIPG),
                "pygeoapi": (asks_pygeoapi(pygeoapi, access, boxes), GOAL_PYGEOAPI),
            }
            if access is shown[0]:
                rivals["DRF-gis"] = (asks_drf(drf, boxes), None)
            rows += [
                scene.measure(beside(scene, access, boxes, who, *rival)) for who, rival in rivals.items()
            ]
            rows.append(scene.measure(beside_limit(scene, access, boxes)))
        return [*rows, scene.measure(share_of_http(scene, shown[0], constant))]


def boxes_of(scene: Stage, access: Access) -> list[BBox]:
    counts = {"parcels": scene.size.parcels, **scene.size.counts}
    share = items.IN_A_BOX / counts[access.collection.id]
    return items.random_boxes(scene.random(), scene.repetitions * 2, share)


def beside(scene: Stage, access: Access, boxes: list[BBox], who: str, peer: Run, goal: float | None) -> Case:
    name = f"items {access.collection.id}, bbox, limit={items.LIMIT}; peer {who}"
    ours, limit = asks_ours(scene.ours, access, boxes), items.bare_items(scene, access, boxes)
    return Case(name, ours, peer, limit, goal, alike(items.said))


def beside_limit(scene: Stage, access: Access, boxes: list[BBox]) -> Case:
    name = f"items {access.collection.id}, bbox, limit={items.LIMIT}; the bare SQL"
    ours, limit = asks_ours(scene.ours, access, boxes), items.bare_items(scene, access, boxes)
    return Case(name, ours, None, limit, GOAL_LIMIT, alike(items.said))


def share_of_http(scene: Stage, access: Access, constant: Client) -> Case:
    """What it costs to hand over as many bytes that are there already."""
    boxes = boxes_of(scene, access)
    name = f"items {access.collection.id}; peer a bare ASGI application with one answer"
    return Case(name, asks_ours(scene.ours, access, boxes), lambda _number: constant.get("/"))


def _one_answer(scene: Stage, access: Access) -> bytes:
    return bytes(asks_ours(scene.ours, access, boxes_of(scene, access)[-1:])(0))


def asks_ours(client: Client, access: Access, boxes: list[BBox]) -> Run:
    path = f"/collections/{access.collection.id}/items"
    return _asks(client, path, boxes, "bbox", {"limit": items.LIMIT, "f": "json"})


def asks_tipg(client: Client, access: Access, boxes: list[BBox]) -> Run:
    names = ",".join(field.name for field in access.fields)
    path = f"/collections/public.{access.collection.table}/items"
    wish = {"limit": items.LIMIT, "f": "geojson", "properties": names, "geom-column": "geom"}
    return _asks(client, path, boxes, "bbox", wish)


def asks_pygeoapi(client: Client, access: Access, boxes: list[BBox]) -> Run:
    path = f"/collections/{access.collection.id}/items"
    return _asks(client, path, boxes, "bbox", {"limit": items.LIMIT, "f": "json"})


def asks_drf(client: Client, boxes: list[BBox]) -> Run:
    return _asks(client, "/items", boxes, "in_bbox", {"limit": items.LIMIT})


def _asks(client: Client, path: str, boxes: list[BBox], name: str, wish: dict[str, Any]) -> Run:
    paths = [f"{path}?{urlencode({name: items.text_of(box), **wish})}" for box in boxes]
    return lambda number: client.get(paths[number])


def far_pages(scene: Stage) -> list[Row]:
    """Page 3,000 and what follows it, found as a client finds it: by the links, from page 1 on."""
    access = access_to(PUBLIC, get_collection("parcels"))
    far = min(FAR_PAGE, scene.size.parcels // PAGE - 2 * scene.repetitions)
    scene.say(f"following {far} links")
    first = f"/collections/{access.collection.id}/items?limit={PAGE}&f=json"
    pages = follow(scene.ours, first, far + 2 * scene.repetitions)
    distant = pages[far - 1 :]

    def tipg(number: int) -> bytes:
        offset = (far - 1 + number) * PAGE
        wish = {"limit": PAGE, "offset": offset, "f": "geojson", "geom-column": "geom"}
        return scene.tipg.get(f"/collections/public.{access.collection.table}/items?{urlencode(wish)}")

    def ours(number: int) -> bytes:
        return scene.ours.get(distant[number])

    def near(number: int) -> bytes:
        return scene.ours.get(pages[number])

    name = f"items parcels, limit={PAGE}, page {far:,}"
    return [
        scene.measure(Case(f"{name}; peer our own page 1", ours, near, goal=GOAL_FAR_PAGE)),
        scene.measure(Case(f"{name}; peer tipg (offset)", ours, tipg)),
    ]


def follow(client: Client, first: str, count: int) -> list[str]:
    """The paths of the first `count` pages."""
    paths = [first]
    seen: set[int] = set()
    while len(paths) < count:
        page = json.loads(client.get(paths[-1]))
        ids = {feature["id"] for feature in page["features"]}
        assert len(ids) == PAGE and seen.isdisjoint(ids), "a page that repeats or leaves out features"
        seen |= ids
        href = urlsplit(next(link["href"] for link in page["links"] if link["rel"] == "next"))
        paths.append(f"{href.path}?{href.query}")
    return paths
