"""The figures of green coverage as indicators: of each district, of the city by its districts and by its parcels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.conf import settings

from analysis.green import Access, Coverage, Indicator, Subject, equity
from analysis.green.access import REACH_RULE
from analysis.green.plane import Floats
from analysis.processes.green_groups import GROUP_RULE, group_shares

# A plane area divided by the areal scale at the zone's centre and the geodesic area differ by less than this.
RELATIVE_ERROR = 1e-4
DISTRICTS, CELLS = "districts", "population-cells"
UNITS = {
    DISTRICTS: "Units: the districts.",
    CELLS: "Units: the cells of the population grid, each with the public green inside it; a cell belongs to the"
    " district that its centre lies in.",
}
M2_PER_INHABITANT = 10_000 / 1_000  # of one hectare per 1,000 inhabitants
CAPACITY_RULE = (
    "Share of the inhabitants of those districts that have at least so much public green, overlaps counted once, per"
    " 1,000 inhabitants. Districts without inhabitants are left out."
)


def of_districts(districts: pd.DataFrame, coverage: Coverage) -> list[Indicator]:
    """Of the districts that have an external id, in the order of the coverage, and of all of them together.

    districts: external_id, population and the groups of the census (green_groups.COLUMNS).
    """
    subjects = _subjects(districts["external_id"])
    inhabitants = pd.to_numeric(districts["population"]).to_numpy(float)
    known = np.isfinite(inhabitants) & (inhabitants > 0)
    figures = [
        *_of_each(subjects, coverage, inhabitants),
        *_of_each([_city()], _sum(coverage), np.array([np.nan]), variant=DISTRICTS),
    ]
    if known.any():
        total = _sum(coverage, known).public_m2_per_inhabitant(inhabitants[known].sum())
        figures.append(
            _figure("green_m2_per_inhabitant", _city(), total[0], "m²", coverage, variant=DISTRICTS)
        )
        per_head = coverage.public_m2_per_inhabitant(inhabitants)
        figures += [*_of_equity(per_head, inhabitants), *_of_capacity(per_head, inhabitants)]
        for group, share in group_shares(districts).items():
            figures += _of_equity(per_head, inhabitants * share, variant=group)
    return figures


def of_cells(
    names: pd.Series, district: npt.NDArray[np.intp], coverage: Coverage, people: Floats
) -> Iterator[Indicator]:
    """Equity between the cells of the population grid, in the city and within each district.

    district: of each cell the position of its district in `names`, -1 where it lies in none.
    """
    per_head = coverage.public_m2_per_inhabitant(people)
    yield from _of_equity(per_head, people, variant=CELLS)
    for position, subject in enumerate(_subjects(names)):
        inside = district == position
        if subject is not None and inside.any():
            yield from _of_equity(per_head[inside], people[inside], subject, CELLS)


def _of_equity(
    per_head: Floats, people: Floats, subject: Subject | None = None, variant: str = DISTRICTS
) -> Iterator[Indicator]:
    """Between units of the subject, the city unless another is given; the threshold is the city's own."""
    limit = settings.CITY.threshold("green_m2_per_inhabitant")
    found = equity.spread(per_head, people, limit.value)
    below = {"threshold_m2": limit.value, "source": limit.source, "valid_from": limit.valid_from.isoformat()}
    for name, value, unit, parameters in (
        ("green_gini", found.gini, "", {}),
        ("green_p90_p10", found.p90_p10, "", {}),
        ("green_below_threshold_pct", found.below_pct, "%", below),
    ):
        known = None if np.isnan(value) else round(value, 4)
        rule = (
            f"{equity.RULE} {UNITS.get(variant) or UNITS[DISTRICTS] + ' ' + GROUP_RULE.format(group=variant)}"
        )
        yield Indicator(name, subject or _city(), known, unit, rule, parameters, variant=variant)


def _of_capacity(per_head: Floats, people: Floats) -> Iterator[Indicator]:
    """Of the Accessible Greenspace Standards; nothing in a city whose file does not have the threshold."""
    limit = settings.CITY.thresholds.get("ags_capacity_ha_per_1000")
    if limit is None:
        return
    below_pct = equity.spread(per_head, people, limit.value * M2_PER_INHABITANT).below_pct
    parameters = {
        "ha_per_1000": limit.value,
        "source": limit.source,
        "valid_from": limit.valid_from.isoformat(),
    }
    yield Indicator(
        "ags_capacity_pct",
        _city(),
        round(100 - below_pct, 4),
        "%",
        CAPACITY_RULE,
        parameters,
        variant=DISTRICTS,
    )


def of_parcels(green_area_m2: Floats, rule: str) -> list[Indicator]:
    """The whole of the parcels, from their columns, which are the figures of each."""
    total = round(float(green_area_m2.sum()), 2)
    error = round(RELATIVE_ERROR * total, 6)
    return [Indicator("green_area_m2", _city(), total, "m²", rule, {}, error, "parcels")]


def _subjects(names: pd.Series) -> list[Subject | None]:
    return [None if pd.isna(name) else Subject("districts", str(name)) for name in names]


def _city() -> Subject:
    return Subject("city", settings.CITY.slug)


def _of_each(
    subjects: Sequence[Subject | None], coverage: Coverage, inhabitants: Floats, variant: str = ""
) -> Iterator[Indicator]:
    columns = {
        "green_area_m2": (coverage.green_area_m2, "m²"),
        "green_public_area_m2": (coverage.green_public_area_m2, "m²"),
        "green_share_pct": (coverage.green_share_pct, "%"),
    }
    if np.isfinite(inhabitants).any():
        columns["green_m2_per_inhabitant"] = (coverage.public_m2_per_inhabitant(inhabitants), "m²")
    for name, (values, unit) in columns.items():
        for subject, value in zip(subjects, values, strict=True):
            if subject is not None:
                yield _figure(name, subject, value, unit, coverage, variant=variant)


def _figure(
    name: str, subject: Subject, value: float, unit: str, coverage: Coverage, *, variant: str = ""
) -> Indicator:
    known = None if np.isnan(value) else round(float(value), 3)
    error = None if known is None else round(RELATIVE_ERROR * known, 6)
    return Indicator(name, subject, known, unit, coverage.rule, {}, error, variant)


def of_access(names: pd.Series, near: Access, access: Mapping[str, float]) -> Iterator[Indicator]:
    for subject, share, homes in zip(_subjects(names), near.within_pct, near.homes_rule, strict=True):
        if subject is not None:
            rule = f"{REACH_RULE.format(**access)} People: {homes}."
            value = None if np.isnan(share) else round(float(share), 3)
            yield Indicator("green_within_300_m_pct", subject, value, "%", rule, access)


def _sum(coverage: Coverage, kept: slice | npt.NDArray[np.bool_] = slice(None)) -> Coverage:
    """The zones as one; they do not overlap."""
    zone, green, public = (
        np.array([column[kept].sum()])
        for column in (coverage.zone_area_m2, coverage.green_area_m2, coverage.green_public_area_m2)
    )
    return Coverage(zone, green, public, coverage.rule)
