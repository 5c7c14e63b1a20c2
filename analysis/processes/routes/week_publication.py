"""Process publish-week: the plans of all days of a week, and the weekdays they are made for, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from analysis.processes.routes.asked import KERBSIDE, WeekDays
from analysis.processes.routes.publication import publish, withdraw
from analysis.processes.routes.storing import PLANS
from analysis.routes.weeks import WEEK
from gis_core.errors import Conflict, NotFound
from gis_core.jobs.process import Context, Input, Output
from layers.queries.frames import read_frame
from layers.services.load import load_features


class PublishWeek:
    """Publishing an earlier week again is the way back; `days` as they were before are in each plan's `asked`."""

    id = "publish-week"
    title = _("Publish a week of route plans")
    description = _(
        "Shows the plans of all days of the week to crews and the public, and writes the weekdays of each container or"
        " street; all or nothing."
    )
    role = "planner"
    quick = True
    inputs = (
        Input("week", _("Week"), {"type": "string"}, required=True),
        Input(
            "restore_days",
            _("Restore the weekdays from before"),
            {"type": "boolean", "default": False},
            _("Publishes nothing: withdraws the week's plans and gives back the weekdays that it changed."),
        ),
    )
    outputs = (
        Output("plans", _("Plans published"), {"type": "array"}),
        Output("replaced", _("Plans replaced"), {"type": "array"}),
        Output("changed", _("Containers or streets with other weekdays"), {"type": "integer"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        with transaction.atomic():
            plans = _plans_of(inputs["week"])
            if inputs.get("restore_days"):
                replaced = _withdraw(plans, keep=set())
                return {"plans": [], "replaced": replaced, "changed": _write(plans, "was")}
            replaced = _withdraw(plans, keep=set(plans["service_date"]))
            for plan in plans["external_id"]:
                replaced += publish(plan)
            told = sorted(set(replaced) - set(plans["external_id"]))
            return {
                "plans": list(plans["external_id"]),
                "replaced": told,
                "changed": _write(plans, "days"),
            }


def _plans_of(week: str) -> pd.DataFrame:
    """The plans of the week by day, with what was `told` of it. Raises NotFound."""
    rows = pd.DataFrame(read_frame(PLANS, equals={"job": week})).sort_values("service_date")
    rows = rows.assign(told=[json.loads(asked)["inputs"].get("week") for asked in rows["asked"]])
    rows = rows[rows["told"].notna()]
    if rows.empty:
        raise NotFound(f"There is no week {week!r} in route-plans.")
    return rows


def _withdraw(plans: pd.DataFrame, keep: set[date]) -> list[str]:
    """What is public on days of the week on which nothing is collected any more."""
    row = plans.iloc[0]
    first = date.fromisoformat(row["told"]["first"])
    dates = [day for n in range(WEEK) if (day := first + timedelta(n)) not in keep]
    districts = tuple(row["districts"])
    return [
        plan
        for day in dates
        for plan in withdraw(day=day, kind=row["kind"], fraction=row["fraction"], districts=districts)
    ]


def _write(plans: pd.DataFrame, name: str) -> int:
    """How many rows got other collection_days. Raises Conflict if one is refused."""
    days = {key: own for told in plans["told"] for key, own in getattr(WeekDays.of(told), name).items()}
    collection = "streets" if plans.iloc[0]["kind"] == KERBSIDE else "waste-containers"
    rows = read_frame(collection, ["collection_days"])
    now = {
        key: tuple(sorted(own or ()))
        for key, own in zip(rows["external_id"], rows["collection_days"], strict=True)
    }
    other = {key: list(own) for key, own in days.items() if key in now and now[key] != own}
    if not other:
        return 0
    frame = pd.DataFrame({"external_id": list(other), "collection_days": list(other.values())})
    if (report := load_features(collection, frame)).rejected:
        raise Conflict(f"{collection}: {report.rejected[0].field} {report.rejected[0].cure}")
    return len(other)
