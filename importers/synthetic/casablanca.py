"""Casablanca for a demonstration: real arrondissements and census, all else generated from a seed and labelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_core.city import City
from importers.synthetic import air, containers, greens, land_use, parcels, population, streets, trees
from importers.synthetic.census import MECHOUAR, arrondissements
from importers.synthetic.character import CHARACTERS, MEDINA, OPEN_GROUNDS, PORT, QUARTERS
from importers.synthetic.fleet import fleet_frames
from importers.synthetic.frames import Plane, feature_frame, identifiers
from importers.synthetic.furniture import furniture_frame
from importers.synthetic.sea import atlantic, northern_coast
from importers.synthetic.street_network import Town, build_network, district_of

NOW = datetime(2026, 11, 2, 5, tzinfo=UTC)  # a Monday before the morning shift
PEOPLE_PER_CONTAINER = 400.0
_TREES_PER_HECTARE = {
    "park": 34.0,
    "garden": 38.0,
    "square": 30.0,
    "forest": 60.0,
    "cemetery": 8.0,
    "grass": 6.0,
    "sports": 6.0,
}
_STATIONS = ("06.141.01.01", "06.141.01.03", "06.141.01.07", "06.141.01.21", "06.141.01.25", "06.141.01.31",
             "06.141.01.41", "06.141.01.51", "06.141.01.53", "06.141.01.73")  # fmt: skip


def districts(city: City) -> gpd.GeoDataFrame:
    """The 16 arrondissements and the Méchouar with the people of the 2024 census; source "census"."""
    frame = arrondissements()
    west, south, east, north = frame.total_bounds
    box = city.bbox
    if not (box.west <= west and box.south <= south and east <= box.east and north <= box.north):
        raise ValueError(
            f"The arrondissements {frame.total_bounds} reach out of {city.slug}'s bbox {box.as_tuple()}; widen it."
        )
    return frame


def generate(city: City, seed: int = 1, scale: float = 1.0, now: datetime = NOW) -> dict[str, pd.DataFrame]:
    """A frame for every collection of the first day, the same for the same arguments.

    `scale` below 1 fills only so large a share of the districts, those around the port first, at least three;
    the others get their main streets and their people. Fill levels and air readings end at `now`.
    """
    scene = _Scene(city, Plane(city.metric_crs), seed, now, districts(city))
    town = scene.town()
    filled = scene.filled(town, scale)
    network = build_network(town, filled, scene.rng(1))
    table = streets.street_table(network, scene.rng(2))
    ground = _ground(table, town, filled, scene.rng(3))
    return scene.frames(table, _Fabric.on(ground, table, scene), town)


@dataclass(frozen=True)
class _Scene:
    """What every part needs to know."""

    city: City
    plane: Plane
    seed: int
    now: datetime
    districts: gpd.GeoDataFrame

    def rng(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, part])

    @property
    def totals(self) -> dict[str, int]:
        return dict(zip(self.districts["code"], self.districts["population"], strict=True))

    def town(self) -> Town:
        degrees = self.districts.geometry
        polygons = self.plane.to_plane(degrees.to_numpy())
        coast = shapely.LineString(northern_coast(degrees.union_all()))
        land = max(shapely.get_parts(shapely.union_all(polygons, grid_size=0.01)), key=shapely.area)
        port, medina, *grounds = self.plane.to_plane(
            shapely.points([PORT, MEDINA, *(g.lon_lat for g in OPEN_GROUNDS)])
        )
        greens_m = shapely.union_all(shapely.buffer(grounds, [g.radius_m for g in OPEN_GROUNDS]))
        by_code = pd.Series(list(polygons), index=self.districts["code"].tolist())
        return Town(by_code, land, self.plane.to_plane(coast), port, medina, greens_m)

    def filled(self, town: Town, scale: float) -> frozenset[str]:
        away = shapely.distance(shapely.centroid(town.districts.to_numpy()), town.port)
        return frozenset(town.districts.index[np.argsort(away)][: max(3, round(scale * len(away)))])

    def frames(self, table: pd.DataFrame, fabric: _Fabric, town: Town) -> dict[str, pd.DataFrame]:
        plane, prefix = self.plane, "casa"
        table = _with_paths(table, fabric)
        street_frame = streets.streets_frame(table, plane)
        people = population.people_in_buildings(fabric.floor_m2, fabric.district, self.totals)
        cells = population.population_cells(
            town.districts.to_numpy(),
            town.districts.index.tolist(),
            self.totals,
            fabric.homes,
            fabric.district,
            people,
        )
        parks = fabric.green.loc[fabric.green["access"] == "public", "geom"].to_numpy()
        return {
            "districts": self.districts,
            "water": atlantic(self.districts, self.city.bbox),
            "streets": street_frame,
            "turn-restrictions": streets.turn_restrictions(table, street_frame, plane, self.rng(5)),
            "parcels": land_use.parcels_frame(
                fabric.lots.polygons, fabric.use, plane, f"{prefix}:parcel", self.rng(6)
            ),
            "buildings": land_use.buildings_frame(
                fabric.footprints, fabric.use[fabric.lot], fabric.storeys, plane, self.rng(7)
            ),
            "green-spaces": greens.green_frame(fabric.green, fabric.gardens, plane, self.rng(8)),
            "trees": self._trees(table, fabric.green),
            "street-furniture": furniture_frame(table, parks, plane, f"{prefix}:furniture", self.rng(10)),
            "waste-containers": self._containers(table, fabric.homes, people),
            **fleet_frames(self.city),
            "population-grid": population.grid_frame(cells, plane, f"{prefix}:cell"),
            **self._air(table, town),
        }

    def _trees(self, table: pd.DataFrame, green: pd.DataFrame) -> gpd.GeoDataFrame:
        rng = self.rng(9)
        avenue, street = trees.avenue_trees(table, rng)
        density = green["kind"].map(_TREES_PER_HECTARE).fillna(10.0).to_numpy()
        park = trees.points_inside(shapely.buffer(green["geom"].to_numpy(), -2.0), density, rng)
        return trees.trees_frame(avenue, street, park, self.plane, "casa:tree", rng)

    def _containers(self, table: pd.DataFrame, homes: np.ndarray, people: np.ndarray) -> gpd.GeoDataFrame:
        rng = self.rng(11)
        served = table[
            streets.is_drivable(table) & ~table["street_class"].isin(["motorway", "trunk"]).to_numpy()
        ]
        lines = served["line"].to_numpy()
        living = containers.people_by_street(lines, homes, people)
        points = containers.along_streets(
            lines, served["width_m"].to_numpy(), living, PEOPLE_PER_CONTAINER, rng
        )
        columns = containers.container_attributes(len(points), self.now, rng).to_dict("list")
        return feature_frame(
            self.plane, points, identifiers("casa:container", len(points)), "synthetic", columns
        )

    def _air(self, table: pd.DataFrame, town: Town) -> dict[str, pd.DataFrame]:
        rng = self.rng(12)
        names = self.districts.set_index("code").loc[list(_STATIONS)]
        main = table[table["street_class"].isin(["motorway", "primary", "secondary"])]["line"].to_numpy()
        points = shapely.point_on_surface(shapely.buffer(town.districts[list(_STATIONS)].to_numpy(), -300.0))
        roads = shapely.get_coordinates(shapely.line_interpolate_point(main, 0.5, normalized=True))
        ids = identifiers("casa:air-station", len(points))
        columns = {
            "name_fr": [f"Station {name}" for name in names["name_fr"]],
            "name_ar": [f"محطة {name}" for name in names["name_ar"]],
            "name_en": [f"{name} station" for name in names["name_en"]],
        }
        traffic = air.traffic_near(shapely.get_coordinates(points), roads)
        return {
            "air-stations": feature_frame(self.plane, points, ids, "synthetic", columns),
            "air-observations": air.observations(
                ids, traffic, self.now, self.city.time_zone, "casa:air", rng
            ),
        }


def _ground(
    table: pd.DataFrame, town: Town, filled: frozenset[str], rng: np.random.Generator
) -> pd.DataFrame:
    """The blocks between all streets of the filled districts: geom, area_m2, district, character."""
    lines = table["line"].to_numpy()
    faces = shapely.get_parts(shapely.polygonize(lines))
    polygons = parcels.blocks_between(faces, lines, table["width_m"].to_numpy())
    middle = shapely.point_on_surface(polygons)
    district = district_of(middle, town.districts)
    near, street = shapely.STRtree(table["line"].to_numpy()).query_nearest(middle, all_matches=False)
    character = table["character"].to_numpy()[street].copy()
    blank = character == ""
    local = table[table["character"] != ""]
    _, nearest = shapely.STRtree(local["line"].to_numpy()).query_nearest(middle[blank], all_matches=False)
    character[near[blank]] = local["character"].to_numpy()[nearest]
    ground = pd.DataFrame(
        {"geom": polygons, "area_m2": shapely.area(polygons), "district": district, "character": character}
    )
    ground.loc[ground["district"] == MECHOUAR, "character"] = "palace"
    keep = (
        ground["district"].isin(filled)
        & shapely.contains(shapely.buffer(town.land, 1.0), polygons)
        & (ground["area_m2"] < 6e5)
    )
    return ground[keep].reset_index(drop=True)


@dataclass(frozen=True)
class _Fabric:
    """What stands on the ground: green blocks, lots with their use, footprints with lot, storeys and district."""

    green: pd.DataFrame
    gardens: np.ndarray
    lots: parcels.Lots
    use: np.ndarray
    footprints: np.ndarray
    lot: np.ndarray
    storeys: np.ndarray
    district: np.ndarray

    @property
    def homes(self) -> np.ndarray:
        return shapely.centroid(self.footprints)

    @property
    def floor_m2(self) -> np.ndarray:
        """Floor area to live in; nothing where nobody lives."""
        return shapely.area(self.footprints) * self.storeys * land_use.is_home(self.use[self.lot])

    @classmethod
    def on(cls, ground: pd.DataFrame, table: pd.DataFrame, scene: _Scene) -> _Fabric:
        rng = scene.rng(4)
        targets = {
            code: QUARTERS[code].green_m2_per_inhabitant * people for code, people in scene.totals.items()
        }
        grounds = scene.plane.to_plane(shapely.points([ground.lon_lat for ground in OPEN_GROUNDS]))
        green = greens.choose_green(ground, targets, grounds, rng)
        is_green = np.isin(np.arange(len(ground)), green.index)
        character = ground["character"].to_numpy()
        lots = _lots(ground["geom"].to_numpy(), character, is_green, rng)
        of_lot, use = character[lots.block], land_use.block_use(character, is_green, rng)[lots.block]
        use = land_use.lot_use(use, of_lot, _beside_main(lots.polygons, table), rng)
        setback = np.array([CHARACTERS[name].setback_m for name in of_lot])
        footprints, lot = parcels.buildings_on(lots, setback, land_use.built(use, of_lot, rng))
        villas = np.flatnonzero((of_lot == "villa") & (use == "residential") & (rng.random(len(use)) < 0.05))
        return cls(
            green=pd.concat([green, greens.inner_greens(green, rng)]),
            gardens=greens.private_gardens(lots.polygons, footprints, lot, villas),
            lots=lots, use=use, footprints=footprints, lot=lot,
            storeys=land_use.levels(of_lot[lot], use[lot], rng),
            district=ground["district"].to_numpy()[lots.block[lot]],
        )  # fmt: skip


def _lots(
    blocks: np.ndarray, character: np.ndarray, is_green: np.ndarray, rng: np.random.Generator
) -> parcels.Lots:
    """Green blocks stay whole."""
    kinds = [CHARACTERS[name] for name in character]
    frontage = np.where(is_green, 1e6, [kind.frontage_m for kind in kinds])
    depth = np.array([kind.built_depth for kind in kinds]).reshape(-1, 2)
    return parcels.lots_in_blocks(blocks, frontage, depth, rng)


def _beside_main(lots: np.ndarray, table: pd.DataFrame) -> np.ndarray:
    main = table[table["street_class"].isin(["primary", "secondary", "tertiary"])]
    near, _ = shapely.STRtree(lots).query(main["line"].to_numpy(), predicate="dwithin", distance=16.0)[::-1]
    return np.isin(np.arange(len(lots)), near)


def _with_paths(table: pd.DataFrame, fabric: _Fabric) -> pd.DataFrame:
    """The table with a footway through each larger park."""
    green = fabric.green
    parks = green[(green["kind"] == "park") & (green["access"] == "public")]
    ends = shapely.get_coordinates(shapely.boundary(table.loc[streets.is_drivable(table), "line"].to_numpy()))
    paths = greens.park_paths(parks["geom"].to_numpy(), np.unique(ends, axis=0))
    rows = pd.DataFrame(
        {
            "line": paths, "street_class": "footway", "one_way": "no", "access": "no", "speed_kmh": 5.0, "lanes": 1,
            "width_m": 2.5, "surface": "gravel", "character": "", "district": "", "street": table["street"].max() + 1,
            "collection_days": [[] for _ in paths],
            "name_fr": "Allée du parc", "name_ar": "ممر المنتزه", "name_en": "Park path",
        }
    )  # fmt: skip
    return pd.concat([table, rows], ignore_index=True)
