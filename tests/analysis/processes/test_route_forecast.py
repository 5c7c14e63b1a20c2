"""Plans with a forecast: what will overflow is collected, what will not is left and told so; restated, moved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from django.conf import settings as django_settings

from analysis.processes.routes import forecasting
from analysis.processes.routes.checking import CheckPlan
from analysis.processes.routes.fill import ASSUMED, known_of, noon
from analysis.processes.routes.forecasting import ForecastFill
from analysis.processes.routes.moving import ExplainTask, MoveTasks
from analysis.processes.routes.replan import ReplanRoutes
from analysis.processes.routes.stored import open_plan
from gis_core.actors import SYSTEM
from gis_core.errors import InvalidInput, NotAllowed
from gis_core.permissions import Role
from layers.models import CollectionRight
from layers.policy import forget_rights
from layers.queries.fills import read_fills
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.town import MONDAY, optimise

pytestmark = pytest.mark.django_db
CITY = django_settings.CITY
FULL_KG = 660 * 0.15  # of a container of the town, by the density of the city file
WEEKS = ("2026-11-02", "2026-11-09", "2026-11-16")
SINCE, UNTIL = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def run(process, job: str = "later", **inputs) -> dict:
    return process().run(inputs, Recorder(job_id=job))


def plan_row(plan: str) -> pd.Series:
    return read_frame("route-plans", equals={"external_id": plan}).iloc[0]


def served(plan: str) -> set[str]:
    return set(read_frame("route-stops", ["container"], equals={"plan": plan})["container"]) - {""}


def write(keys: list[str], **columns: object) -> None:
    report = load_features("waste-containers", pd.DataFrame({"external_id": keys} | columns))
    assert report.rejected == () and report.changed == len(keys)


@pytest.fixture
def sides(town) -> tuple[set[str], set[str]]:
    """Weighed every Monday at noon: in the west 70 % of a container has come each week, in the east 21 %."""
    districts = read_frame("districts").set_index("external_id")
    containers = read_frame("waste-containers")
    west = containers.intersects(districts.geometry["west"]).to_numpy()
    keys = containers["external_id"].to_numpy()
    for day in WEEKS:
        kg = np.where(west, 0.70, 0.21) * FULL_KG
        write(list(keys), emptied_at=f"{day}T12:00:00+01:00", weighed_kg=kg, fill_pct=None)
    return set(keys[west]), set(keys[~west])


def test_history_tells_each_moment_once_as_corrected_last(town):
    key = "waste-containers/0"
    write([key], fill_pct=[30.0], fill_observed_at=["2026-11-01T08:00:00Z"])
    write([key], fill_pct=[35.0], fill_observed_at=["2026-11-01T20:00:00Z"])
    write([key], fill_pct=[40.0])  # a correction of that reading
    write([key], emptied_at=["2026-11-02T09:00:00Z"], weighed_kg=[50.0])
    write([key], weighed_kg=[55.0])
    write([key], capacity_l=[770])  # says nothing new of its fill
    (id,) = read_frame("waste-containers", equals={"external_id": key})["id"]
    rows = read_fills([int(id)], SINCE, UNTIL).sort_values("at_d")
    assert rows["fill_pct"].fillna(-1).to_list() == [40.0, -1.0]
    assert rows["weighed_kg"].fillna(-1).to_list() == [-1.0, 55.0]
    assert rows["emptied"].to_list() == [False, True]
    at = datetime(2026, 11, 1, 20, tzinfo=UTC).timestamp() / 86_400
    assert float(rows["at_d"].iloc[0]) == pytest.approx(at)
    assert read_fills([int(id)], UNTIL, UNTIL).empty


def test_what_will_overflow_is_taken_and_what_will_not_is_left(sides):
    west, east = sides
    answer = optimise("foreseen", forecast=True, horizon_days=7, publish=False)
    assert served("foreseen") == west
    assert answer["totals"]["unserved"] == []
    assert {row["id"] for row in answer["totals"]["not_worth"]} == east
    assert answer["forecast"] == {
        "due": 0,
        "optional": 30,
        "optional_taken": len(west),
        "overflows_prevented": pytest.approx(len(west)),  # 140 % by the next service, 70 % if emptied now
        "prevented_by_optional": pytest.approx(len(west)),
        "overflows_expected": pytest.approx(0.0),
    }
    usual = answer["rule"]["forecast"]["usual_rates"]  # of two weeks, each container
    assert {name: (rate["of"], rate["per_day_pct"]) for name, rate in usual.items()} == {
        "west": ("district", 10.0),
        "east": ("district", 3.0),
    }
    assert usual["west"]["container_days"] == 14 * len(west)
    row = plan_row("foreseen")
    assert (row["served"], row["unserved"]) == (len(west), 0)
    assert row["load_t"] * 1000 == pytest.approx(len(west) * 0.70 * FULL_KG, abs=1)
    told = json.loads(row["left_out"])
    assert set(told) == east
    code = {(why["code"], why["fill_pct"], why["risk"], why["full_on"]) for why in told.values()}
    assert code == {("not-worth-the-detour", 21, 0.0, "2026-12-20")}  # 3 % a day since the 16th


def test_due_is_what_is_full_and_a_free_overflow_is_worth_nothing(sides):
    west, _ = sides
    assert optimise("free", forecast=True, overflow_cost=0, publish=False)["forecast"]["optional_taken"] == 0
    assert served("free") == set()
    later = optimise("later", forecast=True, overflow_cost=0, publish=False, date="2026-11-25")
    assert later["forecast"]["due"] == len(west)  # 90 % by then
    assert served("later") == west


def test_plan_is_restated_with_its_own_forecast_whatever_is_weighed_later(sides):
    west, east = sides
    optimise("foreseen", forecast=True, horizon_days=7, publish=False)
    assert run(CheckPlan, plan="foreseen")["faults"] == []
    stored = open_plan("foreseen")
    tasks = [t for n in range(len(stored.zones)) for t in stored.together([n]).problem.tasks]
    assert {t.id: t.prize for t in tasks} == dict.fromkeys(west, 30.0) | dict.fromkeys(east, 0.0)
    write(sorted(west), emptied_at="2026-11-23T09:00:00+01:00", weighed_kg=5.0, fill_pct=3.0)
    again = run(CheckPlan, plan="foreseen")
    assert (again["feasible"], again["changed"]) == (True, [])


def test_left_out_container_can_be_given_to_a_crew_and_stays_there(sides):
    _, east = sides
    optimise("foreseen", forecast=True, horizon_days=7, publish=False)
    key = min(east)
    assert run(ExplainTask, plan="foreseen", task=key)["vehicle"] is None
    vehicle = min(v for z in open_plan("foreseen").zones if "west" in z.districts for v in z.vehicles)
    run(MoveTasks, job="moved", plan="foreseen", tasks=[key], vehicle=vehicle)
    assert key in served("moved")
    assert run(CheckPlan, plan="moved")["faults"] == []
    assert key not in json.loads(plan_row("moved")["left_out"])


def test_rest_of_the_day_keeps_the_forecast(sides):
    west, east = sides
    optimise("foreseen", forecast=True, horizon_days=7, publish=False)
    done = sorted(west)[:3]
    answer = run(ReplanRoutes, job="rest", plan="foreseen", now="06:30", done=done, max_iterations=30)
    assert served("rest") == west - set(done)
    assert answer["forecast"]["optional"] == 27
    assert set(json.loads(plan_row("rest")["left_out"])) == east


def test_forecast_is_of_containers_that_are_due_alone(sides):
    with pytest.raises(InvalidInput, match="only containers have a fill"):
        optimise(forecast=True, kind="kerbside")
    with pytest.raises(InvalidInput, match="due_only=false collects everything"):
        optimise(forecast=True, due_only=False)
    with pytest.raises(InvalidInput, match="No container of fraction glass"):
        optimise(forecast=True, fraction="glass")


def test_recorded_emptying_makes_an_older_reading_void(town):
    """All were 80 % full and thereby due; one was emptied on Sunday."""
    key = "waste-containers/4"
    write([key], fill_observed_at=["2026-11-21T08:00:00Z"], emptied_at=["2026-11-22T08:00:00Z"])
    optimise("monday", publish=False)
    assert len(served("monday")) == 29 and key not in served("monday")


def test_collection_day_that_passed_counts_as_kept_and_nothing_known_is_assumed():
    day = date.fromisoformat(MONDAY)
    rows = pd.DataFrame(
        {"id": [1, 2], "district": "", "capacity_l": 660, "collection_days": [[6], []]},
    )
    kept, unknown = known_of(rows, CITY, 0.15, day)
    assert kept.presumed == date(2026, 11, 21)
    assert kept.outlook.at(noon(day, CITY)).expected == pytest.approx(2 / 7)
    assert (unknown.presumed, unknown.basis, unknown.outlook.rate.per_day) == (
        None,
        "assumption",
        ASSUMED.per_day,
    )
    assert unknown.outlook.at(noon(day, CITY)).expected == pytest.approx(1.0)


@pytest.fixture
def planner(monkeypatch):
    actor = replace(SYSTEM, roles=frozenset({Role.PLANNER}))
    monkeypatch.setattr(forecasting, "actor_named", lambda _name: actor)
    return actor


def test_forecast_of_a_container_in_numbers(sides, planner):
    west, _ = sides
    today = datetime.now(UTC).date()
    answer = run(ForecastFill, containers=[min(west)], days=2)
    (row,) = answer["containers"]
    assert row["days"][0]["date"] == today.isoformat()
    gone = (today - date(2026, 11, 16)).days
    assert row["days"][1]["expected_pct"] == pytest.approx(10 * (gone + 1), abs=0.1)
    assert (row["district"], row["from"]["stretches"], row["from"]["days"]) == ("west", 2, 14.0)
    assert row["from"]["per_day_pct"] == pytest.approx(10.0)
    assert len(run(ForecastFill, districts=["east"])["containers"]) == 30 - len(west)


def test_forecast_tells_nothing_that_the_asker_may_not_read(sides, planner):
    with pytest.raises(InvalidInput, match="Name the containers or districts"):
        run(ForecastFill)
    with pytest.raises(InvalidInput, match="no container 'x'"):
        run(ForecastFill, containers=["x"])
    CollectionRight.objects.create(
        collection="waste-containers", role="planner", read="city", write="none", hidden=["weighed_kg"]
    )
    forget_rights()
    with pytest.raises(NotAllowed, match="weighed_kg"):
        run(ForecastFill, districts=["east"])
    forget_rights()
