import pytest

from analysis.routes import Demand, NoVehicle, share_fleet

DEPOTS = {"east": (10_000.0, 0.0), "west": (0.0, 0.0)}


def demand(id: str, x_m: float, load_kg: float = 1000.0, tasks: int = 1000) -> Demand:
    return Demand(id, (x_m, 0.0), load_kg, tasks)


def test_districts_go_to_the_nearest_depot():
    zones = share_fleet([demand("a", 1000), demand("b", 9000)], DEPOTS, {"east": ["e1"], "west": ["w1"]})
    assert {zone.districts: zone.depot for zone in zones} == {("a",): "west", ("b",): "east"}


def test_vehicles_follow_the_load_and_none_works_twice():
    fleet = {"west": [f"w{i}" for i in range(5)]}
    zones = share_fleet([demand("light", 100, 500), demand("heavy", 200, 2000)], DEPOTS, fleet)
    assert {zone.districts[0]: len(zone.vehicles) for zone in zones} == {"light": 1, "heavy": 4}
    assert len({v for zone in zones for v in zone.vehicles}) == 5


def test_more_districts_than_vehicles_are_joined_to_their_neighbours():
    demands = [demand("a", 0), demand("b", 100, 10), demand("c", 900)]
    zones = share_fleet(demands, DEPOTS, {"west": ["w1", "w2"]})
    assert sorted(zone.districts for zone in zones) == [("a", "b"), ("c",)]


def test_district_not_worth_a_vehicle_is_joined():
    zones = share_fleet(
        [demand("a", 0), demand("b", 900), demand("tiny", 100, 20)], DEPOTS, {"west": ["w1", "w2", "w3"]}
    )
    assert sorted(zone.districts for zone in zones) == [("a", "tiny"), ("b",)]


def test_districts_of_few_tasks_are_planned_together():
    demands = [demand("a", 0, tasks=100), demand("b", 900, tasks=200), demand("c", 5000, tasks=50)]
    zones = share_fleet(demands, DEPOTS, {"west": ["w1", "w2", "w3"]})
    assert [(sorted(zone.districts), len(zone.vehicles)) for zone in zones] == [(["a", "b"], 2), (["c"], 1)]


def test_crowded_depot_sends_districts_to_the_other():
    demands = [demand(f"d{i}", 1000 + 100 * i) for i in range(4)]
    zones = share_fleet(demands, DEPOTS, {"east": ["e1", "e2"], "west": ["w1", "w2"]})
    assert sorted(zone.depot for zone in zones) == ["east", "east", "west", "west"]


def test_depot_without_vehicles_gets_no_district():
    zones = share_fleet([demand("a", 100)], DEPOTS, {"east": ["e1"], "west": []})
    assert [zone.depot for zone in zones] == ["east"]


def test_no_vehicle_at_any_depot_is_named():
    with pytest.raises(NoVehicle, match="no vehicle at any depot"):
        share_fleet([demand("a", 100)], DEPOTS, {"elsewhere": ["x"]})
