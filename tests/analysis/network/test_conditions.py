"""Road conditions on their days and in their hours: what is shut, what cannot be turned into."""

from datetime import date, time

import geopandas as gpd
import pytest
from shapely.geometry import Point

from analysis.network import NetworkError, Reason, When, build_network, kerbside_tasks
from analysis.network.conditions import closures
from tests.analysis.network.streets import CRS, streets

MONDAY = date(2026, 11, 30)
HOUR = 3600.0
SHIFT = When(MONDAY, 6 * HOUR, 14 * HOUR)


def conditions(*rows: dict) -> gpd.GeoDataFrame:
    usual = {
        "status": "accepted", "to_street": "", "valid_from": None, "valid_until": None, "weekdays": [],
        "from_time": None, "until_time": None, "geom": Point(0, 0),
    }  # fmt: skip
    full = [{"external_id": f"c{n}", **usual, **row} for n, row in enumerate(rows)]
    return gpd.GeoDataFrame(full, geometry="geom", crs=CRS)


def shut(when: When = SHIFT, **row) -> dict:
    return closures(conditions({"street": "a", "kind": "closed", **row}), when)


@pytest.mark.parametrize("status", ["proposed", "refused"])
def test_only_what_is_accepted_counts(status):
    assert shut(status=status) == {}
    assert shut() == {"a": Reason.CLOSED}


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        ({"valid_from": date(2026, 11, 30)}, True),
        ({"valid_from": date(2026, 12, 1)}, False),
        ({"valid_until": date(2026, 11, 30)}, True),
        ({"valid_until": date(2026, 11, 29)}, False),
        ({"weekdays": [1, 5]}, True),
        ({"weekdays": [2]}, False),
        ({"from_time": time(13), "until_time": time(18)}, True),
        ({"from_time": time(14), "until_time": time(18)}, False),
        ({"until_time": time(6)}, False),
        ({"from_time": time(22), "until_time": time(7)}, True),  # until Monday's morning
        ({"from_time": time(22), "until_time": time(7), "weekdays": [1]}, False),  # from Monday's evening on
        ({"from_time": time(22), "until_time": time(7), "weekdays": [7]}, True),
        ({"kind": "market", "weekdays": [1], "from_time": time(8), "until_time": time(13)}, True),
    ],
)
def test_closure_holds_on_its_days_and_in_its_hours(row, holds):
    assert (shut(**row) == {"a": Reason.CLOSED}) == holds


@pytest.mark.parametrize(
    ("row", "hours", "is_shut"),
    [
        ({"from_time": time(7)}, (6, 14), True),
        ({"from_time": time(7)}, (7, 14), False),
        ({"from_time": time(7), "until_time": time(12)}, (7, 14), True),
        ({"from_time": time(7), "weekdays": [2]}, (6, 14), False),
        ({"from_time": time(20), "until_time": time(4)}, (20, 28), False),
        ({"from_time": time(20), "until_time": time(4)}, (20, 29), True),
        ({"from_time": time(20), "until_time": time(4)}, (2, 4), False),
        ({"from_time": time(20), "until_time": time(4)}, (3, 6), True),
    ],
)
def test_gate_is_shut_outside_its_hours(row, hours, is_shut):
    when = When(MONDAY, hours[0] * HOUR, hours[1] * HOUR)
    assert (shut(when, kind="gate", **row) == {"a": Reason.CLOSED}) == is_shut


def test_crew_knowledge_of_narrow_streets_has_its_own_reason():
    assert shut(kind="too_narrow") == {"a": Reason.TOO_NARROW}


CROSSING = (
    {"external_id": "west", "geom": [(-100, 0), (0, 0)]},
    {"external_id": "east", "geom": [(0, 0), (100, 0)]},
    {"external_id": "north", "geom": [(0, 0), (0, 100)]},
)


def links(network) -> set[tuple[str, str]]:
    rows, columns = network.links.nonzero()
    ids = network.street_ids[network.section]
    return {(str(a), str(b)) for a, b in zip(ids[rows], ids[columns], strict=True)}


def test_turn_that_crews_know_to_be_impossible_is_dropped_at_the_end_that_is_shown():
    known = conditions({"street": "west", "kind": "no_turn", "to_street": "north", "geom": Point(-20, 5)})
    assert ("west", "north") in links(build_network(streets(*CROSSING)))
    assert ("west", "north") not in links(build_network(streets(*CROSSING), conditions=known, when=SHIFT))


def test_dead_end_in_which_crews_cannot_turn_round_is_not_served():
    known = conditions({"street": "north", "kind": "no_turn", "geom": Point(0, 99)})
    frame = streets(*CROSSING)
    network = build_network(frame, conditions=known, when=SHIFT)
    assert [(m.id, m.reason) for m in kerbside_tasks(network, frame)[1]] == [("north", Reason.NOT_CONNECTED)]


def test_closed_street_is_listed_as_closed():
    known = conditions({"street": "north", "kind": "market", "weekdays": [1]})
    frame = streets(*CROSSING)
    network = build_network(frame, conditions=known, when=SHIFT)
    assert [(m.id, m.reason) for m in kerbside_tasks(network, frame)[1]] == [("north", Reason.CLOSED)]
    tuesday = build_network(frame, conditions=known, when=When(date(2026, 12, 1)))
    assert kerbside_tasks(tuesday, frame)[1] == ()


def test_conditions_without_a_day_are_refused():
    with pytest.raises(NetworkError, match="when the trucks are out"):
        build_network(streets(*CROSSING), conditions=conditions({"street": "west", "kind": "closed"}))


def test_streets_all_closed_are_counted_by_reason():
    known = conditions(*({"street": name, "kind": "closed"} for name in ("west", "east", "north")))
    with pytest.raises(NetworkError, match=r"none of the 3 streets given \(3 closed\)"):
        build_network(streets(*CROSSING), conditions=known, when=SHIFT)
