"""Upstreams: foreign map servers as MapProxy's sources, stored tile by tile in Web Mercator, and in /layers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from gis_core.city import City, Upstream, UpstreamKind
from layers.definitions import Group
from tiles.grids import TILE_PX, WEB_MERCATOR_QUAD

UPSTREAM_TIMEOUT_S = 10
GRID = "webmercator"


def upstream_source(upstream: Upstream, city: City) -> dict[str, Any]:
    """Asked only within its bounds and to its largest zoom; offline, and it is never asked."""
    bbox = (upstream.bbox or city.bbox).as_tuple()
    common = {
        "coverage": {"bbox": list(bbox), "srs": "EPSG:4326"},
        "max_res": 0.999 * WEB_MERCATOR_QUAD.side / (TILE_PX / 2) / 2.0**upstream.max_zoom,
        "seed_only": settings.OFFLINE or upstream.offline,
    }
    if upstream.kind is UpstreamKind.XYZ:
        url = upstream.url.replace("{z}", "%(z)s").replace("{x}", "%(x)s").replace("{y}", "%(y)s")
        return {"type": "tile", "grid": GRID, "url": url, "transparent": _transparent(upstream), **common}
    asked = {"url": upstream.url, "layers": upstream.layer, "format": upstream.format}
    wms = {
        "type": "wms",
        "supported_srs": ["EPSG:3857"],
        "req": {**asked, "transparent": _transparent(upstream)},
    }
    return {**wms, **common}


def upstream_cache(upstream: Upstream) -> dict[str, Any]:
    """A WMS is asked for four tiles at once."""
    side = 2 if upstream.kind is UpstreamKind.WMS else 1
    return {
        "sources": [upstream.id],
        "grids": [GRID],
        "format": upstream.format,
        "meta_size": [side, side],
        "cache": {"type": "file", "directory": str(settings.VAR / "mapproxy" / "upstreams" / upstream.id)},
    }


def upstream_layer(upstream: Upstream) -> dict[str, Any]:
    attribution = {"attribution": {"title": upstream.attribution}} if upstream.attribution else {}
    title = upstream.title.in_language(settings.LANGUAGE_CODE)
    return {"name": upstream.id, "title": title, "sources": [f"{upstream.id}-tiles"], "md": attribution}


def describe_upstream(upstream: Upstream) -> dict[str, Any]:
    """As an entry of /layers: a raster of nobody's collection, at the bottom, off until somebody wants it."""
    extension = upstream.format.removeprefix("image/")
    return {
        "id": upstream.id,
        "collection": None,
        "title": upstream.title.in_language(get_language() or settings.LANGUAGE_CODE),
        "group": Group.BASE.value,
        "group_title": str(Group.BASE.title),
        "min_zoom": 0,
        "max_zoom": upstream.max_zoom - 1,  # of 512 px tiles, as in every entry
        "visible": False,
        "raster": True,
        "thinning": {"rule": "none", "until_zoom": None},
        "style": [],
        "legend": [],
        "tiles": f"/maps/wmts/{upstream.id}/{GRID}/{{z}}/{{x}}/{{y}}.{extension}",
        "times": [],
        "attribution": upstream.attribution or None,
        "synthetic": False,
    }


def _transparent(upstream: Upstream) -> bool:
    return upstream.format == "image/png"
