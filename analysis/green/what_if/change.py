"""What a change does: only districts, parcels and people that it touches are measured again, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely

from analysis.green.access import M2_PER_HA
from analysis.green.nearness import with_opened
from analysis.green.patches import Patches, sum_by
from analysis.green.plane import Floats, Geometries
from analysis.green.polygons import Positions, polygon_parts
from analysis.green.walk import Entrances, find_entrances
from analysis.green.walk.entrances import BESIDE_M
from analysis.green.what_if.operations import Edit, Open, Operation
from analysis.green.what_if.state import (
    CityState,
    Components,
    Figures,
    Zones,
    count_near,
    count_trees,
    has_three_trees,
    people_by_zone,
    trees_by_zone,
    walkable,
)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Figures of every district before and after; by row the parcels that change, with their green m² then and now."""

    before: Figures
    after: Figures
    parcels: Positions
    parcel_before_m2: Floats
    parcel_after_m2: Floats


@dataclass(frozen=True, eq=False)
class _Swap:
    """Green of one kind where it may change: disjoint polygons before and after."""

    before: Geometries
    after: Geometries

    def gain(self, zones: Zones) -> tuple[Positions, Floats]:
        """Rows of zones that it meets, and by how many m² on the ground each gains."""
        after, before = _area_by_zone(zones, self.after), _area_by_zone(zones, self.before)
        rows = np.union1d(after[0], before[0])
        gained = np.zeros(len(rows))
        gained[np.searchsorted(rows, after[0])] += after[1]
        gained[np.searchsorted(rows, before[0])] -= before[1]
        return rows, gained / zones.scale[rows]


def what_if(state: CityState, operations: Sequence[Operation]) -> Outcome:
    """The state is not changed; asking twice gives the same answer twice."""
    edit = Edit.of(state.greens, operations)
    everything, public = _swap(state, edit, only_public=False), _swap(state, edit, only_public=True)
    parcels, gained = everything.gain(state.parcels)
    old = state.parcel_green_m2[parcels]
    after = replace(
        state.figures,
        green_m2=_added(state.figures.green_m2, everything.gain(state.districts)),
        public_m2=_added(state.figures.public_m2, public.gain(state.districts)),
        **_people(state, edit),
        **_trees(state, edit),
    )
    return Outcome(state.figures, after, parcels, old, np.maximum(old + gained, 0.0))


def idle_doors(state: CityState, operations: Sequence[Operation]) -> list[int]:
    """Rows of the operations whose entrances are all too far from public green, as it is afterwards, to open any."""
    edit = Edit.of(state.greens, operations)
    pieces, public = edit.pieces
    stays = state.greens.public.copy()
    stays[list(edit.changed)] = False
    open_green = shapely.STRtree(np.concatenate([state.greens.shapes[stays], pieces[public]]))
    return [
        row
        for row, operation in enumerate(operations)
        if isinstance(operation, Open)
        and not len(open_green.query(shapely.points(operation.xy), predicate="dwithin", distance=BESIDE_M)[0])
    ]


def _swap(state: CityState, edit: Edit, *, only_public: bool) -> _Swap:
    """All that is green (or public green) where any of the edit's shapes is or was."""
    greens = state.greens
    rows = np.array(list(edit.changed), dtype=np.intp)
    pieces, public = edit.pieces
    region = shapely.union_all(np.concatenate([greens.shapes[rows], pieces]))
    near = greens.tree.query(region, predicate="intersects")
    stays = np.setdiff1d(near, rows)
    if only_public:
        near, stays = near[greens.public[near]], stays[greens.public[stays]]
        pieces = pieces[public]
    before = shapely.intersection(shapely.union_all(greens.shapes[near]), region)
    after = shapely.intersection(shapely.union_all(np.concatenate([greens.shapes[stays], pieces])), region)
    return _Swap(*(polygon_parts(np.array([shape], dtype=object))[0] for shape in (before, after)))


def _area_by_zone(zones: Zones, polygons: Geometries) -> tuple[Positions, Floats]:
    piece, zone = zones.tree.query(polygons, predicate="intersects")
    rows, place = np.unique(zone, return_inverse=True)
    shared = shapely.area(shapely.intersection(polygons[piece], zones.shapes[zone]))
    return rows, sum_by(place, shared, len(rows))


def _added(figures: Floats, gain: tuple[Positions, Floats]) -> Floats:
    rows, gained = gain
    changed = figures.copy()
    changed[rows] += gained
    return np.maximum(changed, 0.0)


def _people(state: CityState, edit: Edit) -> dict[str, Floats]:
    """Who is near large public green afterwards: counts of greens in reach, less the old, plus the new."""
    old, new, after = _components(state, edit)
    size, tree, reach = len(state.people.count), state.people_tree, state.reach
    line = state.line_count - count_near(tree, old, reach.distance_m, size)
    line += count_near(tree, new, reach.distance_m, size)
    inside = state.inside_count - count_near(tree, old, 0.0, size) + count_near(tree, new, 0.0, size)
    return {
        "near_line": people_by_zone(state, line > 0),
        "near_walk": people_by_zone(state, walkable(state, after) | (inside > 0)),
    }


def _components(state: CityState, edit: Edit) -> tuple[Components, Components, Components]:
    """Connected public green that the edit meets, before; what becomes of it; and all there is afterwards."""
    greens, base = state.greens, state.components
    rows = np.array(list(edit.changed), dtype=np.intp)
    pieces, public = edit.pieces
    touching = np.concatenate([greens.shapes[rows][greens.public[rows]], pieces[public]])
    met = np.unique(state.component_tree.query(touching, predicate="intersects")[1])
    members = np.unique(greens.tree.query(base.polygons[met], predicate="intersects")[1])
    stays = members[greens.public[members] & ~np.isin(members, rows)]
    # A green that only touches one of them is a part of another component, if it does not share an edge with this.
    remade = Patches.of(
        gpd.GeoSeries(np.concatenate([greens.shapes[stays], pieces[public]]), crs=state.crs.crs)
    )
    new = _of_patches(state, _inside(remade, base, met, touching))
    kept = np.ones(len(base.polygons), dtype=np.bool_)
    kept[met] = False
    return _chosen(base, ~kept), new, _joined(state, _chosen(base, kept), new, edit.doors_xy)


def _inside(remade: Patches, base: Components, met: Positions, touching: Geometries) -> Patches:
    """Without the patches that belong to components which only touch a met one in a point."""
    points = shapely.point_on_surface(remade.polygons)
    ours = shapely.STRtree(np.concatenate([base.polygons[met], touching]))
    found = np.unique(ours.query(points, predicate="intersects")[0])
    return Patches(remade.polygons[found], remade.crs)


def _of_patches(state: CityState, patches: Patches) -> Components:
    scale = state.crs.areal_scale(patches.polygons)
    large = shapely.area(patches.polygons) / scale >= state.reach.min_area_ha * M2_PER_HA
    return Components(patches.polygons, scale, large, find_entrances(patches.polygons, state.network))


def _chosen(components: Components, kept: np.ndarray) -> Components:
    number = np.cumsum(kept) - 1
    chosen = components.entrances.of(kept)
    entrances = Entrances(chosen.xy, number[chosen.green], number[chosen.closed])
    return Components(components.polygons[kept], components.scale[kept], components.large[kept], entrances)


def _joined(state: CityState, first: Components, second: Components, doors_xy: Floats) -> Components:
    offset = len(first.polygons)
    polygons = np.concatenate([first.polygons, second.polygons])
    entrances = Entrances(
        np.vstack([first.entrances.xy, second.entrances.xy]),
        np.concatenate([first.entrances.green, second.entrances.green + offset]),
        np.concatenate([first.entrances.closed, second.entrances.closed + offset]),
    )
    return Components(
        polygons,
        np.concatenate([first.scale, second.scale]),
        np.concatenate([first.large, second.large]),
        with_opened(entrances, Patches(polygons, state.crs), doors_xy),
    )


def _trees(state: CityState, edit: Edit) -> dict[str, Floats]:
    xy = edit.trees_xy
    if not len(xy):
        return {}
    near = count_trees(
        state.building_tree, xy, state.reach.tree_m * state.network.plane_m, len(state.buildings)
    )
    return {
        "trees": state.figures.trees + trees_by_zone(state.districts, xy),
        "three_trees": people_by_zone(state, has_three_trees(state, state.tree_count + near)),
    }
