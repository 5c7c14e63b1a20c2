"""Process check-observations: what is wrong with air observations is told in their flag and fault; none is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.air import QualityRule, find_faults
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output
from layers.queries.frames import read_frame
from layers.queries.revisions import revision_of
from layers.services.load import load_features

COLLECTION = "air-observations"
READ = ["station", "pollutant", "observed_at", "created_at", "value_ug_m3", "flag", "fault"]
WRITTEN = ["external_id", "station", "pollutant", "observed_at", "value_ug_m3", "flag", "fault"]


class CheckObservations:
    """Flags negative, duplicate, stuck, future and late values; a flag that a person set stays."""

    id = "check-observations"
    title = _("Check air observations")
    description = _("Negative, duplicate, stuck and late values get a flag and a reason; nothing is deleted.")
    role = "planner"
    inputs = (
        Input(
            "stuck_hours",
            _("Hours with one and the same value that count as stuck"),
            {"type": "integer", "minimum": 2, "maximum": 168, "default": QualityRule.stuck_hours},
        ),
        Input(
            "late_hours",
            _("Hours after which a value counts as late"),
            {"type": "number", "exclusiveMinimum": 0, "default": 48},
        ),
    )
    outputs = (
        Output("rule", _("Rules"), {"type": "string"}),
        Output("observations", _("Observations looked at"), {"type": "integer"}),
        Output("faults", _("Faults found")),
        Output("changed", _("Rows changed"), {"type": "integer"}),
        Output("not_written", _("Observations without an identifier"), {"type": "integer"}),
        Output("inputs", _("Features and revision of each collection read")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        rule = QualityRule(
            int(inputs.get("stuck_hours") or QualityRule.stuck_hours),
            timedelta(hours=float(inputs.get("late_hours") or 48)),
        )
        context.progress(0, _t("Reading observations"))
        revision, rows = revision_of(COLLECTION), read_frame(COLLECTION, READ)
        if rows.empty:
            raise InvalidInput("There are no observations: import some into air-observations first.")
        context.progress(30, _t("Looking for faults"))
        found = find_faults(rows.rename(columns={"created_at": "received_at"}).pipe(_in_utc), rule)
        changed = _to_write(rows, found)
        context.progress(60, _t("Writing results"))
        named = changed[changed["external_id"].notna()]
        with transaction.atomic():
            report = load_features(COLLECTION, named)
        return {
            "rule": rule.text,
            "observations": len(rows),
            "faults": {fault: int(n) for fault, n in found["fault"].value_counts().items() if fault},
            "changed": report.changed,
            "not_written": len(changed) - len(named),
            "inputs": {COLLECTION: {"features": len(rows), "revision": revision}},
        }


def _in_utc(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        **{name: pd.to_datetime(rows[name], utc=True) for name in ("observed_at", "received_at")}
    )


def _to_write(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Rows whose flag or fault becomes another. What a person flagged (no fault named) keeps its flag."""
    by_person = (rows["flag"] != "valid") & (rows["fault"] == "")
    news = rows.assign(flag=found["flag"].where(~by_person, rows["flag"]), fault=found["fault"])
    differs = (news["flag"] != rows["flag"]) | (news["fault"] != rows["fault"])
    return news.loc[differs & ~by_person, WRITTEN]
