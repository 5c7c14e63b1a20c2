"""Coverage that follows edits is the coverage from scratch, after any edits in any order."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.green import NotMetric, Patches
from analysis.green.edited import CoverageModel
from tests.analysis.green.shapes import CRS, random_squares, series, square


def from_scratch(zones: gpd.GeoSeries, model: CoverageModel) -> np.ndarray:
    greens = gpd.GeoSeries(model.greens[~shapely.is_missing(model.greens)], crs=CRS)
    return Patches.of(greens).plane_area_in(zones.to_numpy())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), two_parts=st.booleans())
def test_random_edits_give_what_a_fresh_run_gives(seed, two_parts):
    random = np.random.default_rng(seed)
    zones = [square(x, y, 80) for x in range(0, 480, 80) for y in range(0, 480, 80)]
    if two_parts:
        zones.append(shapely.MultiPolygon([square(500, 0, 50), square(600, 0, 50)]))
    greens, others = random_squares(25, 500, 120, seed), random_squares(8, 500, 150, seed + 1)
    model = CoverageModel.of(series(*zones), greens)
    for shape in others:
        number = int(random.integers(0, len(model.greens) + 1))
        untouched = model.area.copy()
        touched = model.edit(number, None if random.random() < 0.3 else shape)
        rest = np.setdiff1d(np.arange(len(zones)), touched)
        assert (model.area[rest] == untouched[rest]).all()
    assert model.area == pytest.approx(from_scratch(series(*zones), model), abs=1e-6)


def test_removed_green_leaves_nothing_and_comes_back():
    model = CoverageModel.of(series(square(0, 0, 100), square(900, 0, 100)), series(square(50, 0, 100)))
    assert model.edit(0, None).tolist() == [0]
    assert model.area.tolist() == [0, 0]
    assert model.edit(0, square(0, 0, 10)).tolist() == [0]
    assert model.area == pytest.approx([100, 0])


def test_degrees_are_refused():
    with pytest.raises(NotMetric):
        CoverageModel.of(series(square(0, 0, 1), crs=4326), series(square(0, 0, 1), crs=4326))
