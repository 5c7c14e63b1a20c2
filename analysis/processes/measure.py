"""Process measure-green: the green of one drawn polygon, and of the cells of a grid over it, answered at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from analysis.green import Coverage, MetricCrs, NotMetric, Patches, cover
from analysis.green.vegetation import trees_per_ha
from analysis.processes.code_version import code_version
from analysis.processes.input_frames import InputFrames, plain
from gis_core.errors import InvalidInput, TooLarge
from gis_core.geometry import BBox
from gis_core.jobs.process import Context, Input, Output
from layers.base import GEOM_SRID

MOST_CELLS = 10_000
PEOPLE = "Inhabitants of the population grid's cells, shared by area where a cell lies in part inside."


class MeasureGreen:
    """Union of green in a polygon: square metres, share, by inhabitant; trees by hectare."""

    id = "measure-green"
    title = _("Measure the green of an area")
    description = _("Green of a drawn polygon, overlaps counted once, and of the cells of a grid over it.")
    role = "planner"
    quick = True
    inputs = (
        Input(
            "area",
            _("Area"),
            {
                "type": "object",
                "format": "geojson-geometry",
                "required": ["type", "coordinates"],
                "properties": {
                    "type": {"enum": ["Polygon", "MultiPolygon"]},
                    "coordinates": {"type": "array"},
                },
            },
            _("A GeoJSON polygon in degrees."),
            required=True,
        ),
        Input(
            "cell_m",
            _("Cell size in metres"),
            {"type": "number", "minimum": 1, "maximum": 10_000},
            _("Default: no grid."),
        ),
    )
    outputs = (
        Output("area", _("Green of the area")),
        Output("cells", _("Green of the grid's cells")),
        Output("rule", _("Rules"), {"type": "string"}),
        Output("inputs", _("Features and revision of each collection read")),
        Output("code_version", _("Version of the program"), {"type": "string"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        area = read_polygon(inputs["area"])
        frames, box = InputFrames(settings.CITY.metric_crs), BBox.of(area.bounds)
        zone = gpd.GeoSeries([area], crs=GEOM_SRID).to_crs(frames.srid)
        try:
            MetricCrs.of(zone.crs)
            green = frames.read("green-spaces", ["access"], bbox=box)
            everything, public = (
                Patches.of(green.geometry),
                Patches.of(green.geometry[green["access"] == "public"]),
            )
            coverage = cover(zone, everything, public)
            grid = _grid(zone.iloc[0], inputs.get("cell_m"), frames.srid)
            cells = None if grid is None else _cells(grid, cover(grid, everything, public))
            told = _told(coverage, zone, frames, box)
        except NotMetric as error:
            raise InvalidInput(f"metric_crs of the city file of {settings.CITY.slug}: {error}") from error
        return {
            "area": told,
            "cells": cells,
            "rule": f"{coverage.rule} {PEOPLE}",
            "inputs": frames.record,
            "code_version": code_version(),
        }


def read_polygon(geometry: Mapping[str, Any]) -> shapely.Geometry:
    """In degrees, made valid by "linework". Raises InvalidInput when it is no polygon or leaves the city."""
    try:
        shape = shapely.make_valid(shapely.geometry.shape(geometry), method="linework")
    except (shapely.errors.ShapelyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise InvalidInput(f"area is no GeoJSON polygon: {error}.") from error
    if not shape.area:
        raise InvalidInput("area is no polygon with an inside: draw at least three corners.")
    city = shapely.box(*settings.CITY.bbox.as_tuple())
    if not city.covers(shape):
        where = "reaches out of" if city.intersects(shape) else "lies outside"
        raise InvalidInput(
            f"area {where} {settings.CITY.name.en}, where no green is known: draw it inside"
            f" {settings.CITY.bbox.as_tuple()}; it is longitude, latitude in degrees."
        )
    return shape


def _told(coverage: Coverage, zone: gpd.GeoSeries, frames: InputFrames, box: BBox) -> dict[str, Any]:
    people = _people(zone, frames, box)
    trees = frames.read("trees", bbox=box)
    found = {
        "area_m2": coverage.zone_area_m2[0].round(2),
        "green_area_m2": coverage.green_area_m2[0].round(2),
        "green_public_area_m2": coverage.green_public_area_m2[0].round(2),
        "green_share_pct": coverage.green_share_pct[0].round(3),
        "inhabitants": round(people, 1),
        "green_m2_per_inhabitant": coverage.public_m2_per_inhabitant([people])[0].round(3),
        "trees_per_ha": trees_per_ha(zone, trees.geometry)[0].round(2),
    }
    return plain({name: float(value) for name, value in found.items()})


def _people(zone: gpd.GeoSeries, frames: InputFrames, box: BBox) -> float:
    """NaN in a city without a population grid there."""
    cells = frames.read("population-grid", ["inhabitants"], bbox=box)
    if cells.empty:
        return math.nan
    inside = Patches.of(zone).plane_area_in(cells.geometry.to_numpy()) / cells.geometry.area
    return float((inside * pd.to_numeric(cells["inhabitants"])).sum())


def _grid(area: shapely.Geometry, cell_m: float | None, srid: int) -> gpd.GeoSeries | None:
    """The parts of the area in each cell of a grid whose lines are whole multiples of the cell size."""
    if not cell_m:
        return None
    west, south, east, north = np.array(area.bounds) / cell_m
    columns = np.arange(math.floor(west), math.ceil(east)) * cell_m
    rows = np.arange(math.floor(south), math.ceil(north)) * cell_m
    if len(columns) * len(rows) > MOST_CELLS:
        raise TooLarge(
            f"The grid has {len(columns) * len(rows)} cells; take larger ones ({MOST_CELLS} at most)."
        )
    x, y = (part.ravel() for part in np.meshgrid(columns, rows))
    parts = shapely.intersection(shapely.box(x, y, x + cell_m, y + cell_m), area)
    return gpd.GeoSeries(parts[shapely.area(parts) > 0], crs=srid)


def _cells(grid: gpd.GeoSeries, coverage: Coverage) -> dict[str, Any]:
    shares = {
        "green_share_pct": coverage.green_share_pct.round(3),
        "green_area_m2": coverage.green_area_m2.round(2),
        "green_public_area_m2": coverage.green_public_area_m2.round(2),
    }
    frame = gpd.GeoDataFrame(shares, geometry=grid.to_numpy(), crs=grid.crs).to_crs(GEOM_SRID)
    frame.geometry = shapely.set_precision(frame.geometry.to_numpy(), 1e-7)
    return dict(frame.__geo_interface__)
