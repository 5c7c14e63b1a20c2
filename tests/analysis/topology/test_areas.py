"""Splitting, merging, cutting, filling, moving and simplifying keep ground whole and borders shared."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.topology import (
    Fault,
    Remark,
    Scene,
    TopologyError,
    area_m2,
    cut_overlap,
    fill_gap,
    merge,
    move_border,
    simplify_coverage,
    split,
)
from analysis.topology.linework import as_multi
from tests.analysis.topology.towns import applied, area, at, is_coverage, line, seams, seeds, town

steady = settings(max_examples=60, deadline=None, derandomize=True)
BENT_M2 = 0.5  # a new vertex lies up to 0.7 cm beside its edge of 50 m: coordinates have seven decimals
share = st.floats(-0.3, 3.3)


def ground_m2(shapes) -> float:
    return sum(area_m2(shape) for shape in shapes.values())


def fault_of(work, *arguments, **options) -> TopologyError:
    with pytest.raises(TopologyError) as refused:
        work(*arguments, **options)
    return refused.value


@steady
@given(seeds, share, share)
def test_a_split_town_stays_a_coverage_and_merges_back(seed, south, north):
    """A line across the whole town, over the middle column or beside it, chosen: the middle row."""
    scene = town(seed)
    plan = split(scene, [1, 2, 3], line((-0.5, south % 1), (3.5, north % 1)))
    after = applied(scene, plan)
    assert is_coverage(after) and not seams(after)
    assert ground_m2(after) == pytest.approx(ground_m2(scene.shapes), abs=BENT_M2)
    untouched = set(scene.shapes) - {id for id, _shape in plan.changed}
    assert all(after[id] is scene.shapes[id] for id in untouched)
    assert {7, 8, 9} <= untouched
    for origin, part in plan.created:
        kept = dict(plan.changed)[origin]
        assert area_m2(kept) >= area_m2(part)
    numbered = Scene(dict(enumerate(after.values())))
    chosen = [
        n for n, key in enumerate(after) if key in (1, 2, 3) or (isinstance(key, tuple) and key[0] == "new")
    ]
    back = applied(numbered, merge(numbered, chosen))
    assert is_coverage(back)
    whole = shapely.coverage_union_all(np.array(scene.chosen([1, 2, 3]), dtype=object))
    merged = max((back[n] for n in chosen if n in back), key=area_m2)
    assert (
        shapely.hausdorff_distance(merged.boundary, whole.boundary) <= 1.0
    )  # a unit of the grid: a centimetre


def test_the_neighbour_of_a_split_gets_the_new_corner():
    scene = Scene({1: area((0, 0), (1, 0), (1, 1), (0, 1)), 2: area((1, 0), (2, 0), (2, 1), (1, 1))})
    plan = split(scene, [1], line((-0.2, 0.5), (1.2, 0.5)))
    changed = dict(plan.changed)
    assert set(changed) == {1, 2} and len(plan.created) == 1
    assert at(1, 0.5) in map(tuple, shapely.get_coordinates(changed[2]).tolist())
    assert shapely.equals(changed[2], scene.shapes[2])


def test_an_end_that_stops_short_is_led_on_to_the_border_but_not_from_afar():
    scene = Scene({1: area((0, 0), (1, 0), (1, 1), (0, 1))})
    blade = line((0.5, 0.002), (0.5, 0.998))  # 20 cm short at both ends
    assert fault_of(split, scene, [1], blade).fault is Fault.NOT_CROSSED
    plan = split(scene, [1], blade, tolerance_m=0.5)
    assert [area_m2(shape) for _id, shape in (*plan.changed, *plan.created)] == pytest.approx(
        [area_m2(scene.shapes[1]) / 2] * 2, rel=1e-6
    )


def test_parts_that_the_blade_misses_stay_with_the_largest():
    here, there = area((0, 0), (1, 0), (1, 1), (0, 1)), area((0, 2), (0.1, 2), (0.1, 2.1))
    scene = Scene({1: shapely.multipolygons([*shapely.get_parts(here), *shapely.get_parts(there)])})
    plan = split(scene, [1], line((0.3, -1), (0.3, 1.5)))
    ((_id, kept),), ((origin, part),) = plan.changed, plan.created
    assert (origin, len(shapely.get_parts(kept)), len(shapely.get_parts(part))) == (1, 2, 1)
    assert shapely.intersects(kept, there)


def test_a_hole_is_split_around():
    scene = Scene({1: area((0, 0), (3, 0), (3, 3), (0, 3)).difference(area((1, 1), (2, 1), (2, 2), (1, 2)))})
    plan = split(scene, [1], line((-1, 1.5), (4, 1.5)))
    after = applied(scene, plan)
    assert len(after) == 2 and not any(
        part.interiors for s in after.values() for part in shapely.get_parts(s)
    )
    assert ground_m2(after) == pytest.approx(ground_m2(scene.shapes), rel=1e-9)


def test_what_is_not_crossed_is_named():
    scene = town(1)
    told = fault_of(split, scene, [1], line((0.4, 0.4), (0.6, 0.6)))
    assert (told.fault, told.told["ids"]) == (Fault.NOT_CROSSED, (1,))
    plan = split(scene, [1, 9], line((-1, 0.5), (2, 0.5)))
    assert [(note.remark, note.told["ids"]) for note in plan.notes] == [(Remark.NOT_CROSSED, (9,))]


def test_merge_keeps_the_largest_and_refuses_what_does_not_touch():
    scene = town(2)
    plan = merge(scene, [1, 2])
    (keeper,) = {1, 2} - set(plan.removed)
    assert area_m2(scene.shapes[keeper]) == max(area_m2(scene.shapes[id]) for id in (1, 2))
    told = fault_of(merge, scene, [1, 9]).told
    assert (told["ids"], told["others"]) == ((9,), (1,))
    corner_only = fault_of(merge, scene, [1, 5])
    assert corner_only.fault is Fault.NOT_TOUCHING
    assert fault_of(merge, scene, [1, 1]).fault is Fault.TOO_FEW


def test_merging_a_ring_tells_of_the_hole():
    scene = town(3)
    (note,) = merge(scene, [1, 2, 3, 4, 6, 7, 8, 9]).notes
    assert note.remark is Remark.HOLE
    assert note.told["area_m2"] == pytest.approx(area_m2(scene.shapes[5]), abs=0.02)


@steady
@given(seeds, st.floats(0.05, 0.6), st.permutations([1, 2, 3]))
def test_a_cut_overlap_leaves_none_and_takes_from_the_later(seed, width, order):
    """Three blocks in a row, each stretched to the east over the next."""
    base = town(seed, 3, 1)
    shift = np.array([width * 9_000, 0])
    stretched = {
        id: shapely.union(s, shapely.transform(s, lambda xy: np.rint(xy + shift)), grid_size=1.0)
        for id, s in base.shapes.items()
    }
    scene = Scene({id: shapely.multipolygons(shapely.get_parts(s)) for id, s in stretched.items()})
    plan = cut_overlap(scene, order)
    after = applied(scene, plan)
    for a, b in ((1, 2), (2, 3), (1, 3)):
        assert area_m2(as_multi(shapely.intersection(after[a], after[b]))) < 0.05
    union = shapely.union_all(list(scene.shapes.values()))
    left = shapely.union_all(list(after.values()))
    assert area_m2(as_multi(shapely.symmetric_difference(union, left))) < BENT_M2
    assert area_m2(after[order[0]]) == pytest.approx(area_m2(scene.shapes[order[0]]), abs=BENT_M2)
    assert is_coverage(after)


def test_one_alone_gives_way_to_all_around_it():
    scene = Scene(
        {
            1: area((0, 0), (1, 0), (1, 1), (0, 1)),
            2: area((2, 0), (3, 0), (3, 1), (2, 1)),
            7: area((0.5, 0), (2.5, 0), (2.5, 1), (0.5, 1)),
        }
    )
    plan = cut_overlap(scene, [7])
    after = applied(scene, plan)
    assert shapely.equals(after[7], area((1, 0), (2, 0), (2, 1), (1, 1)))
    assert after[1] is scene.shapes[1] and set(plan.used) == {1, 2}
    assert fault_of(cut_overlap, Scene(after), [7]).fault is Fault.NO_OVERLAP


def test_what_would_vanish_is_named():
    scene = Scene({1: area((0, 0), (3, 0), (3, 3), (0, 3)), 2: area((1, 1), (2, 1), (2, 2), (1, 2))})
    told = fault_of(cut_overlap, scene, [1, 2])
    assert (told.fault, told.told["id"], told.told["by"]) == (Fault.VANISHES, 2, 1)
    (hollow,) = applied(scene, cut_overlap(scene, [2, 1]))[1].geoms
    assert len(hollow.interiors) == 1


def test_areas_torn_apart_are_told():
    scene = Scene({1: area((0, 0), (3, 0), (3, 1), (0, 1)), 2: area((1, -1), (2, -1), (2, 2), (1, 2))})
    (note,) = cut_overlap(scene, [2, 1]).notes
    assert (note.remark, dict(note.told)) == (Remark.SEVERAL_PARTS, {"id": 1, "parts": 2})


@steady
@given(seeds, st.sampled_from([None, 2, 4, 6, 8]))
def test_a_filled_gap_restores_the_coverage(seed, receiver):
    full = town(seed)
    scene = Scene({id: shape for id, shape in full.shapes.items() if id != 5})
    plan = fill_gap(scene, shapely.point_on_surface(full.shapes[5]), receiver)
    after = applied(scene, plan)
    ((id, shape),) = plan.changed
    assert id == receiver or receiver is None
    assert is_coverage(after) and not seams(after)
    assert area_m2(shape) == pytest.approx(area_m2(scene.shapes[id]) + area_m2(full.shapes[5]), abs=1e-3)
    assert set(plan.used) == {2, 4, 6, 8} - {id}  # corner neighbours share no length


def test_gap_faults():
    full = town(4)
    scene = Scene({id: shape for id, shape in full.shapes.items() if id != 5})
    middle = shapely.point_on_surface(full.shapes[5])
    claimed = fault_of(fill_gap, scene, shapely.point_on_surface(full.shapes[2]))
    assert (claimed.fault, claimed.told["id"]) == (Fault.COVERED, 2)
    assert fault_of(fill_gap, scene, shapely.points(at(-3, -3))).fault is Fault.NOT_ENCLOSED
    away = fault_of(fill_gap, scene, middle, 1)
    assert (away.fault, away.told["ids"]) == (Fault.NOT_AT_THE_GAP, (2, 4, 6, 8))
    assert fault_of(fill_gap, scene, line((0, 0), (1, 1))).fault is Fault.WRONG_SHAPE


def test_an_open_gap_is_filled_as_far_as_drawn():
    scene = Scene({1: area((0, 0), (1, 0), (1, 1), (0, 1)), 2: area((2, 0), (3, 0), (3, 1), (2, 1))})
    plan = fill_gap(scene, area((0.5, 0.2), (2.5, 0.2), (2.5, 0.6), (0.5, 0.6)), 2)
    after = applied(scene, plan)
    assert is_coverage(after)
    assert area_m2(after[2]) == pytest.approx(1.4 * area_m2(scene.shapes[1]), rel=1e-3)
    assert {id for id, _shape in plan.changed} == {1, 2}  # 1 gets two corners
    assert shapely.equals(after[1], scene.shapes[1])


@steady
@given(seeds, st.floats(-0.25, 0.25), st.floats(-0.25, 0.25))
def test_a_moved_border_gives_what_it_takes(seed, south, north):
    scene = town(seed, 2, 3)
    plan = move_border(scene, [3, 4], line((1 + south, 0.5), (1.02, 1.5), (1 + north, 2.5)))
    after = applied(scene, plan)
    assert is_coverage(after) and not seams(after)
    assert ground_m2(after) == pytest.approx(ground_m2(scene.shapes), abs=BENT_M2)
    assert area_m2(after[3]) + area_m2(after[4]) == pytest.approx(
        area_m2(scene.shapes[3]) + area_m2(scene.shapes[4]), abs=BENT_M2
    )
    assert not shapely.equals(after[3], scene.shapes[3])


def test_border_faults():
    scene = town(5, 2, 1)
    assert fault_of(move_border, scene, [1, 2], line((1, 0.4), (1, 0.6))).fault is Fault.BORDER_ENDS_INSIDE
    apart = town(5)
    assert fault_of(move_border, apart, [1, 3], line((1, -1), (1, 2))).fault is Fault.NOT_TOUCHING
    # cuts a corner off the first: both halves lie mostly in it
    corner = fault_of(move_border, scene, [1, 2], line((-0.5, 0.5), (0.5, -0.5)))
    assert corner.fault is Fault.ONE_SIDE_ONLY or corner.told
    assert fault_of(move_border, scene, [1, 2], shapely.points(at(1, 1))).fault is Fault.WRONG_SHAPE


@steady
@given(seeds, st.floats(1, 12), st.booleans())
def test_a_simplified_coverage_has_no_gaps_and_no_new_vertices(seed, tolerance_m, outline):
    scene = town(seed, bends=6)
    chosen = [1, 2, 4, 5]
    try:
        plan = simplify_coverage(scene, chosen, tolerance_m=tolerance_m, outline=outline)
    except TopologyError as error:
        assume(error.fault is not Fault.NOTHING_TO_DO)
        raise
    after = applied(scene, plan)
    assert is_coverage(after) and not seams(after)
    for id, shape in plan.changed:
        before = set(map(tuple, shapely.get_coordinates(scene.shapes[id]).tolist()))
        assert set(map(tuple, shapely.get_coordinates(shape).tolist())) < before
    changed = {id for id, _shape in plan.changed}
    assert outline or changed <= set(chosen)
    assert not changed & {9}
    if not outline:
        assert ground_m2(after) == pytest.approx(ground_m2(scene.shapes), abs=1e-3)


def test_simplifying_what_is_no_coverage_says_where():
    scene = Scene({1: area((0, 0), (1, 0), (1, 1), (0, 1)), 2: area((0.9, 0), (2, 0), (2, 1), (0.9, 1))})
    told = fault_of(simplify_coverage, scene, [1, 2], tolerance_m=5)
    assert (told.fault, told.told["ids"]) == (Fault.NO_COVERAGE, (1, 2))
    assert shapely.distance(told.told["at"], scene.shapes[1]) < 1
    square = Scene({1: area((0, 0), (1, 0), (1, 1), (0, 1))})
    assert fault_of(simplify_coverage, square, [1], tolerance_m=1).fault is Fault.NOTHING_TO_DO
