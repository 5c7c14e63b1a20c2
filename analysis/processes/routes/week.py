"""Process plan-week: the weekdays of each container or street, and a plan for each day of the seven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.network import NetworkError
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes import figures
from analysis.processes.routes.asked import RULES, SEARCH, Asked, budget_of
from analysis.processes.routes.optimize import SOLVED_PCT, plan_day
from analysis.processes.routes.storing import NewPlan, store_plan
from analysis.processes.routes.week_days import Choice, choose_days, present_days
from analysis.routes import RoutingError
from analysis.routes.weeks import WEEK, Days
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output

CHOSEN_PCT = 20.0
TODAY = ("due_only", "forecast", "horizon_days", "overflow_cost")  # what looks at the fill of now
OWN = ("choose_days", "weekdays", "apart_days", "day_price")


class PlanWeek:
    """Seven days from the date on; a draft for each on which something is collected, tied together by the job."""

    id = "plan-week"
    title = _("Plan a week of collection routes")
    description = _(
        "A plan for each of seven days, for all containers or streets with collection days; the weekdays may be chosen"
        " anew where that saves more than its price."
    )
    role = "planner"
    finishable = True
    inputs = (
        *(one for one in RULES if one.name not in TODAY),
        *SEARCH,
        Input("choose_days", _("Choose the weekdays anew"), {"type": "boolean", "default": False}),
        Input(
            "weekdays",
            _("Weekdays of service (1 = Monday)"),
            {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}},
            _("Default: those on which something is collected today."),
        ),
        Input(
            "apart_days",
            _("Least days between two collections"),
            {"type": "integer", "minimum": 1, "maximum": 7, "default": 2},
        ),
        Input(
            "day_price",
            _("Price of other weekdays"),
            {"type": "number", "minimum": 0, "default": 2.0},
            _("Money a week that each container or street with other weekdays than today's must save."),
        ),
    )
    outputs = (
        Output("week", _("Week"), {"type": "string"}),
        Output("plan", _("Plan of the first day"), {"type": "string"}),
        Output("days", _("Per day: plan, kilometres, hours, tonnes"), {"type": "array"}),
        Output("totals", _("Totals of the week, and the spread between its days")),
        Output("collection_days", _("Weekdays of each container or street that change")),
        Output("rule", _("Rules and assumptions")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        asked, frames = Asked.of(inputs, settings.CITY), InputFrames(settings.CITY.metric_crs)
        context.progress(0, gettext("Choosing the weekdays"))
        was = present_days(frames, asked)
        days = _days(frames, asked, was, inputs) if inputs.get("choose_days") else was
        plans = _plans(inputs, asked.day, days, was, context)
        with transaction.atomic():
            for plan in plans:
                store_plan(plan)
        rows = [_day_row(plan) for plan in plans]
        changed = {key: {"days": own, "was": was[key]} for key, own in days.items() if own != was[key]}
        return {
            "week": context.job_id,
            "plan": plans[0].id,
            "days": rows,
            "totals": _totals(rows) | {"changed": len(changed)},
            "collection_days": changed,
            "rule": _rule(inputs),
        }


def _days(
    frames: InputFrames, asked: Asked, was: dict[str, Days], inputs: Mapping[str, Any]
) -> dict[str, Days]:
    used = {day for own in was.values() for day in own}
    weekdays = tuple(sorted(set(inputs.get("weekdays") or used)))
    choice = Choice(weekdays, int(inputs.get("apart_days", 2)), float(inputs.get("day_price", 2.0)))
    try:
        return choose_days(frames, asked, was, choice, budget_of(inputs), int(inputs.get("seed") or 0))
    except (NetworkError, RoutingError) as error:
        raise InvalidInput(str(error)) from error


def _plans(
    inputs: Mapping[str, Any],
    first: date,
    days: Mapping[str, Days],
    was: Mapping[str, Days],
    context: Context,
) -> list[NewPlan]:
    """One a day on which something is collected."""
    usual = {name: value for name, value in inputs.items() if name not in OWN}
    used = {weekday for own in days.values() for weekday in own}
    dates = [day for n in range(WEEK) if (day := first + timedelta(n)).isoweekday() in used]
    step_pct = (SOLVED_PCT - CHOSEN_PCT) / len(dates)
    plans = []
    for number, day in enumerate(dates):
        due = [key for key, own in days.items() if day.isoweekday() in own]
        week = {name: {key: list(of[key]) for key in due} for name, of in (("days", days), ("was", was))}
        stated = {**usual, "date": day.isoformat(), "due_only": True}
        stated["week"] = week | {"first": first.isoformat()}
        part = cast(Context, _Part(context, CHOSEN_PCT + step_pct * number, step_pct, day))
        plans.append(plan_day(stated, part, _plan_id(context.job_id, day), context.job_id))
    return plans


def _plan_id(job: str, day: date) -> str:
    """As long as a job's, which names the plans of one day; the same job and day give the same."""
    return str(uuid5(NAMESPACE_URL, f"{job}/{day.isoformat()}"))


class _Part:
    """A context of which one day's planning is a part."""

    def __init__(self, whole: Context, from_pct: float, step_pct: float, day: date) -> None:
        self.whole, self.from_pct, self.step_pct, self.day = whole, from_pct, step_pct, day
        self.live: dict[str, Any] | None = None
        self.queued, self.results = False, None

    @property
    def finishing(self) -> bool:
        return self.whole.finishing

    def progress(self, percent: float, message: str) -> None:
        self.whole.live = self.live
        done_pct = self.from_pct + self.step_pct * percent / 100
        self.whole.progress(done_pct, f"{self.day.isoformat()}: {message}")


def _day_row(plan: NewPlan) -> dict[str, Any]:
    whole = figures.totals(plan.zones, plan.fuel)
    names = ("vehicles", "served", "distance_km", "duration_h", "load_t", "overtime_h", "cost")
    left = len(whole["unserved"]) + len(whole["unreachable"])
    day = {"plan": plan.id, "date": plan.asked.day.isoformat(), "unserved": left}
    return day | {name: whole[name] for name in names}


def _totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Sums, and between the heaviest and the lightest day the tonnes, hours and kilometres."""
    names = ("served", "unserved", "distance_km", "duration_h", "load_t", "overtime_h", "cost")
    sums = {name: round(sum(row[name] for row in rows), 3) for name in names}
    spread = {
        f"spread_{name}": round(max(row[name] for row in rows) - min(row[name] for row in rows), 3)
        for name in ("distance_km", "duration_h", "load_t")
    }
    return sums | spread


def _rule(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "loads": (
            "streets: kilograms a day x days since the last collection by the week's days, which return every week;"
            " containers fill evenly, and are full after the longest gap between their present days"
        ),
        "weekdays": (
            "chosen by a search over all days with mean loads, by district all or none: only if they save more than"
            " day_price for each container or street that changes; a heuristic, not proved best"
            if inputs.get("choose_days")
            else "the present collection_days"
        ),
        "days": "each day is then planned and checked by itself, with its own loads",
    }
