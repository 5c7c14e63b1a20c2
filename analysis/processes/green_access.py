"""Process compute-green-access: people near green by every standard, SDG 11.7.1, 3-30-300; by district and city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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

from analysis.green import Indicator, NotMetric, Patches, Subject
from analysis.green.nearness import (
    LINE,
    LINE_RULE,
    SIZE_RULE,
    WALK,
    WALKING_RULE,
    Flags,
    Nearness,
    share_by_zone,
)
from analysis.green.open_space import BUILT_M, OPEN_SPACE_RULE, open_space
from analysis.green.people import People, zone_of
from analysis.green.plane import Floats
from analysis.green.polygons import Positions
from analysis.green.rule_3_30_300 import (
    TREE_VARIANTS,
    TREES_WITHIN,
    TreeRule,
    enough_trees,
)
from analysis.green.walk import NoStreets
from analysis.processes.green_canopy import CROWNS_VARIANT, district_canopy
from analysis.processes.green_canopy import INPUTS as CANOPY_INPUTS
from analysis.processes.green_groups import COLUMNS as GROUPS
from analysis.processes.green_groups import GROUP_RULE, group_shares
from analysis.processes.green_people import Lived, read_people
from analysis.processes.green_standards import RULE_3_30_300, origin_of, thresholds_of, usable
from analysis.processes.green_walking import walk_network
from analysis.processes.indicators import store_indicators
from analysis.processes.input_frames import InputFrames
from gis_core.city import City
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output

GROUPED = ("green_access_walk", "sdg_11_7_1_access")  # the standards that are told for each group


class ComputeGreenAccess:
    """People near public green by WHO Europe, SDG 11.7.1, ANGSt and AGS; open space; 3-30-300 by building."""

    id = "compute-green-access"
    title = _("Compute access to green")
    description = _(
        "Who lives near public green, by line and on foot, by each standard; and the rule 3-30-300."
    )
    role = "planner"
    inputs = (
        Input(
            name="trees",
            title=_("How trees near a building are counted"),
            schema={"type": "string", "enum": list(TREE_VARIANTS), "default": TREES_WITHIN},
        ),
        Input(
            name="walk_300",
            title=_("300 metres of the rule 3-30-300"),
            schema={"type": "string", "enum": [LINE, WALK], "default": LINE},
        ),
        *CANOPY_INPUTS,
    )
    outputs = (
        Output("rule", _("Rules")),
        Output("thresholds", _("Thresholds with their sources"), {"type": "array"}),
        Output("left_out", _("Standards without a threshold")),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
        Output("city", _("City"), {"type": "array"}),
        Output("districts", _("Districts"), {"type": "array"}),
        Output("green_without_entrance", _("Green spaces that no street reaches"), {"type": "integer"}),
        Output("written", _("Rows changed"), {"type": "integer"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        frames, computed_at = InputFrames(city.metric_crs), timezone.now()
        try:
            town = read_town(frames, context)
            figures = [*_standards(town, city, context), *_open_space(town, frames, context)]
            figures += _three_rules(town, frames, city, inputs, context)
            figures += _by_group(town, figures)
        except (NotMetric, NoStreets) as error:
            raise InvalidInput(str(error)) from error
        context.progress(95, _t("Writing results"))
        written = _store(town, figures, city, frames, computed_at)
        return {
            "rule": {
                "people": town.lived.rule,
                **{figure.id: figure.rule for figure in figures if figure.by_district},
                "groups": GROUP_RULE,
            },
            "thresholds": thresholds_of(city),
            "left_out": usable(city)[1],
            "inputs": frames.record,
            "computed_at": computed_at.isoformat(),
            "city": [figure.of_city() for figure in figures],
            "districts": _by_district(town, figures),
            "green_without_entrance": len(town.nearness.entrances.closed),
            "written": written,
        }


@dataclass(frozen=True, eq=False)
class Town:
    """What every figure is computed from: districts, people and where they are, green and streets."""

    districts: gpd.GeoDataFrame
    lived: Lived
    zone: Positions
    nearness: Nearness
    public: gpd.GeoSeries
    streets: gpd.GeoDataFrame

    @property
    def people(self) -> People:
        return self.lived.people


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure for every district: `part` of `whole`, in percent."""

    id: str
    part: Floats
    whole: Floats
    rule: str
    parameters: Mapping[str, Any]
    variant: str = ""
    by_district: bool = True

    @property
    def pct(self) -> list[float | None]:
        return [
            _round(100 * part / whole) if whole > 0 else None
            for part, whole in zip(self.part, self.whole, strict=True)
        ]

    @property
    def city_pct(self) -> float | None:
        part, whole = float(np.nansum(self.part)), float(np.nansum(self.whole))
        return _round(100 * part / whole) if whole > 0 else None

    def without(self, unknown: Flags) -> Figure:
        """Of the districts whose value can be known."""
        part, whole = (np.where(unknown, np.nan, column) for column in (self.part, self.whole))
        return replace(self, part=part, whole=whole)

    def of_city(self) -> dict[str, Any]:
        named = {"variant": self.variant} if self.variant else {}
        return {
            "id": self.id,
            **named,
            "value": self.city_pct,
            "unit": "%",
            "parameters": dict(self.parameters),
        }

    def indicator(self, subject: Subject, value: float | None, people_rule: str) -> Indicator:
        rule = f"{self.rule} People: {people_rule}."
        return Indicator(f"{self.id}_pct", subject, value, "%", rule, self.parameters, variant=self.variant)


def read_town(frames: InputFrames, context: Context) -> Town:
    """Raises InvalidInput when there are no districts, no people or no green; NoStreets without streets."""
    context.progress(0, _t("Reading people and green spaces"))
    districts = frames.read("districts", ["name_fr", "name_ar", "name_en", "population", *GROUPS])
    if districts.empty:
        raise InvalidInput("There are no districts: import them first.")
    lived = read_people(frames)
    green = frames.read("green-spaces", ["access"])
    public = green.geometry[green["access"] == "public"]
    if public.empty:
        raise InvalidInput("There is no public green: import some into green-spaces first.")
    context.progress(20, _t("Joining the streets"))
    streets = frames.read("streets", ["street_class", "bridge_level", "width_m"])
    nearness = Nearness(lived.people, Patches.of(public), walk_network(frames, streets))
    return Town(districts, lived, zone_of(lived.people, districts.geometry), nearness, public, streets)


def _standards(town: Town, city: City, context: Context) -> Iterator[Figure]:
    rules, _missing = usable(city)
    for done, rule in enumerate(rules):
        context.progress(30 + 25 * done / len(rules), _t("Measuring the way to green"))
        near = town.nearness.near(rule.by, rule.distance_m, rule.min_area_ha)
        words = f"{LINE_RULE if rule.by == LINE else WALKING_RULE} {SIZE_RULE}"
        yield _share(town, rule.id, near, words, rule.parameters)


def _open_space(town: Town, frames: InputFrames, context: Context) -> Iterator[Figure]:
    context.progress(55, _t("Measuring open space"))
    if town.lived.buildings.empty:
        return
    found = open_space(town.districts.geometry, town.public, town.streets, town.lived.buildings)
    yield Figure(
        "sdg_11_7_1_open_space",
        found.open_m2,
        found.built_m2,
        OPEN_SPACE_RULE.format(built_m=BUILT_M),
        {"built_m": BUILT_M},
        variant="near-buildings",
    )


def _three_rules(
    town: Town, frames: InputFrames, city: City, inputs: Mapping[str, Any], context: Context
) -> Iterator[Figure]:
    """Of people in buildings; nothing where a threshold or the buildings are missing."""
    context.progress(65, _t("Counting trees"))
    if town.lived.buildings.empty or any(key not in city.thresholds for key in RULE_3_30_300):
        return
    trees, within_m, canopy_pct, far_m, min_ha = (city.threshold(key).value for key in RULE_3_30_300)
    rule = TreeRule(int(trees), within_m, inputs.get("trees") or TREES_WITHIN)
    frame = frames.read("trees", ["crown_diameter_m"])
    near_trees = _of_people(town, enough_trees(town.lived.buildings, _xy(frame), rule, _plane_m(town)))
    context.progress(75, _t("Measuring canopy"))
    canopy = district_canopy(town.districts.geometry, frame, inputs, frames)
    unknown = np.isnan(canopy.share_pct)
    leafy = np.append(canopy.share_pct >= canopy_pct, False)[town.zone]
    by = inputs.get("walk_300") or LINE
    near_green = town.nearness.near(by, far_m, min_ha)
    text = f"{canopy_pct:g} % canopy in the district. {canopy.rule}"
    three, thirty, far = _three_parameters(city, canopy.parameters)
    yield _share(town, "rule_3", near_trees, rule.text, three, rule.variant)
    yield _share(town, "rule_30", leafy, text, thirty, canopy.variant).without(unknown)
    words = f"{LINE_RULE if by == LINE else WALKING_RULE} {SIZE_RULE}"
    yield _share(town, "rule_300", near_green, words, far, by)
    variant = f"{rule.variant}, {by}"
    if canopy.variant != CROWNS_VARIANT:  # the usual one is not named: its history goes on under the old name
        variant = f"{variant}, {canopy.variant}"
    everything = near_trees & leafy & near_green
    together = {**three, **thirty, **far, **origin_of(city, *RULE_3_30_300)}
    all_three = _share(town, "rule_3_30_300", everything, "3, 30 and 300 at once", together, variant)
    yield all_three.without(unknown)


def _three_parameters(city: City, canopy: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Of 3, of 30 and of 300, each with the source of its thresholds."""
    names = ("trees", "within_m", "canopy_pct", "distance_m", "min_area_ha")
    value = {n: city.threshold(key).value for n, key in zip(names, RULE_3_30_300, strict=True)}
    for part, more in ((slice(0, 2), {}), (slice(2, 3), canopy), (slice(3, 5), {})):
        told = {name: value[name] for name in names[part]}
        yield {**told, **more, **origin_of(city, *RULE_3_30_300[part])}


def _by_group(town: Town, figures: Sequence[Figure]) -> list[Figure]:
    """Who of the groups of the census lives near green, in the city; in each district it is the same for all."""
    shares = group_shares(town.districts)
    return [
        replace(
            figure,
            part=figure.part * share,
            whole=figure.whole * share,
            rule=f"{figure.rule} {GROUP_RULE.format(group=group)}",
            variant=group,
            by_district=False,
        )
        for figure in figures
        if figure.id in GROUPED
        for group, share in shares.items()
    ]


def _store(town: Town, figures: list[Figure], city: City, frames: InputFrames, computed_at: datetime) -> int:
    """The city's figures, and those of the districts that have an identifier."""
    found: list[Indicator] = []
    for figure in figures:
        found.append(figure.indicator(Subject("city", city.slug), figure.city_pct, town.lived.rule))
        for name, value in zip(town.districts["external_id"], figure.pct, strict=True):
            if figure.by_district and not pd.isna(name):
                found.append(figure.indicator(Subject("districts", str(name)), value, town.lived.rule))
    with transaction.atomic():
        report = store_indicators(found, frames.record, computed_at=computed_at)
    return report.added + report.changed


def _of_people(town: Town, of_building: Flags) -> Flags:
    """For each place of people, of the building it stands for; no building, no tree in view."""
    return np.asarray(np.append(of_building, False)[town.people.building])


def _share(
    town: Town, name: str, near: Flags, rule: str, parameters: Mapping[str, Any], variant: str = ""
) -> Figure:
    share = share_by_zone(town.people, town.zone, near, len(town.districts))
    return Figure(name, share.near, share.people, rule, parameters, variant)


def _by_district(town: Town, figures: list[Figure]) -> list[dict[str, Any]]:
    rows = town.districts[["external_id", "name_fr"]].to_dict("records")
    columns = {figure.id: figure.pct for figure in figures if figure.by_district}
    return [
        {**row, **{name: values[place] for name, values in columns.items()}} for place, row in enumerate(rows)
    ]


def _xy(points: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([points.geometry.x, points.geometry.y]).reshape(-1, 2)


def _plane_m(town: Town) -> float:
    """Plane metres of a metre on the ground."""
    network = town.nearness.network
    return network.plane_m if network else 1.0


def _round(value: float) -> float:
    return round(float(value), 3)
