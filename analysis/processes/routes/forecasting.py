"""Process forecast-fill: how full containers will be on the days to come, the risk, and what that was learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import inf
from typing import Any

import pandas as pd
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import Asked
from analysis.processes.routes.containers import density, read_containers
from analysis.processes.routes.fill import HIGH_RISK, Known, full_on, known_of, noon, rule_of_fill
from analysis.routes.forecast import days_until_risk
from gis_core.actors import actor_named
from gis_core.city import City
from gis_core.errors import InvalidInput, NotAllowed
from gis_core.jobs.process import Context, Input, Output
from layers.policy import Access, access_to
from layers.queries.frames import read_ids
from layers.registry import get_collection

NEEDED = ("fill_pct", "fill_observed_at", "emptied_at", "weighed_kg", "collection_days", "capacity_l")
MOST_DAYS = 31
_ids = {"type": "array", "items": {"type": "string"}, "maxItems": 5000}


class ForecastFill:
    """Answered at once; nothing changes. Only of containers that the asker may read."""

    id = "forecast-fill"
    title = _("Forecast fills")
    description = _(
        "How full containers will be if nobody empties them, from their readings and weighings: day by day, with error"
        " and risk of an overflow."
    )
    role = "planner"
    quick = True
    inputs = (
        Input("containers", _("Containers (identifiers)"), _ids),
        Input("districts", _("Districts (identifiers)"), _ids),
        Input("fraction", _("Fraction"), {"type": "string", "default": "mixed"}),
        Input("days", _("Days ahead"), {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": 7}),
    )
    outputs = (
        Output("containers", _("Per container the days to come"), {"type": "array"}),
        Output("rule", _("Rules and assumptions")),
        Output("inputs", _("Features and revision of each collection read")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        asked, frames = Asked.of(inputs, city), InputFrames(city.metric_crs)
        readable = set(read_ids(_access(context.actor)))
        containers = read_containers(frames, asked)
        containers = containers[containers["id"].isin(readable)].reset_index(drop=True)
        shown = _shown(containers, inputs)
        near = containers[containers["district"].isin(containers.loc[shown, "district"])]
        known = known_of(near, city, density(city, asked.fraction), asked.day)
        days = [asked.day + timedelta(days=n) for n in range(int(inputs.get("days") or 7) + 1)]
        rows = zip(near["key"], near["district"], known, shown[near.index], strict=True)
        return {
            "containers": [
                _row(key, district, one, days, city) for key, district, one, wanted in rows if wanted
            ],
            "rule": rule_of_fill(),
            "inputs": frames.record,
        }


def _access(actor: str) -> Access:
    """Raises NotAllowed for whom the fills are hidden."""
    access = access_to(actor_named(actor), get_collection("waste-containers"))
    if hidden := sorted(access.hidden & set(NEEDED)):
        raise NotAllowed(f"A forecast would tell of {', '.join(hidden)}, which you may not see.")
    return access


def _shown(containers: pd.DataFrame, inputs: Mapping[str, Any]) -> pd.Series:
    """Which rows are asked for. Raises InvalidInput naming a container that does not exist."""
    keys, districts = set(inputs.get("containers") or ()), set(inputs.get("districts") or ())
    if not keys and not districts:
        raise InvalidInput("Name the containers or districts whose fill you want to know.")
    if unknown := sorted(keys - set(containers["key"])):
        raise InvalidInput(f"There is no container {unknown[0]!r} of this fraction that you may see.")
    return containers["key"].isin(keys) | containers["district"].isin(districts)


def _row(key: str, district: str, known: Known, days: list[date], city: City) -> dict[str, Any]:
    until = days_until_risk(known.outlook, noon(days[0], city), HIGH_RISK)
    likely = full_on(known.outlook, days[0], city)
    return {
        "container": key,
        "district": district,
        "days": [_day(known, day, city) for day in days],
        "days_until_risk": None if until == inf else int(until),
        "full_on": likely.isoformat() if likely else None,
        "from": known.told(),
    }


def _day(known: Known, day: date, city: City) -> dict[str, Any]:
    coming = known.outlook.at(noon(day, city))
    return {
        "date": day.isoformat(),
        "expected_pct": round(100 * coming.expected, 1),
        "error_pct": round(100 * coming.error, 1),
        "risk": round(coming.overflow_risk, 4),
    }
