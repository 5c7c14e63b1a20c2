"""Depots, disposal sites and vehicles of the city file, as frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

import geopandas as gpd
import pandas as pd
import shapely

from gis_core.city import City, Site
from importers.synthetic.frames import table_frame


def fleet_frames(city: City) -> dict[str, pd.DataFrame]:
    """The collections depots, disposal-sites and vehicles; all synthetic unless the city file says otherwise."""
    sites = _sites(city.disposal_sites, "site")
    sites["fractions"] = [list(site.fractions) for site in city.disposal_sites]
    sites["service_min"] = [float(site.service_min) for site in city.disposal_sites]
    return {"depots": _sites(city.depots, "depot"), "disposal-sites": sites, "vehicles": _vehicles(city)}


def _sites(sites: Sequence[Site], kind: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "external_id": [f"{kind}/{site.id}" for site in sites],
            "source": ["synthetic" if site.synthetic else "city" for site in sites],
            "name_fr": [site.name.fr for site in sites],
            "name_ar": [site.name.ar for site in sites],
            "name_en": [site.name.en for site in sites],
        },
        geometry=[shapely.Point(site.lon_lat) for site in sites],
        crs=4326,
    ).rename_geometry("geom")


def _vehicles(city: City) -> pd.DataFrame:
    rows = [
        {
            "external_id": f"vehicle/{fleet.depot}-{number:02d}",
            "depot": f"depot/{fleet.depot}",
            "capacity_kg": float(fleet.capacity_kg),
            "capacity_m3": float(fleet.capacity_m3),
            "height_m": float(fleet.height_m),
            "width_m": fleet.width_m,
            "turning_width_m": fleet.turning_width_m,
            "weight_t": float(fleet.weight_t),
            "fractions": list(fleet.fractions),
            "shift_start": time.fromisoformat(fleet.shift_start),
            "shift_end": time.fromisoformat(fleet.shift_end),
        }
        for fleet in city.fleets
        for number in range(1, fleet.count + 1)
    ]
    ids = [row.pop("external_id") for row in rows]
    return table_frame(ids, "synthetic", pd.DataFrame(rows).to_dict("list"))
