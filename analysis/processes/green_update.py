"""Process update-green-coverage: only what changed since the last computation is measured again, by the history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.green import Coverage, NotMetric, Patches, cover
from analysis.processes.green import (
    DISTRICTS_FROM,
    ZONES,
    AccessRule,
    Greens,
    ZoneTable,
    coverage_columns,
    district_columns,
    equity_of_cells,
    people_near,
    write_tables,
)
from analysis.processes.green_grid import update_grid
from analysis.processes.green_groups import COLUMNS as GROUPS
from analysis.processes.green_indicators import of_access, of_districts, of_parcels
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Output
from layers.queries.changes import changed_since, near, read_snapshot, touched_by, transaction_of
from layers.queries.frames import read_frame

GREEN = "green-spaces"
_COLUMNS = {
    "districts": (
        "name_fr",
        "population",
        *GROUPS,
        "green_area_m2",
        "green_share_pct",
        "green_public_area_m2",
        "green_m2_per_inhabitant",
        "green_within_300_m_pct",
    ),
    "parcels": ("reference", "green_area_m2", "green_share_pct"),
}


class UpdateGreenCoverage:
    """Green of the districts, parcels and grid cells that edits since the last run touch. Who lives near green is
    counted anew in all districts, and so is equity between cells: a park changes them beyond the districts that it
    lies in.
    """

    id = "update-green-coverage"
    title = _("Update green coverage")
    description = _("Measures again what edits touched since the last computation of green coverage.")
    role = "planner"
    inputs = ()
    outputs = (
        Output("measured", _("Features measured again")),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
        Output("written", _("Rows changed")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        context.progress(0, _t("Looking for changes"))
        computed_at, frames, snapshot = timezone.now(), InputFrames(settings.CITY.metric_crs), read_snapshot()
        last = [found for zones in ZONES if (found := LastRun.of(zones))]
        if not last:
            raise InvalidInput("Green coverage was never computed here: run compute-green-coverage first.")
        touched = {run.zones: run.touched() for run in last}
        stirred = {run.zones for run in last if touched[run.zones] or run.stirred()}
        context.progress(30, _t("Measuring what changed"))
        try:
            tables = {zones: _MEASURE[zones](touched[zones], frames) for zones in ZONES if zones in stirred}
        except NotMetric as error:
            raise InvalidInput(f"metric_crs of the city file of {settings.CITY.slug}: {error}") from error
        with transaction.atomic():
            written = write_tables(tables, frames, snapshot, computed_at, context)
            cells = update_grid(frames, snapshot, computed_at, context)
        measured = {zones: len(ids) for zones, ids in touched.items()}
        return {
            "measured": measured if cells is None else {**measured, "cells": cells},
            "inputs": frames.record,
            "computed_at": computed_at.isoformat(),
            "written": written,
        }


@dataclass(frozen=True)
class LastRun:
    """What the last computation of a collection had seen, and the transaction in which it wrote."""

    zones: str
    snapshot: str
    transaction: int | None

    @classmethod
    def of(cls, zones: str) -> LastRun | None:
        name = f"green_area_m2:city:{settings.CITY.slug}:{zones}"
        for inputs in read_frame("indicators", ["inputs"], equals={"external_id": name})["inputs"]:
            read = json.loads(inputs) if isinstance(inputs, str) else inputs
            return cls(zones, read[GREEN]["snapshot"], transaction_of("indicators", name))
        return None

    def touched(self) -> list[int]:
        """Zones that changed themselves, and those on which a changed green space lay or lies."""
        green = changed_since(GREEN, self.snapshot)
        own = changed_since(self.zones, self.snapshot, but=self.transaction)
        return sorted({*own, *touched_by(self.zones, green, of=GREEN)})

    def stirred(self) -> bool:
        """Whether green or people changed anywhere, for districts."""
        return self.zones == "districts" and any(changed_since(name, self.snapshot) for name in _STIRRING)


def _of_parcels(ids: list[int], frames: InputFrames) -> ZoneTable:
    """The parcels of these ids; the city's figure from the columns of all."""
    rows = frames.read("parcels", _COLUMNS["parcels"], ids=ids)
    green = frames.read(GREEN, ["access"], ids=near(GREEN, ids, of="parcels"))
    public = green.geometry[green["access"] == "public"]
    coverage = cover(rows.geometry, Patches.of(green.geometry), Patches.of(public)).rounded()
    columns = coverage_columns(coverage)
    every = read_frame("parcels", ["green_area_m2"]).set_index("id")["green_area_m2"].astype(float)
    every[rows["id"]] = columns["green_area_m2"].to_numpy()
    indicators = of_parcels(every.fillna(0).to_numpy(), coverage.rule)
    rows = rows.rename(columns={"reference": "name"})
    return ZoneTable(rows, columns, None, coverage.rule, indicators, (GREEN, "parcels"))


def _of_districts(ids: list[int], frames: InputFrames) -> ZoneTable:
    """The green of the districts of these ids, that of the others from their columns; access and equity of all."""
    every = frames.read("districts", _COLUMNS["districts"])
    greens = Greens.of(frames.read(GREEN, ["access"]), AccessRule.of(settings.CITY), "")
    place = np.flatnonzero(every["id"].isin(ids))
    coverage = cover(every.geometry.iloc[place], greens.everything, greens.public).rounded()
    nothing = Patches.of(every.geometry[:0])
    whole = cover(every.geometry, nothing, nothing)
    green, public = (every[name].astype(float).fillna(0).to_numpy().copy() for name in _GREEN_COLUMNS)
    green[place], public[place] = coverage.green_area_m2, coverage.green_public_area_m2
    whole = Coverage(whole.zone_area_m2, green, public, coverage.rule)
    close = people_near(every, frames, greens)
    indicators = of_districts(every, whole)
    indicators += of_access(every["external_id"], close, greens.access.parameters)
    indicators += equity_of_cells(frames, every, greens)
    columns = district_columns(whole, pd.to_numeric(every["population"]))
    columns = columns.assign(green_within_300_m_pct=close.within_pct.round(3))
    rows = every.rename(columns={"name_fr": "name"})
    return ZoneTable(rows, columns, None, coverage.rule, indicators, DISTRICTS_FROM)


_GREEN_COLUMNS = ("green_area_m2", "green_public_area_m2")
_STIRRING = (GREEN, "population-grid", "buildings")
_MEASURE = {"districts": _of_districts, "parcels": _of_parcels}
