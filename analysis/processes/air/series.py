"""Process compute-pollution-series: one pollution grid for each hour, day, week or month of a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.processes.air.grid import ComputePollutionGrid, Period, read_period
from analysis.processes.air.readings import last_moment, read_observations
from analysis.processes.input_frames import InputFrames
from analysis.processes.part_of_job import Part
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output

STEPS = {
    "hour": pd.DateOffset(hours=1),
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(weeks=1),
    "month": pd.DateOffset(months=1),
}
MOST_GRIDS = 1000


class ComputePollutionSeries:
    """Each grid is finished for itself: a run that is cancelled leaves whole ones, and a new run replaces them."""

    id = "compute-pollution-series"
    title = _("Compute pollution grids over time")
    description = _(
        "One grid for each hour, day, week or month of a period; the map shows them by its time slider."
    )
    role = "planner"
    inputs = (
        *ComputePollutionGrid.inputs,
        Input("step", _("One grid for each"), {"type": "string", "enum": list(STEPS), "default": "day"}),
    )
    outputs = (
        Output("grids", _("The grids' features"), {"type": "array"}),
        Output("left_out", _("Steps without enough stations"), {"type": "array"}),
        Output("rule", _("Rules"), {"type": "string"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        pollutant = str(inputs.get("pollutant") or "no2")
        last = last_moment(read_observations(InputFrames(settings.CITY.metric_crs), pollutant))
        periods = list(_steps(read_period(inputs, last, settings.CITY), str(inputs.get("step") or "day")))
        grids, left_out, rule = [], [], ""
        for number, period in enumerate(periods):
            context.progress(100 * number / len(periods), _told(period))
            own = {**inputs, "period_start": period.start.isoformat(), "period_end": period.end.isoformat()}
            try:
                answer = ComputePollutionGrid().run(own, Part(context, number, len(periods)))
            except InvalidInput as error:
                left_out.append({"from": own["period_start"], "reason": error.detail})
                continue
            rule = answer["rule"]
            grids.append({**answer["grid"], "loo_rmse_ug_m3": answer["loo_rmse_ug_m3"]})
        if not grids:
            raise InvalidInput(f"No step has enough stations: {left_out[0]['reason']}")
        return {"grids": grids, "left_out": left_out, "rule": rule}


def _steps(period: Period, step: str) -> Iterator[Period]:
    """Consecutive parts of the period in local time; the last one may be shorter."""
    starts = _starts(pd.Timestamp(period.start), pd.Timestamp(period.end), step)
    if len(starts) > MOST_GRIDS:
        raise InvalidInput(
            f"{len(starts):,} grids, one for each {step}: at most {MOST_GRIDS}; take a longer step or a shorter period."
        )
    ends = [*starts[1:], pd.Timestamp(period.end)]
    for start, end in zip(starts, ends, strict=True):
        yield replace(period, start=_moment(start), end=_moment(end))


def _starts(start: pd.Timestamp, end: pd.Timestamp, step: str) -> list[pd.Timestamp]:
    """Hours are counted in UTC, the others on the local calendar, whatever the clocks did."""
    if step == "hour":
        return list(
            pd.date_range(start.tz_convert("UTC"), end.tz_convert("UTC"), freq=STEPS[step], inclusive="left")
        )
    local, last = start.tz_localize(None), end.tz_convert(start.tz).tz_localize(None)
    days = pd.date_range(local, last, freq=STEPS[step], inclusive="left")
    return list(
        days.tz_localize(start.tz, ambiguous=np.ones(len(days), dtype=bool), nonexistent="shift_forward")
    )


def _told(period: Period) -> str:
    return _t("Computing the grid from %(moment)s on") % {"moment": f"{period.start:%Y-%m-%d %H:%M}"}


def _moment(stamp: pd.Timestamp) -> datetime:
    moment: datetime = stamp.to_pydatetime()
    return moment
