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

# A plane area divided by the areal scale at the zone's centre and the geodesic area differ by less than this.
RELATIVE_ERROR = 1e-4


def of_districts(
    names: pd.Series, people: pd.Series, coverage: Coverage, near: Access, access: Mapping[str, float]
) -> list[Indicator]:
    """Of the districts that have an external id, in the order of the coverage, and of all of them together."""
    subjects = [None if pd.isna(name) else Subject("districts", str(name)) for name in names]
    inhabitants = people.to_numpy(float)
    known = np.isfinite(inhabitants) & (inhabitants > 0)
    figures = [
        *_of_each(subjects, coverage, inhabitants),
        *_of_access(subjects, near, access),
        *_of_each([_city()], _sum(coverage), np.array([np.nan]), variant="districts"),
    ]
    if known.any():
        total = _sum(coverage, known).public_m2_per_inhabitant(inhabitants[known].sum())
        figures.append(
            _figure("green_m2_per_inhabitant", _city(), total[0], "m²", coverage, variant="districts")
        )
        figures += _of_equity(coverage.public_m2_per_inhabitant(inhabitants), inhabitants)
    return figures


def _of_equity(per_head: Floats, people: Floats) -> Iterator[Indicator]:
    """Between the districts; the threshold is the city's own."""
    limit = settings.CITY.threshold("green_m2_per_inhabitant")
    found = equity.spread(per_head, people, limit.value)
    below = {"threshold_m2": limit.value, "source": limit.source, "valid_from": limit.valid_from.isoformat()}
    for name, value, unit, parameters in (
        ("green_gini", found.gini, "", {}),
        ("green_p90_p10", found.p90_p10, "", {}),
        ("green_below_threshold_pct", found.below_pct, "%", below),
    ):
        known = None if np.isnan(value) else round(value, 4)
        yield Indicator(name, _city(), known, unit, equity.RULE, parameters, variant="districts")


def of_parcels(coverage: Coverage) -> list[Indicator]:
    """The whole of the parcels; the figures of each are its columns."""
    return list(_of_each([_city()], _sum(coverage), np.array([np.nan]), variant="parcels"))


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


def _of_access(
    subjects: Sequence[Subject | None], near: Access, access: Mapping[str, float]
) -> Iterator[Indicator]:
    for subject, share, homes in zip(subjects, near.within_pct, near.homes_rule, strict=True):
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
