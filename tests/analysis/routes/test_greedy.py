from dataclasses import replace

import numpy as np

from analysis.routes import DisposalSite, Refusal, container, nearest_neighbour
from tests.analysis.routes.problems import containers, problem, vehicles

LINE = np.array([[0, 0], [0, 1], [100, 0], [300, 0], [200, 0], [400, 0]])  # depot, tip, c0 … c3


def visited(plan) -> list[str]:
    return [visit.id for visit in plan.routes[0].visits]


def test_nearest_stop_comes_next():
    plan = nearest_neighbour(problem(tasks=containers(4), fleet=vehicles(1), xy_m=LINE))
    assert visited(plan) == ["depot", "c0", "c2", "c1", "c3", "tip", "depot"]


def test_optional_stops_can_be_left_aside():
    c0, *rest = containers(4)
    stated = problem(tasks=(replace(c0, prize=5.0), *rest), fleet=vehicles(1), xy_m=LINE)
    assert visited(nearest_neighbour(stated)) == ["depot", "c0", "c2", "c1", "c3", "tip", "depot"]
    plan = nearest_neighbour(stated, optional=False)
    assert visited(plan) == ["depot", "c2", "c1", "c3", "tip", "depot"]
    assert [(u.id, u.reason) for u in plan.unserved] == [("c0", Refusal.NOT_WORTH)]


def test_full_vehicle_tips_and_goes_on():
    plan = nearest_neighbour(problem(tasks=containers(4, kg=500), fleet=vehicles(1), xy_m=LINE))
    assert visited(plan) == ["depot", "c0", "c2", "tip", "c1", "c3", "tip", "depot"]


def test_next_vehicle_takes_what_the_shift_leaves():
    plan = nearest_neighbour(
        problem(tasks=containers(4, service_s=1200), fleet=vehicles(2, hours=1), xy_m=LINE)
    )
    assert [[v.id for v in route.served] for route in plan.routes] == [["c0", "c2"], ["c1", "c3"]]


def test_stop_too_heavy_for_one_vehicle_goes_to_the_larger():
    small, large = vehicles(1, kg=100)[0], vehicles(2, kg=900)[1]
    plan = nearest_neighbour(problem(tasks=(container("c0", 2, 800, 1, 60),), fleet=(small, large)))
    assert [route.vehicle.id for route in plan.routes] == ["v1"]


def test_crew_with_little_time_left_tips_on_the_way_home():
    """The site next door would make it late; the one by the depot does not."""
    sites = (DisposalSite("beyond", 60), DisposalSite("home", 60))
    xy_m = np.array([[0, 0], [5200, 0], [100, 0], [5000, 0]])
    fleet = vehicles(1, hours=0.38)
    plan = nearest_neighbour(problem(tasks=containers(1), fleet=fleet, sites=sites, xy_m=xy_m))
    assert visited(plan) == ["depot", "c0", "home", "depot"]
