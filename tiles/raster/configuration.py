"""MapProxy's configuration, generated from the catalogue and the city: a plain dict, as mapproxy.yaml would hold it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log2
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from pyproj import Transformer

from gis_core.city import City
from gis_core.errors import NotFound, Unavailable
from layers.definitions import Layer
from layers.registry import LAYERS
from tiles.grids import TILE_PX as STYLE_TILE_PX
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.files import Files, RasterFile, times_of
from tiles.raster.render import Box, bounds_4326
from tiles.raster.source import RASTER, VECTOR
from tiles.raster.upstreams import UPSTREAM_TIMEOUT_S, upstream_cache, upstream_layer, upstream_source
from tiles.vector.maps import MAPS, PREFIX, layers_of_map

MERCHICH_NORD = 26191
Configuration = dict[str, Any]
LEVELS = 20
TILE_PX = 256
FINEST_POWER = -2  # pixels of a quarter of a metre
MOST_PIXELS = [4000, 4000]


def mapproxy_configuration(files: Files, city: City) -> Configuration:
    """WMS draws straight from the file or PostGIS in the asked CRS; WMTS and TMS in the grids of `grid_definitions`.

    Nothing of ours is stored: clients keep a picture by its tag, and what is new shows at once; upstreams are. `files`
    are those of the raster layers; one without a file is left out.
    """
    definitions = grid_definitions(city)
    shown = [layer for layer in LAYERS.values() if layer.id in files or drawn(layer)]
    if clash := {upstream.id for upstream in city.upstreams} & LAYERS.keys():
        raise Unavailable(f"Upstreams of the city file are named like layers: {', '.join(sorted(clash))}.")
    maps = {PREFIX + name: [layer.id for layer in layers_of_map(name)] for name in MAPS}
    sources = {**{layer.id: [layer.id] for layer in shown}, **maps}
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "globals": _globals(),
            "services": _services(city),
            "grids": definitions,
            "sources": {
                **{layer.id: _source(layer, files.get(layer.id, ()), city) for layer in shown},
                **{upstream.id: upstream_source(upstream, city) for upstream in city.upstreams},
            },
            "caches": {
                **{f"{name}-tiles": _cache(ids, list(definitions)) for name, ids in sources.items()},
                **{f"{upstream.id}-tiles": upstream_cache(upstream) for upstream in city.upstreams},
            },
            "layers": [
                *(_layer(layer, files.get(layer.id, ())) for layer in shown),
                *(_map(name, ids) for name, ids in maps.items()),
                *(upstream_layer(upstream) for upstream in city.upstreams),
            ],
        }


def drawn(layer: Layer) -> bool:
    """Whether its features have a place."""
    return not layer.raster and layer.collection.geometry_type is not None


def grid_definitions(city: City) -> dict[str, Any]:
    """Web Mercator, degrees, and the city's metric grids from the corner of its box, row 0 at the top."""
    plane = {f"epsg{srid}": _city_grid(srid, city) for srid in metric_srids(city)}
    return {
        "webmercator": {"base": "GLOBAL_WEBMERCATOR", "num_levels": LEVELS},
        "epsg4326": {"srs": "EPSG:4326", "bbox": [-180, -90, 180, 90], "origin": "nw", "num_levels": LEVELS},
        **plane,
    }


def metric_srids(city: City) -> list[int]:
    national = [MERCHICH_NORD] if MERCHICH_NORD in city.import_crs else []
    return list(dict.fromkeys([city.metric_crs, *national]))


def _city_grid(srid: int, city: City) -> dict[str, Any]:
    """Bounds in whole kilometres and pixels of powers of two in metres, so that its numbers are readable and stay."""
    transformer = Transformer.from_crs("EPSG:4326", f"EPSG:{srid}", always_xy=True)
    west, south, east, north = transformer.transform_bounds(*city.bbox.as_tuple())
    bbox = [west // 1000 * 1000, south // 1000 * 1000, -(-east // 1000) * 1000, -(-north // 1000) * 1000]
    coarsest = ceil(log2(max(bbox[2] - bbox[0], bbox[3] - bbox[1]) / TILE_PX))
    sizes_m = [2.0**power for power in range(coarsest, FINEST_POWER - 1, -1)]
    return {"srs": f"EPSG:{srid}", "bbox": bbox, "origin": "nw", "res": sizes_m}


def _globals() -> dict[str, Any]:
    folder = settings.VAR / "mapproxy"
    return {
        "image": {"paletted": False},  # 256 colours would change the ramp's
        "cache": {
            "base_dir": str(folder),
            "lock_dir": str(folder / "locks"),
            "meta_size": [1, 1],
            "meta_buffer": 0,
        },
        "http": {
            "access_control_allow_origin": "",  # tiles.http sets it, once
            "client_timeout": UPSTREAM_TIMEOUT_S,
            "hide_error_details": True,  # an upstream's address may hold a key
        },
    }


def _services(city: City) -> dict[str, Any]:
    codes = ["EPSG:3857", "EPSG:4326", "CRS:84", *(f"EPSG:{srid}" for srid in metric_srids(city))]
    about = {
        "title": f"CasaGIS {city.name.in_language(settings.LANGUAGE_CODE)}",
        "fees": "none",
        "access_constraints": "none",
    }
    return {
        "wms": {
            "srs": codes,
            "versions": ["1.1.1", "1.3.0"],
            "image_formats": ["image/png", "image/jpeg"],
            "featureinfo_types": ["text", "html", "json"],
            "max_output_pixels": MOST_PIXELS,
            "md": about,
        },
        "wmts": {
            "kvp": True,
            "restful": True,
            "featureinfo_formats": [
                {"mimetype": "text/plain", "suffix": "txt"},
                {"mimetype": "text/html", "suffix": "html"},
                {"mimetype": "application/json", "suffix": "json"},
            ],
            "md": about,
        },
        "tms": {"use_grid_names": True},
    }


def _source(layer: Layer, files: Sequence[RasterFile], city: City) -> dict[str, Any]:
    box = _extent(files) if layer.raster else city.bbox.as_tuple()
    coverage = {"bbox": list(box or city.bbox.as_tuple()), "srs": "EPSG:4326"}
    return {"type": RASTER if layer.raster else VECTOR, "layer": layer.id, "coverage": coverage}


def _extent(files: Sequence[RasterFile]) -> Box | None:
    """Around all files that are there; a missing one is told when it is asked for."""
    boxes = []
    for file in files:
        try:
            boxes.append(bounds_4326(file.path))
        except NotFound:
            continue
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _cache(sources: list[str], grids: list[str]) -> dict[str, Any]:
    image = {"transparent": True, "mode": "RGBA"}
    return {
        "sources": sources,
        "grids": grids,
        "format": "image/png",
        "image": image,
        "disable_storage": True,
    }


def _layer(layer: Layer, files: Sequence[RasterFile]) -> dict[str, Any]:
    times = times_of(files)
    return {
        "name": layer.id,
        "title": str(layer.title),
        "sources": [layer.id],
        "tile_sources": [f"{layer.id}-tiles"],
        "md": {"abstract": _abstract(layer)},
        **({"dimensions": {"time": {"values": times, "default": files[0].time}}} if times else {}),
        **({} if layer.raster else {"min_res": _coarsest_m(layer)}),
    }


def _abstract(layer: Layer) -> str:
    told = str(layer.collection.description)
    return told if layer.raster else f"{told} {_('Names are not drawn on pictures.')}"


def _coarsest_m(layer: Layer) -> float:
    """The pixel at the layer's smallest zoom, so that clients grey it out above; a little more, for rounding."""
    return 1.001 * WEB_MERCATOR_QUAD.side / STYLE_TILE_PX / 2.0**layer.min_zoom


def _map(name: str, sources: list[str]) -> dict[str, Any]:
    return {"name": name, "title": name, "sources": sources, "tile_sources": [f"{name}-tiles"]}
