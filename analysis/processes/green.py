"""Process compute-green-coverage: green spaces and people in, the green_* columns of districts and parcels out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.green import Access, Coverage, Homes, Indicator, NotMetric, Patches, cover, people_within, reach
from analysis.green.access import REACH_RULE
from analysis.processes.by_parts import on_workers
from analysis.processes.green_groups import COLUMNS as GROUPS
from analysis.processes.green_indicators import of_access, of_cells, of_districts, of_parcels
from analysis.processes.green_parts import cover_by_parts
from analysis.processes.indicators import store_indicators
from analysis.processes.input_frames import InputFrames, plain
from gis_core.city import City
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output
from layers.queries.changes import read_snapshot
from layers.queries.revisions import revision_of
from layers.services.load import load_features

ZONES = ("districts", "parcels")
DISTRICTS_FROM = ("green-spaces", "districts", "population-grid", "buildings")
THRESHOLDS = ("green_m2_per_inhabitant", "green_access_m", "green_access_min_ha")
COLUMN_ACCESS_M = 300  # of districts.green_within_300_m_pct
MAX_NAMED = 100
_COLUMNS = ("green_area_m2", "green_share_pct")
_DISTRICT_COLUMNS = (
    *_COLUMNS,
    "green_public_area_m2",
    "green_m2_per_inhabitant",
    "green_within_300_m_pct",
)
_SHOWN = ("green_m2_per_inhabitant", "green_share_pct", "green_within_300_m_pct")


class ComputeGreenCoverage:
    """Union of green by district and parcel, m² per inhabitant, share of people within 300 m of public green."""

    id = "compute-green-coverage"
    title = _("Compute green coverage")
    description = _("Green of districts and parcels, overlaps counted once, and access to public green.")
    role = "planner"
    inputs = (
        Input(
            name="zones",
            title=_("Collections to compute"),
            schema={
                "type": "array",
                "items": {"type": "string", "enum": list(ZONES)},
                "minItems": 1,
                "default": list(ZONES),
            },
        ),
    )
    outputs = (
        Output("rule", _("Rules")),
        Output("thresholds", _("Thresholds with their sources"), {"type": "array"}),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
        Output("districts", _("Districts"), {"type": "array"}),
        Output("parcels", _("Parcels")),
        Output("written", _("Rows changed")),
        Output("not_written", _("Features without an identifier")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        zones = tuple(dict.fromkeys(inputs.get("zones") or ZONES))
        computed_at, frames = timezone.now(), InputFrames(city.metric_crs)
        thresholds = [city.threshold(key) for key in THRESHOLDS]
        try:
            greens = _read_greens(frames, AccessRule.of(city), context)
            tables = {zone: _MEASURE[zone](frames, greens, context) for zone in zones}
        except NotMetric as error:
            raise InvalidInput(f"metric_crs of the city file of {city.slug}: {error}") from error
        if not any(len(table.columns) for table in tables.values()):
            raise InvalidInput(f"There is nothing to compute: {' and '.join(zones)} have no features.")
        return {
            "rule": {"coverage": next(t.rule for t in tables.values()), "access": greens.access.text},
            "thresholds": [{**asdict(t), "valid_from": t.valid_from.isoformat()} for t in thresholds],
            "inputs": frames.record,
            "computed_at": computed_at.isoformat(),
            **{zone: table.answer for zone, table in tables.items()},
            "written": write_tables(tables, frames, greens.snapshot, computed_at, context),
            "not_written": {zone: named for zone, table in tables.items() if (named := table.unknown())},
        }


@dataclass(frozen=True)
class AccessRule:
    """How far is near, and how large is large enough."""

    distance_m: float
    min_area_ha: float

    @classmethod
    def of(cls, city: City) -> AccessRule:
        """Raises InvalidInput when the city's distance is not the one that the column is named after."""
        distance_m = city.threshold("green_access_m").value
        if distance_m != COLUMN_ACCESS_M:
            raise InvalidInput(
                f"green_access_m is {distance_m:g} m in the city file, but the column green_within_300_m_pct"
                f" holds {COLUMN_ACCESS_M} m: set green_access_m to {COLUMN_ACCESS_M}."
            )
        return cls(distance_m, city.threshold("green_access_min_ha").value)

    @property
    def text(self) -> str:
        return REACH_RULE.format(distance_m=self.distance_m, min_area_ha=self.min_area_ha)

    @property
    def parameters(self) -> dict[str, float]:
        return {"distance_m": self.distance_m, "min_area_ha": self.min_area_ha}


@dataclass(frozen=True, eq=False)
class Greens:
    """All green, the public part of it, and what counts as access to that."""

    everything: Patches
    public: Patches
    access: AccessRule
    snapshot: str

    @classmethod
    def of(cls, green: gpd.GeoDataFrame, access: AccessRule, snapshot: str) -> Greens:
        public = green.geometry[green["access"] == "public"]
        return cls(Patches.of(green.geometry), Patches.of(public), access, snapshot)


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """What one collection gets: its rows (id, external_id, name, what they hold now), their new green_* columns, the
    answer to show, and indicators with the collections that they are computed from."""

    rows: pd.DataFrame
    columns: pd.DataFrame
    answer: Any
    rule: str
    indicators: Sequence[Indicator]
    read: tuple[str, ...]

    def writable(self, computed_at: datetime) -> pd.DataFrame:
        """The columns with external_id, of the rows that have one and hold other values: versions rise for no other."""
        held = self.rows[list(self.columns)].astype(float)
        differs = (self.columns.ne(held) & ~(self.columns.isna() & held.isna())).any(axis="columns")
        table = self.columns.assign(external_id=self.rows["external_id"], green_computed_at=computed_at)
        return table[differs & table["external_id"].notna()]

    def unknown(self) -> dict[str, Any]:
        """How many rows have no external_id and so cannot be written, and the first of them by id and name."""
        lost = self.rows[self.rows["external_id"].isna()]
        first = lost.head(MAX_NAMED)[["id", "name"]].to_dict("records")
        return {"features": len(lost), "first": first} if len(lost) else {}


def _read_greens(frames: InputFrames, access: AccessRule, context: Context) -> Greens:
    context.progress(0, _t("Reading green spaces"))
    snapshot = read_snapshot()
    green = frames.read("green-spaces", ["access"])
    if green.empty:
        raise InvalidInput("There are no green spaces: import some into green-spaces first.")
    context.progress(5, _t("Uniting green spaces"))
    greens = Greens.of(green, access, snapshot)
    context.progress(12, _t("Uniting green spaces"))
    return greens


def _measure_districts(frames: InputFrames, greens: Greens, context: Context) -> ZoneTable:
    rows = frames.read("districts", ["name_fr", "population", *GROUPS, *_DISTRICT_COLUMNS])
    people = pd.to_numeric(rows["population"])
    told = _told(context, 20, 30, _t("Measuring the green of districts"))
    coverage = _cover(rows.geometry, greens, told).rounded()
    context.progress(30, _t("Counting people near public green"))
    near = people_near(rows, frames, greens)
    columns = district_columns(coverage, people).assign(green_within_300_m_pct=near.within_pct.round(3))
    shown = rows[["external_id", "name_fr"]].assign(
        population=people, **columns[list(_SHOWN)], people_from=near.homes_rule
    )
    answer = [plain(row, whole=("population",)) for row in shown.to_dict("records")]
    rows = rows.rename(columns={"name_fr": "name"})
    indicators = of_districts(rows, coverage)
    indicators += of_access(rows["external_id"], near, greens.access.parameters)
    indicators += equity_of_cells(frames, rows, greens)
    return ZoneTable(rows, columns, answer, coverage.rule, indicators, DISTRICTS_FROM)


def people_near(rows: gpd.GeoDataFrame, frames: InputFrames, greens: Greens) -> Access:
    """Of each district, the share of its people within the distance of a public green space that is large enough."""
    reached = reach(greens.public, distance_m=greens.access.distance_m, min_area_ha=greens.access.min_area_ha)
    return people_within(rows.geometry, reached, _homes(frames))


def equity_of_cells(frames: InputFrames, rows: gpd.GeoDataFrame, greens: Greens) -> list[Indicator]:
    """Between the cells of the population grid; nothing in a city without one."""
    cells = frames.read("population-grid", ["inhabitants"])
    if cells.empty:
        return []
    district = np.full(len(cells), -1)
    cell, found = rows.sindex.query(cells.geometry.centroid, predicate="intersects")
    district[cell] = found
    coverage = cover(cells.geometry, greens.everything, greens.public)
    people = pd.to_numeric(cells["inhabitants"]).to_numpy(float)
    return list(of_cells(rows["external_id"], district, coverage, people))


def _measure_parcels(frames: InputFrames, greens: Greens, context: Context) -> ZoneTable:
    context.progress(50, _t("Reading parcels"))
    rows = frames.read("parcels", ["reference", *_COLUMNS])
    told = _told(context, 60, 80, _t("Measuring the green of parcels"))
    if on_workers():
        coverage = cover_by_parts("parcels", rows["id"], on_progress=told).rounded()
    else:
        coverage = _cover(rows.geometry, greens, told).rounded()
    zone_m2, green_m2 = coverage.zone_area_m2.sum(), coverage.green_area_m2.sum()
    answer = {
        "count": len(rows),
        "with_green": int((coverage.green_area_m2 > 0).sum()),
        "area_m2": round(float(zone_m2), 2),
        "green_area_m2": round(float(green_m2), 2),
        "green_share_pct": round(float(100 * green_m2 / zone_m2), 3) if zone_m2 else None,
    }
    rows = rows.rename(columns={"reference": "name"})
    read = ("green-spaces", "parcels")
    columns = coverage_columns(coverage)
    indicators = of_parcels(columns["green_area_m2"].to_numpy(), coverage.rule)
    return ZoneTable(rows, columns, answer, coverage.rule, indicators, read)


_MEASURE: dict[str, Callable[[InputFrames, Greens, Context], ZoneTable]] = {
    "districts": _measure_districts,
    "parcels": _measure_parcels,
}


def _cover(zones: gpd.GeoSeries, greens: Greens, on_progress: Callable[[float], None]) -> Coverage:
    on_progress(0)
    return cover(zones, greens.everything, greens.public, on_progress)


def coverage_columns(coverage: Coverage) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "green_area_m2": coverage.green_area_m2.round(2),
            "green_share_pct": coverage.green_share_pct.round(3),
        }
    )


def district_columns(coverage: Coverage, people: pd.Series) -> pd.DataFrame:
    return coverage_columns(coverage).assign(
        green_public_area_m2=coverage.green_public_area_m2.round(2),
        green_m2_per_inhabitant=coverage.public_m2_per_inhabitant(people).round(3),
    )


def _homes(frames: InputFrames) -> Sequence[Homes]:
    """The population grid, or in a city without one the buildings by floor area."""
    cells = frames.read("population-grid", ["inhabitants"])
    if len(cells):
        weights = pd.to_numeric(cells["inhabitants"]).to_numpy(float)
        return [Homes(cells.geometry, weights, "population grid, cells shared between districts by area")]
    buildings = frames.read("buildings", ["levels"])
    levels = pd.to_numeric(buildings["levels"]).clip(lower=1).fillna(1).to_numpy(float)
    floor_m2 = buildings.geometry.area.to_numpy() * levels
    return [Homes(buildings.geometry, floor_m2, "buildings by floor area, one level where not known")]


def _told(context: Context, first: float, last: float, message: str) -> Callable[[float], None]:
    """Turns a share done, 0 to 1, into the job's percent between `first` and `last`."""
    return lambda share: context.progress(first + share * (last - first), message)


def write_tables(
    tables: Mapping[str, ZoneTable],
    frames: InputFrames,
    snapshot: str,
    computed_at: datetime,
    context: Context,
) -> dict[str, Any]:
    """The rows changed by collection. snapshot: taken before anything was read; an update begins from it.

    Results that stand on the zones themselves do not make the zones "changed since".
    """
    written = {}
    with transaction.atomic():
        for collection, table in tables.items():
            context.progress(85, _t("Writing results"))
            report = load_features(collection, table.writable(computed_at))
            written[collection] = {"changed": report.changed, "rejected": report.rejected_rows}
            read = frames.of(table.read)
            own = read.get(collection)
            if own and report.changed and revision_of(collection) == own["revision"] + 1:
                own["revision"] += 1  # by these results, which are no input; by others too it would be more
            read["green-spaces"] = {**read["green-spaces"], "snapshot": snapshot}
            store_indicators(table.indicators, read, computed_at=computed_at)
        context.progress(98, _t("Writing results"))
    return written
