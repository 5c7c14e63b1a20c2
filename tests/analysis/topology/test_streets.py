"""Lines: split, merged end to end, and planarised at real crossings only."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.topology import Fault, Remark, Scene, TopologyError, length_m, merge, planarise, split
from analysis.topology.merge import ends
from tests.analysis.topology.towns import applied, at, line, seeds

TOLERANCE_M = 0.1


def planarised(scene: Scene, ids=None, levels=None, tolerance_m: float = TOLERANCE_M):
    plan = planarise(scene, ids or list(scene.shapes), levels or {}, tolerance_m=tolerance_m)
    return plan, applied(scene, plan)


def cross() -> Scene:
    return Scene({1: line((0, 0), (3, 0)), 2: line((1, -1), (1, 1))})


def test_a_crossing_cuts_both_and_the_longest_part_keeps_the_id():
    scene = cross()
    plan, after = planarised(scene, [1])
    assert len(after) == 4 and sorted(id for id, _part in plan.created) == [1, 2]
    for shape in after.values():
        assert at(1, 0) in ends(shape)
    assert length_m(after[1]) == pytest.approx(2 / 3 * length_m(scene.shapes[1]), rel=1e-6)
    assert ends(after[1]) == (at(1, 0), at(3, 0))  # drawn the same way as before: one-way streets stay right


def test_levels_pass_each_other_and_say_so():
    with pytest.raises(TopologyError) as refused:
        planarise(cross(), [1, 2], {2: 1}, tolerance_m=TOLERANCE_M)
    assert refused.value.fault is Fault.NOTHING_TO_DO
    scene = Scene({**cross().shapes, 3: line((2, -1), (2, 1))})
    plan, after = planarised(scene, levels={2: 1})
    assert after[2] is scene.shapes[2] and len(after) == 5
    assert [(note.remark, note.told["pairs"]) for note in plan.notes] == [(Remark.OTHER_LEVEL, ((1, 2),))]


@pytest.mark.parametrize("end", [0.9997, 1.0, 1.0003])  # 3 cm short, exact, 3 cm too far
def test_an_end_near_a_line_becomes_its_node(end):
    scene = Scene({1: line((0, 1), (3, 1)), 2: line((1, 0), (1, end))})
    plan, after = planarised(scene, [1])
    assert {id for id, _shape in plan.changed} == {1} and len(after) == 3
    assert after[2] is scene.shapes[2]
    assert sum(at(1, end) in ends(shape) for shape in after.values()) == 3


def test_ends_that_nearly_meet_are_put_on_one_place_and_the_unchosen_stays():
    scene = Scene({1: line((0, 0), (1, 0)), 2: line((1.0004, 0), (2, 0)), 3: line((1.0004, 0), (1, 1))})
    plan, after = planarised(scene, [1])
    assert [id for id, _shape in plan.changed] == [1] and not plan.created
    assert ends(after[1])[1] == at(1.0004, 0)


def test_a_street_that_crosses_itself_is_cut_there():
    scene = Scene({1: line((0, 0), (2, 0), (2, 1), (1, 1), (1, -1))})
    _plan, after = planarised(scene)
    assert sorted(at(1, 0) in ends(shape) for shape in after.values()) == [True] * 3
    assert sum(length_m(shape) for shape in after.values()) == pytest.approx(length_m(scene.shapes[1]))


def test_a_common_stretch_is_told_and_cut_at_its_ends():
    scene = Scene({1: line((0, 0), (3, 0)), 2: line((1, 0), (2, 0), (2, 1))})
    plan, after = planarised(scene)
    assert Remark.SAME_COURSE in {note.remark for note in plan.notes}
    assert sum(ends(shape) == (at(1, 0), at(2, 0)) for shape in after.values()) == 2


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seeds, st.integers(2, 6))
def test_random_streets_become_planar_and_stay_so(seed, count):
    rng = np.random.default_rng(seed)
    scene = Scene(
        {n: line(*rng.uniform(0, 3, (int(rng.integers(2, 5)), 2)).tolist()) for n in range(1, count + 1)}
    )
    try:
        _plan, after = planarised(scene)
    except TopologyError as error:
        assert error.fault is Fault.NOTHING_TO_DO
        return
    total = sum(length_m(shape) for shape in scene.shapes.values())
    assert sum(length_m(shape) for shape in after.values()) == pytest.approx(total, abs=0.5)
    lines = list(after.values())
    assert all(shape.is_simple and shape.is_valid for shape in lines)
    for n, one in enumerate(lines):
        for other in lines[:n]:
            common = shapely.intersection(one, other)
            met = {(p.x, p.y) for p in shapely.get_parts(common) if p.geom_type == "Point"}
            assert all(_near(place, ends(one)) and _near(place, ends(other)) for place in met)
    with pytest.raises(TopologyError) as again:
        planarised(Scene(dict(enumerate(lines))))
    assert again.value.fault is Fault.NOTHING_TO_DO


def _near(place, goals) -> bool:
    """Within the tolerance, in units of the grid."""
    return any(np.hypot(place[0] - x, place[1] - y) <= 12 for x, y in goals)


def test_a_line_is_split_and_merges_back_in_its_own_direction():
    scene = Scene({1: line((0, 0), (3, 0), (3, 1)), 5: line((1, 0), (1, 1))})
    plan = split(scene, [1], line((1, -1), (1, 0.0)))
    after = applied(scene, plan)
    assert [ends(shape) for shape in (after[1], after["new", 0])] == [
        (at(1, 0), at(3, 1)),
        (at(0, 0), at(1, 0)),
    ]
    again = Scene({1: after[1], 2: shapely.reverse(after["new", 0]), 5: after[5]})
    back = merge(again, [1, 2])
    whole = applied(again, back)[1]
    assert shapely.equals(whole, scene.shapes[1]) and ends(whole) == ends(scene.shapes[1])
    told = {note.remark: note.told["ids"] for note in back.notes}
    assert told == {Remark.REVERSED: (2,), Remark.JOINT: (5,)}


def test_lines_that_make_no_chain_are_refused():
    scene = Scene({1: line((0, 0), (1, 0)), 2: line((1, 0), (2, 0)), 3: line((1, 0), (1, 1))})
    with pytest.raises(TopologyError) as refused:
        merge(scene, [1, 2, 3])
    assert refused.value.fault is Fault.NOT_A_CHAIN
    assert merge(scene, [2, 3]).notes[0].remark is Remark.JOINT
