"""Process compute-air-index: the air-quality index of each station at a moment, and of the city."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.air import AirIndex, IndexValue, NoStandard, index_at
from analysis.processes.air.readings import HOUR, city_standards, last_moment, read_observations, usable
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output

RULE = (
    "Each pollutant by the mean of its hours before the moment ({hours}), valid observations only, missing with fewer"
    " than 75 % of them; the level of a station is its worst pollutant's, that of the city its worst station's."
)


class ComputeAirIndex:
    """By an index of the table of standards; pollutants that a station did not measure are named."""

    id = "compute-air-index"
    title = _("Compute the air-quality index")
    description = _("The level of each station and of the city at a moment, by a published index.")
    role = "planner"
    quick = True
    inputs = (
        Input("index", _("Index (identifier)"), {"type": "string", "default": "eea-2017"}),
        Input(
            "moment",
            _("Moment"),
            {"type": "string", "format": "date-time"},
            _("Local time if no zone is given; default: the last observation."),
        ),
    )
    outputs = (
        Output("city", _("The city")),
        Output("stations", _("Stations and their levels"), {"type": "array"}),
        Output("observations", _("Observations used and left out")),
        Output("rule", _("Rules"), {"type": "string"}),
        Output("source", _("Source of the index"), {"type": "string"}),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        frames = InputFrames(settings.CITY.metric_crs)
        try:
            index = city_standards().index(str(inputs.get("index") or "eea-2017"))
        except NoStandard as error:
            raise InvalidInput(str(error)) from error
        context.progress(0, _t("Reading observations"))
        observations = read_observations(frames)
        valid, left_out = usable(observations)
        moment = _moment(inputs.get("moment"), observations)
        values = {
            str(name): index_at(index, own, moment) for name, own in valid.groupby("station", sort=True)
        }
        known = {name: value for name, value in values.items() if value is not None}
        worst = max(known, key=lambda name: known[name].level, default=None)
        return {
            "city": {
                "moment": moment.isoformat(),
                "index": index.id,
                **_told(known[worst] if worst else None),
            },
            "stations": [{"external_id": name, **_told(value)} for name, value in values.items()],
            "observations": {"used": len(valid), "left_out": left_out},
            "rule": RULE.format(hours=_hours(index)),
            "source": f"{index.source.text} (checked: {index.source.checked})",
            "inputs": frames.record,
            "computed_at": timezone.now().isoformat(),
        }


def _moment(text: str | None, observations: pd.DataFrame) -> pd.Timestamp:
    if not text:
        return last_moment(observations).floor("h") + HOUR
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"moment={text!r} is no moment: write 2026-10-31T14:00.") from error
    zone = ZoneInfo(settings.CITY.time_zone)
    return pd.Timestamp(moment if moment.tzinfo else moment.replace(tzinfo=zone)).tz_convert("UTC")


def _told(value: IndexValue | None) -> dict[str, Any]:
    if value is None:
        return {"level": None, "name": None}
    return {
        "level": value.level,
        "name": value.name,
        "by": list(value.by),
        "levels": dict(value.levels),
        "means_ug_m3": {pollutant: round(mean, 2) for pollutant, mean in value.means_ug_m3.items()},
        "missing": list(value.missing),
    }


def _hours(index: AirIndex) -> str:
    return ", ".join(f"{pollutant} {hours} h" for pollutant, hours in index.hours.items())
