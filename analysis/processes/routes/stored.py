"""A stored plan, read back: who serves what, and the problem and plan that it was."""

from __future__ import annotations

from analysis.processes.routes.publication import read_plan
from analysis.processes.routes.storing import STOPS, STREETS
from layers.queries.frames import read_frame


def crews_of(plan: str) -> dict[str, str]:
    """Which vehicle serves each task of the plan. Raises NotFound."""
    read_plan(plan)
    stops = read_frame(STOPS, ["route", "kind", "container"], equals={"plan": plan})
    stops = stops[stops["kind"] == "container"]
    streets = read_frame(STREETS, ["vehicle", "street", "side"], equals={"plan": plan})
    sides = streets["side"].map(lambda side: "" if side == "both" else f":{side}")
    prefix = f"plan/{plan}/"
    return {
        **dict(zip(stops["container"], stops["route"].str.removeprefix(prefix), strict=True)),
        **dict(zip(streets["street"] + sides, streets["vehicle"], strict=True)),
    }
