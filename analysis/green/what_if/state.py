"""The city as it is, measured once: what every imagined change is compared with and told from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from analysis.green.access import M2_PER_HA
from analysis.green.nearness import Nearness, with_opened
from analysis.green.patches import Patches, plane_area, sum_by
from analysis.green.people import People, percent, zone_of
from analysis.green.plane import Floats, Geometries, MetricCrs
from analysis.green.polygons import Positions, polygon_parts, subdivide
from analysis.green.walk import Entrances, Places, WalkNetwork, walk_distances

Counts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
TREES = 3


@dataclass(frozen=True, eq=False)
class Greens:
    """Single polygons as they are drawn, and whether each is public; `row` tells the feature that each is a part of."""

    shapes: Geometries
    public: Flags
    ids: tuple[str, ...] = ()

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    def piece(self, row: int) -> tuple[shapely.Geometry, bool]:
        return self.shapes[row], bool(self.public[row])


@dataclass(frozen=True)
class Reach:
    """How near is near, how large is large enough, and how near a tree stands to a home that has it."""

    distance_m: float
    min_area_ha: float
    tree_m: float = 15.0


@dataclass(frozen=True, eq=False)
class Zones:
    """Shapes with their scale (plane m² of one m² on the ground) and an index: districts or parcels."""

    shapes: Geometries
    scale: Floats

    @classmethod
    def of(cls, shapes: gpd.GeoSeries) -> Zones:
        polygons = shapes.to_numpy()
        return cls(polygons, MetricCrs.of(shapes.crs).areal_scale(polygons))

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    def ground_m2(self, plane_m2: Floats) -> Floats:
        return np.divide(plane_m2, self.scale, out=np.zeros(len(plane_m2)), where=np.isfinite(self.scale))


@dataclass(frozen=True, eq=False)
class Figures:
    """One number per district. m² on the ellipsoid; people near, by line and on foot, and with three trees near."""

    area_m2: Floats
    green_m2: Floats
    public_m2: Floats
    people: Floats
    near_line: Floats
    near_walk: Floats
    trees: Floats
    three_trees: Floats

    def indicators(self) -> dict[str, Floats]:
        """By indicator, one per district; NaN where nobody lives."""
        return {
            "green_area_m2": self.green_m2,
            "green_share_pct": percent(self.green_m2, self.area_m2),
            "green_m2_per_inhabitant": percent(self.public_m2, self.people) / 100,
            "green_access_line_pct": percent(self.near_line, self.people),
            "green_access_walk_pct": percent(self.near_walk, self.people),
            "trees": self.trees,
            "three_trees_pct": percent(self.three_trees, self.people),
        }

    def city(self) -> Figures:
        """All districts as one."""
        return Figures(*(np.array([np.nansum(values)]) for values in vars(self).values()))


@dataclass(frozen=True, eq=False)
class Components:
    """Connected public green of one moment: polygons, which are large enough, their entrances."""

    polygons: Geometries
    scale: Floats
    large: Flags
    entrances: Entrances


@dataclass(frozen=True, eq=False)
class CityState:
    """Made by `prepare`. Rows of `people` and `places` are the same; `zone` is the district of each, -1 for none.

    `line_count` and `inside_count` tell for each place how many large public greens are within reach, and how many it
    stands in; `tree_count` how many trees each building has near it.
    """

    reach: Reach
    crs: MetricCrs
    districts: Zones
    parcels: Zones
    parcel_green_m2: Floats
    greens: Greens
    people: People
    zone: Positions
    network: WalkNetwork
    places: Places
    components: Components
    line_count: Counts
    inside_count: Counts
    buildings: Geometries
    tree_count: Counts
    figures: Figures

    @cached_property
    def people_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.people.points)

    @cached_property
    def component_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.components.polygons)

    @cached_property
    def building_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.buildings)

    def warm(self) -> CityState:
        """With its indexes made, so that the first question is as quick as the next."""
        for tree in (self.greens, self.districts, self.parcels):
            _ = tree.tree
        _ = self.people_tree, self.component_tree, self.building_tree
        return self


def prepare(
    districts: gpd.GeoSeries,
    parcels: gpd.GeoSeries,
    greens: Greens,
    people: People,
    buildings: gpd.GeoSeries,
    trees_xy: Floats,
    network: WalkNetwork,
    reach: Reach,
    doors_xy: Floats | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> CityState:
    """Everything in one metric CRS; raises NotMetric else. on_progress: told the share done, 0 to 1."""
    crs = MetricCrs.of(districts.crs)
    everything = Patches.of(gpd.GeoSeries(greens.shapes, crs=crs.crs))
    public = Patches.of(gpd.GeoSeries(greens.shapes[greens.public], crs=crs.crs))
    on_progress(0.1)
    zones, plots = Zones.of(districts), Zones.of(parcels)
    plot_m2 = plots.ground_m2(everything.plane_area_in(plots.shapes, lambda s: on_progress(0.1 + 0.5 * s)))
    nearness = Nearness(people, public, network)
    components = Components(
        public.polygons,
        nearness.scale,
        nearness.size_m2 >= reach.min_area_ha * M2_PER_HA,
        with_opened(nearness.entrances, public, doors_xy),
    )
    on_progress(0.7)
    homes = buildings.to_numpy()
    near = partial(count_near, shapely.STRtree(people.points), components, size=len(people.count))
    state = CityState(
        reach=reach,
        crs=crs,
        districts=zones,
        parcels=plots,
        parcel_green_m2=plot_m2,
        greens=greens,
        people=people,
        zone=zone_of(people, districts),
        network=network,
        places=nearness.places,
        components=components,
        line_count=near(distance_m=reach.distance_m),
        inside_count=near(distance_m=0.0),
        buildings=homes,
        tree_count=count_trees(shapely.STRtree(homes), trees_xy, reach.tree_m * network.plane_m, len(homes)),
        figures=_nothing(len(districts)),
    )
    on_progress(0.9)
    return replace(state, figures=_figures(state, everything, public, trees_xy)).warm()


def count_near(tree: shapely.STRtree, components: Components, distance_m: float, size: int) -> Counts:
    """Of each point of the tree, how many large components are within `distance_m` on the ground."""
    pieces, owner = subdivide(components.polygons[components.large])
    if not len(pieces):
        return np.zeros(size, dtype=np.int32)
    plane_m = distance_m * np.sqrt(components.scale[components.large][owner])
    piece, point = tree.query(pieces, predicate="dwithin", distance=plane_m)
    pairs = np.unique(owner[piece].astype(np.int64) * size + point)
    return np.bincount(pairs % size, minlength=size).astype(np.int32)


def count_trees(tree: shapely.STRtree, trees_xy: Floats, plane_m: float, buildings: int) -> Counts:
    """Of each building, how many of the trees stand within so many plane metres of its walls."""
    _, building = tree.query(shapely.points(trees_xy), predicate="dwithin", distance=plane_m)
    return np.bincount(building, minlength=buildings).astype(np.int32)


def walkable(state: CityState, components: Components) -> Flags:
    """Of each place, whether a large component is near enough on foot (who stands in one is to be added)."""
    doors = components.entrances.of(components.large).xy
    return np.isfinite(walk_distances(state.network, state.places, doors, state.reach.distance_m))


def people_by_zone(state: CityState, flags: Flags) -> Floats:
    inside = (state.zone >= 0) & flags
    return sum_by(state.zone[inside], state.people.count[inside], len(state.districts.shapes))


def has_three_trees(state: CityState, tree_count: Counts) -> Flags:
    """Of each place, by the building it stands for."""
    return np.asarray(np.append(tree_count >= TREES, False)[state.people.building])


def trees_by_zone(districts: Zones, trees_xy: Floats) -> Floats:
    district, _ = shapely.STRtree(shapely.points(trees_xy)).query(districts.shapes, predicate="intersects")
    return np.bincount(district, minlength=len(districts.shapes)).astype(np.float64)


def _figures(state: CityState, everything: Patches, public: Patches, trees_xy: Floats) -> Figures:
    zones = state.districts
    everybody = np.ones(len(state.people.count), dtype=np.bool_)
    return Figures(
        area_m2=zones.ground_m2(plane_area(zones.shapes)),
        green_m2=zones.ground_m2(everything.plane_area_in(zones.shapes)),
        public_m2=zones.ground_m2(public.plane_area_in(zones.shapes)),
        people=people_by_zone(state, everybody),
        near_line=people_by_zone(state, state.line_count > 0),
        near_walk=people_by_zone(state, walkable(state, state.components) | (state.inside_count > 0)),
        trees=trees_by_zone(zones, trees_xy),
        three_trees=people_by_zone(state, has_three_trees(state, state.tree_count)),
    )


def _nothing(districts: int) -> Figures:
    return Figures(*(np.zeros(districts) for _ in range(8)))


def polygons_of(shapes: gpd.GeoSeries, public: Flags, ids: tuple[str, ...]) -> Greens:
    """One row per feature: shapes that are no polygon, or are empty, are left out."""
    whole = [shapely.multipolygons(polygon_parts(np.array([shape], dtype=object))[0]) for shape in shapes]
    kept = np.array([not shape.is_empty for shape in whole], dtype=np.bool_)
    names = tuple(name for name, keep in zip(ids, kept, strict=True) if keep)
    return Greens(np.array(whole, dtype=object)[kept], np.asarray(public, dtype=np.bool_)[kept], names)
