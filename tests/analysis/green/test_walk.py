"""Walking distances against closed forms on a lattice and a textbook search; and what no entrance may do."""

from collections import defaultdict
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count, pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from analysis.green.walk import NoStreets, Places, build_walk_network, find_entrances, walk_distances
from analysis.green.walk.distances import node_distances
from tests.analysis.green.shapes import CRS, X0, Y0, square

LIMIT_M = 1e6
ORIGIN = np.array([X0, Y0])


def streets(*lines: list[tuple[float, float]], **columns: list) -> gpd.GeoDataFrame:
    shapes = [shapely.LineString([(X0 + x, Y0 + y) for x, y in line]) for line in lines]
    columns.setdefault("street_class", ["residential"] * len(lines))
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def lattice(steps: int = 10, step_m: float = 100.0):
    """Lines from side to side that only cross: the network has to join them."""
    side = steps * step_m
    lines = [[(0, i * step_m), (side, i * step_m)] for i in range(steps + 1)]
    return build_walk_network(streets(*lines, *([(y, x) for x, y in line] for line in lines)))


def at(network, *xy: tuple[float, float]) -> Places:
    return network.snap(np.array(xy) + ORIGIN, 200.0)


def doors(*xy: tuple[float, float]) -> np.ndarray:
    return np.array(xy, dtype=float) + ORIGIN


def random_network(seed: int):
    rng = np.random.default_rng(seed)
    ends = rng.uniform(0, 2000, (150, 2, 2))
    return build_walk_network(streets(*ends.tolist())), rng


def by_hand(network, people: Places, entrances: Places) -> np.ndarray:
    """A textbook search in which every place is a node of its own, put into its edge beside all others there."""
    links = defaultdict(list)
    stops = [[(0.0, a), (m, b)] for (a, b), m in zip(network.ends.tolist(), network.length_m, strict=True)]
    for kind, places in (("p", people), ("e", entrances)):
        for i in np.flatnonzero(places.edge >= 0):
            stops[places.edge[i]].append((places.before_m[i], (kind, i, "foot")))
            link(links, (kind, i, "foot"), (kind, i), places.leg_m[i])
    for edge in stops:
        edge.sort(key=lambda stop: stop[0])
        for (m, a), (n, b) in pairwise(edge):
            link(links, a, b, n - m)
    found = search(links, [("e", i) for i in np.flatnonzero(entrances.edge >= 0)])
    return np.array([found.get(("p", i), np.inf) for i in range(len(people.edge))])


def link(links, a, b, metres: float) -> None:
    links[a].append((b, metres))
    links[b].append((a, metres))


def search(links, sources) -> dict:
    """Metres from the nearest source of everything that can be reached."""
    found: dict = {}
    order = count()
    ahead = [(0.0, next(order), source) for source in sources]
    while ahead:
        metres, _, node = heappop(ahead)
        if node not in found:
            found[node] = metres
            for other, more in links[node]:
                heappush(ahead, (metres + more, next(order), other))
    return found


def test_lattice_has_25_nodes_within_300_m():
    network = lattice()
    assert (len(network.node_xy), len(network.ends)) == (121, 220)
    nodes = network.snap(network.node_xy, 1.0)
    metres = walk_distances(network, nodes, doors((500, 500)), 300.0 * 1.001)
    assert np.isfinite(metres).sum() == 25  # the diamond 2 * 3 * 4 + 1


@pytest.mark.parametrize("seed", range(3))
def test_equals_a_textbook_search_from_places_on_the_edges(seed):
    network, rng = random_network(seed)
    people = network.snap(rng.uniform(0, 2000, (200, 2)) + ORIGIN, 200.0)
    entrances_xy = rng.uniform(0, 2000, (12, 2)) + ORIGIN
    metres = walk_distances(network, people, entrances_xy, LIMIT_M)
    expected = by_hand(network, people, network.snap(entrances_xy, 200.0))
    assert metres == pytest.approx(expected, abs=1e-9)
    assert np.isfinite(metres).sum() > 150


def test_many_entrances_are_the_nearest_of_each_and_one_more_never_lengthens():
    network, rng = random_network(5)
    people = network.snap(rng.uniform(0, 2000, (100, 2)) + ORIGIN, 200.0)
    entrances = rng.uniform(0, 2000, (6, 2)) + ORIGIN
    single = [walk_distances(network, people, entrances[i : i + 1], LIMIT_M) for i in range(6)]
    together = [walk_distances(network, people, entrances[: i + 1], LIMIT_M) for i in range(6)]
    assert together[-1] == pytest.approx(np.minimum.reduce(single), abs=1e-9)
    assert all((more <= fewer + 1e-9).all() for fewer, more in pairwise(together))


@pytest.mark.parametrize("limit_m", [0.0, 150.0, 900.0, np.inf])
def test_search_equals_dijkstra_to_the_last_digit_on_streets_of_every_length(limit_m):
    network, rng = random_network(7)
    network = replace(
        network, length_m=rng.lognormal(3, 2, len(network.ends))
    )  # from centimetres to kilometres
    chosen = rng.choice(len(network.ends), 9, replace=False)
    doors = Places(chosen, network.length_m[chosen] * rng.uniform(0, 1, 9), rng.uniform(0, 30, 9))
    ends, graph = network.ends[doors.edge], network.graph.tolil()
    graph.resize(graph.shape[0] + 9, graph.shape[0] + 9)
    for door, ((a, b), m, before, leg) in enumerate(
        zip(ends, network.length_m[doors.edge], doors.before_m, doors.leg_m, strict=True), graph.shape[0] - 9
    ):
        graph[door, a], graph[door, b] = before + leg, m - before + leg
    expected = dijkstra(
        graph.tocsr(), indices=range(graph.shape[0] - 9, graph.shape[0]), min_only=True, limit=limit_m
    )
    assert np.array_equal(node_distances(network, doors, limit_m), expected[:-9])


def test_straight_line_is_never_longer_than_the_walk():
    network, rng = random_network(6)
    xy = rng.uniform(0, 2000, (200, 2)) + ORIGIN
    entrances = rng.uniform(0, 2000, (8, 2)) + ORIGIN
    straight, _ = cKDTree(entrances).query(xy)
    walked = walk_distances(network, network.snap(xy, 200.0), entrances, LIMIT_M)
    assert (straight / network.plane_m <= walked + 1e-6).all()


def test_snap_is_the_nearest_edge_of_a_brute_search():
    network, rng = random_network(8)
    xy = rng.uniform(-300, 2300, (300, 2)) + ORIGIN
    places = network.snap(xy, 150.0)
    brute = np.array([shapely.distance(network.lines, shapely.Point(p)).min() for p in xy]) / network.plane_m
    assert places.leg_m[places.edge >= 0] == pytest.approx(brute[places.edge >= 0], abs=1e-9)
    assert ((brute <= 150.0) == (places.edge >= 0)).all()


def test_bridges_motorways_and_the_shorter_of_two_streets():
    network = build_walk_network(
        streets(
            [(0, 0), (100, 0)],
            [(0, 0), (50, 200), (100, 0)],  # the long way between the same ends
            [(50, -50), (50, 50)],  # a bridge: no junction
            [(0, 10), (100, 10)],  # a motorway
            street_class=["residential", "footway", "residential", "motorway"],
            bridge_level=[0, 0, 1, 0],
        )
    )
    assert len(network.ends) == 3
    across = walk_distances(network, at(network, (100, 0)), doors((0, 0)), LIMIT_M)
    assert across[0] == pytest.approx(100 / network.plane_m)
    assert walk_distances(network, at(network, (50, -50)), doors((0, 0)), LIMIT_M)[0] == np.inf


def test_place_beside_an_entrance_on_its_own_edge():
    network = build_walk_network(streets([(0, 0), (1000, 0)]))
    metres = walk_distances(network, at(network, (480, 10)), doors((500, 5)), LIMIT_M) * network.plane_m
    assert metres[0] == pytest.approx(10 + 20 + 5)


def test_entrances_are_crossings_path_ends_and_else_the_boundary_beside_a_street():
    network = build_walk_network(
        streets([(0, 50), (200, 50)], [(500, 50), (590, 50)], [(1000, -20), (1300, -20)])
    )
    greens = np.array([square(100, 0, 50), square(600, 0, 100), square(1100, 0, 100), square(3000, 0, 50)])
    entrances = find_entrances(greens, network)
    assert sorted(entrances.xy[entrances.green == 0][:, 0] - X0) == pytest.approx([100, 150])
    assert (entrances.xy[entrances.green == 1] - ORIGIN).tolist() == [[590, 50]]
    beside = entrances.xy[entrances.green == 2] - ORIGIN
    assert len(beside) >= 6 and beside[:, 1].max() <= 10
    assert entrances.closed.tolist() == [3]


def test_no_streets_is_said():
    with pytest.raises(NoStreets, match="None of the 1 streets"):
        build_walk_network(streets([(0, 0), (9, 0)], street_class=["motorway"]))


def test_known_gates_are_the_only_entrances_of_their_green_space():
    crossing = streets([(0, 50), (200, 50)])
    gates = gpd.GeoSeries([shapely.Point(X0 + 125, Y0 + 110), shapely.Point(X0 + 900, Y0)], crs=crossing.crs)
    greens = np.array([square(100, 0, 100), square(190, 0, 100)])
    entrances = find_entrances(greens, build_walk_network(crossing, gates))
    assert (entrances.xy[entrances.green == 0] - ORIGIN).tolist() == [
        [125, 110]
    ]  # 10 m off, the other gate far away
    assert (entrances.xy[entrances.green == 1] - ORIGIN)[:, 0].tolist() == [190, 200]
