"""The change told at once equals the whole city measured anew, for any operations; and a few known outcomes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.green.people import spread_people
from analysis.green.walk import build_walk_network
from analysis.green.what_if import (
    CityState,
    Convert,
    Draw,
    Edit,
    Erase,
    Open,
    Plant,
    Reach,
    Remove,
    polygons_of,
    prepare,
    what_if,
)
from tests.analysis.green.shapes import CRS, X0, Y0, random_squares, series, square

SIDE = 1500.0
ORIGIN = np.array([X0, Y0])


class Town:
    """Districts, parcels and buildings on a lattice, crooked streets, overlapping greens, some touching in points."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        cells = [square(x, y, 100) for x in range(0, 1500, 100) for y in range(0, 1500, 100)]
        self.parcels = series(*cells)
        self.districts = series(*(square(x, y, 750) for x in (0, 750) for y in (0, 750)))
        corners = self.rng.uniform(0, SIDE - 20, (300, 2))
        self.buildings = series(*(square(x, y, 12) for x, y in corners))
        chequers = [square(x * 60, y * 60, 60) for x in range(4) for y in range(4) if (x + y) % 2]
        greens = [*random_squares(30, SIDE, 160, seed), *chequers]
        self.greens = polygons_of(
            series(*greens), self.rng.random(len(greens)) < 0.7, tuple(map(str, range(len(greens))))
        )
        self.trees = self.rng.uniform(0, SIDE, (700, 2)) + ORIGIN
        lines = [shapely.LineString(line + ORIGIN) for line in self.rng.uniform(0, SIDE, (90, 2, 2))]
        streets = gpd.GeoDataFrame({"street_class": ["footway"] * len(lines)}, geometry=lines, crs=CRS)
        self.network = build_walk_network(streets)
        self.people = spread_people(self.districts, self.rng.uniform(100, 900, 4), self.buildings)

    def state(self, greens=None, trees=None, doors=None) -> CityState:
        return prepare(
            self.districts,
            self.parcels,
            greens or self.greens,
            self.people,
            self.buildings,
            self.trees if trees is None else trees,
            self.network,
            Reach(300.0, 0.5),
            doors,
        )

    def anew(self, operations) -> CityState:
        """The whole city after the operations, measured from nothing."""
        edit = Edit.of(self.greens, operations)
        rows = [row for row in range(len(self.greens.shapes)) if row not in edit.changed]
        pieces, public = edit.pieces
        shapes = gpd.GeoSeries([*self.greens.shapes[rows], *pieces], crs=CRS)
        greens = polygons_of(shapes, np.r_[self.greens.public[rows], public], ("",) * len(shapes))
        return self.state(greens, np.vstack([self.trees, edit.trees_xy]), edit.doors_xy)

    def some_operations(self) -> list:
        x, y, u, v = self.rng.uniform(0, SIDE - 200, 4)
        first, second = self.rng.choice(len(self.greens.shapes), 2, replace=False)
        everything = [
            Draw(square(x, y, self.rng.uniform(30, 180)), public=True),
            Draw(square(u, v, 90), public=False),
            Erase(square(v, x, self.rng.uniform(50, 250))),
            Convert(int(first), public=bool(self.rng.random() < 0.5)),
            Remove(int(second)),
            Plant(self.rng.uniform(0, SIDE, (40, 2)) + ORIGIN),
            Open(self.rng.uniform(0, SIDE, (5, 2)) + ORIGIN),
            Draw(square(60, 60, 60), public=True),
        ]
        kept = self.rng.random(len(everything)) < 0.6
        return [everything[i] for i in self.rng.permutation(len(everything)) if kept[i]]


@pytest.mark.parametrize("seed", range(12))
def test_equals_the_whole_city_measured_anew(seed):
    town = Town(seed)
    operations = town.some_operations()
    outcome, anew = what_if(town.state(), operations), town.anew(operations)
    for name, values in vars(anew.figures).items():
        assert vars(outcome.after)[name] == pytest.approx(values, rel=1e-9, abs=1e-5), name
    parcels = town.state().parcel_green_m2
    parcels[outcome.parcels] = outcome.parcel_after_m2
    assert parcels == pytest.approx(anew.parcel_green_m2, abs=1e-5)


@pytest.fixture(scope="module")
def plain() -> CityState:
    """A city of one district of 1 km² and 100 people at a street, without green."""
    district = series(square(0, 0, 1000))
    line = shapely.LineString([(X0, Y0 + 500), (X0 + 1000, Y0 + 500)])
    streets = gpd.GeoDataFrame({"street_class": ["residential"]}, geometry=[line], crs=CRS)
    home = series(square(100, 495, 10))
    people = spread_people(district, np.array([100.0]), home)
    nothing = polygons_of(series(), np.zeros(0), ())
    parcels = series(square(300, 450, 100), square(400, 450, 100))
    network, no_trees = build_walk_network(streets), np.empty((0, 2))
    return prepare(district, parcels, nothing, people, home, no_trees, network, Reach(300, 0.5))


def test_park_drawn_serves_who_lives_near_and_greens_its_parcels(plain):
    outcome = what_if(plain, [Draw(square(350, 450, 100), public=True)])
    before, after = outcome.before.indicators(), outcome.after.indicators()
    assert before["green_access_walk_pct"][0] == 0 and after["green_access_walk_pct"][0] == 100
    assert after["green_m2_per_inhabitant"][0] == pytest.approx(100, rel=2e-3)
    assert outcome.parcels.tolist() == [0, 1]
    assert outcome.parcel_after_m2 == pytest.approx([5000, 5000], rel=2e-3)


def test_private_garden_is_green_but_near_to_nobody(plain):
    after = what_if(plain, [Draw(square(350, 450, 100), public=False)]).after.indicators()
    assert after["green_share_pct"][0] == pytest.approx(1.0, rel=2e-3)
    assert after["green_access_line_pct"][0] == 0 and after["green_m2_per_inhabitant"][0] == 0


def test_drawn_twice_counts_once_and_erased_again_is_as_before(plain):
    park = Draw(square(350, 450, 100), public=True)
    once, twice = what_if(plain, [park]), what_if(plain, [park, park])
    assert twice.after.green_m2 == pytest.approx(once.after.green_m2)
    gone = what_if(plain, [park, Erase(square(300, 400, 300))])
    assert gone.after.green_m2[0] == pytest.approx(0, abs=1e-6)


def test_entrance_opened_brings_the_park_nearer_on_foot(plain):
    """A park beside no street has no entrance; one opened within 200 m of the street counts."""
    park = Draw(square(150, 560, 100), public=True)
    assert what_if(plain, [park]).after.near_walk[0] == 0
    opened = Open(np.array([[X0 + 200, Y0 + 560]]))
    assert what_if(plain, [park, opened]).after.near_walk[0] == pytest.approx(100)


def test_third_tree_counts(plain):
    trees = np.array([[X0 + 105, Y0 + 500 + n] for n in range(3)], dtype=float)
    assert what_if(plain, [Plant(trees[:2])]).after.three_trees[0] == 0
    planted = what_if(plain, [Plant(trees)]).after
    assert planted.three_trees[0] == pytest.approx(100) and planted.trees[0] == 3
