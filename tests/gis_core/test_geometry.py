from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.errors import InvalidInput
from gis_core.geometry import BBox

longitude = st.floats(-180, 180)
latitude = st.floats(-90, 90)


@given(longitude, longitude, latitude, latitude)
def test_bbox_parses_what_it_prints(west, east, a, b):
    box = BBox(west, min(a, b), east, max(a, b))
    assert BBox.parse(",".join(map(str, box.as_tuple()))) == box


def test_bbox_of_six_numbers_drops_the_heights():
    assert BBox.parse("1,2,0,3,4,100") == BBox(1, 2, 3, 4)


def test_bbox_accepts_numbers_without_leading_digit():
    assert BBox.parse("-.5000000,.0000000,.5,1") == BBox(-0.5, 0, 0.5, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3,4,5", "5 numbers"),
        ("1,2,3,x", "must be a number"),
        ("1,5,3,4", "swap"),
        ("nan,1,2,3", "finite"),
        ("", "number"),
    ],
)
def test_bad_bbox_says_what_is_wrong(text, words):
    with pytest.raises(InvalidInput, match=words):
        BBox.parse(text)


def test_bbox_across_the_antimeridian_is_two_boxes():
    assert BBox.parse("177,65,-177,70").parts() == (BBox(177, 65, 180, 70), BBox(-180, 65, -177, 70))
