"""MapProxy's configuration, generated from the catalogue and the city: a plain dict, as mapproxy.yaml would hold it."""

from __future__ import annotations

from math import ceil, log2
from typing import Any

from django.conf import settings
from django.utils import translation
from pyproj import Transformer

from gis_core.city import City
from layers.registry import get_layer
from tiles.raster.newest import Grids
from tiles.raster.render import bounds_4326
from tiles.raster.source import SOURCE_TYPE

MERCHICH_NORD = 26191
Configuration = dict[str, Any]
LEVELS = 20
TILE_PX = 256
FINEST_POWER = -2  # pixels of a quarter of a metre


def mapproxy_configuration(grids: Grids, city: City) -> Configuration:
    """WMS draws straight from the file in the asked CRS; WMTS and TMS in the grids of `grid_definitions`.

    Nothing is stored: a tile costs some 20 ms, browsers keep it by its tag, and a new grid shows at once.
    """
    definitions = grid_definitions(city)
    layer_ids = [layer_id for layer_id, _file in grids.files]
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "globals": _globals(),
            "services": _services(city),
            "grids": definitions,
            "sources": {
                layer_id: _source(layer_id, str(file), bounds_4326(file)) for layer_id, file in grids.files
            },
            "caches": {f"{layer_id}-tiles": _cache(layer_id, list(definitions)) for layer_id in layer_ids},
            "layers": [_layer(layer_id) for layer_id in layer_ids],
        }


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
        "http": {"access_control_allow_origin": ""},  # tiles.http sets it, once
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
            "max_output_pixels": [4000, 4000],
            "md": about,
        },
        "wmts": {"kvp": True, "restful": True, "md": about},
        "tms": {"use_grid_names": True},
    }


def _source(layer_id: str, file: str, bbox_4326: tuple[float, float, float, float]) -> dict[str, Any]:
    coverage = {"bbox": list(bbox_4326), "srs": "EPSG:4326"}
    return {"type": SOURCE_TYPE, "file": file, "layer": layer_id, "coverage": coverage}


def _cache(layer_id: str, grids: list[str]) -> dict[str, Any]:
    image = {"transparent": True, "mode": "RGBA"}
    return {
        "sources": [layer_id],
        "grids": grids,
        "format": "image/png",
        "image": image,
        "disable_storage": True,
    }


def _layer(layer_id: str) -> dict[str, Any]:
    layer = get_layer(layer_id)
    abstract = str(layer.collection.description)
    return {
        "name": layer_id,
        "title": str(layer.title),
        "sources": [layer_id],
        "tile_sources": [f"{layer_id}-tiles"],
        "md": {"abstract": abstract},
    }
