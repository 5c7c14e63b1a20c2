"""What a city of OpenStreetMap lacks is added and labelled: districts, people, parcels, containers, fleet and air."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_core.city import City
from importers.synthetic import air, containers, land_use, planar, population
from importers.synthetic.casablanca import NOW
from importers.synthetic.fleet import fleet_frames
from importers.synthetic.frames import Plane, feature_frame, identifiers, inside_box
from importers.synthetic.furniture import furniture_frame
from importers.synthetic.kerbside import collection_days
from importers.synthetic.localities import built_ground, compass_districts, place_districts
from importers.synthetic.osm_parcels import lots_of_city
from importers.synthetic.streets import directed_edges, is_drivable, section_nodes

PEOPLE_PER_CONTAINER = 150.0
PEOPLE_PER_KM2 = 5_000.0  # where an extract has no buildings
DEFAULT_LEVELS = 3
_DENSE_DEG = 0.001
MOST_STATIONS = 8
_WIDTH_M = {"motorway": 22.0, "trunk": 18.0, "primary": 16.0, "secondary": 13.0, "tertiary": 11.0,
            "service": 5.0, "footway": 2.5, "cycleway": 2.5, "steps": 2.5, "living_street": 7.0,
            "pedestrian": 8.0, "track": 4.0}  # fmt: skip
_SERVED = ("primary", "secondary", "tertiary", "unclassified", "residential", "living_street")
_NOBODY_LIVES = frozenset(
    ["church", "cathedral", "chapel", "mosque", "synagogue", "temple", "school", "university", "college",
     "kindergarten", "hospital", "office", "commercial", "retail", "supermarket", "industrial", "warehouse", "garage",
     "garages", "parking", "public", "civic", "government", "train_station", "transportation", "stadium",
     "sports_hall", "greenhouse", "shed", "hangar", "kiosk", "roof", "service", "hotel", "museum", "theatre", "ruins",
     "construction"]
)  # fmt: skip


def complete(
    city: City,
    frames: dict[str, gpd.GeoDataFrame],
    places: gpd.GeoDataFrame,
    seed: int = 1,
    now: datetime = NOW,
) -> dict[str, pd.DataFrame]:
    """The real frames and, where they lack something, seeded rows of source "synthetic" or "mixed".

    `frames` are those of an OpenStreetMap reader, empty ones allowed; `places` has place, name_* and points.
    Real waste containers get their volume, fill and days, residential streets their collection days, real
    districts their people; nothing real is taken away.
    """
    return _Completion(city, Plane(city.metric_crs), frames, places, seed, now).frames()


@dataclass(frozen=True)
class _Completion:
    city: City
    plane: Plane
    real: dict[str, gpd.GeoDataFrame]
    places: gpd.GeoDataFrame
    seed: int
    now: datetime

    def rng(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, part])

    def has(self, collection: str) -> bool:
        return len(self.real.get(collection, ())) > 0

    def polygons(self, collection: str) -> np.ndarray:
        """The geometries of a real collection in the plane."""
        return (
            self.plane.to_plane(self.real[collection].geometry.to_numpy())
            if self.has(collection)
            else np.empty(0, object)
        )

    def _areas(self, degrees: np.ndarray) -> np.ndarray:
        """Large areas in the plane, with vertices enough that a parallel stays one."""
        return self.plane.to_plane(shapely.segmentize(degrees, _DENSE_DEG))

    def frames(self) -> dict[str, pd.DataFrame]:
        streets, homes = self._street_table(), self._homes()
        districts = self._peopled(self._districts(streets), homes)
        cells, people = self._people(districts, homes)
        frames: dict[str, pd.DataFrame] = {**self.real, "districts": districts, **self._fleet()}
        if len(streets):
            frames["streets"] = self._collected(streets)
        frames["population-grid"] = self.real["population-grid"] if self.has("population-grid") else cells
        frames["waste-containers"] = self._containers(streets, homes, people)
        if not self.has("parcels"):
            frames["parcels"] = self._parcels(streets)
        if not self.has("street-furniture") and len(streets):
            parks = self.polygons("green-spaces")
            frames["street-furniture"] = furniture_frame(
                streets, parks, self.plane, "synthetic:furniture", self.rng(5)
            )
        if not self.has("air-stations"):
            frames |= self._air(districts, streets)
        return {name: inside_box(frame, self.city.bbox) for name, frame in frames.items()}

    def _street_table(self) -> pd.DataFrame:
        """The street frame with its lines in the plane and a width everywhere."""
        if not self.has("streets"):
            return pd.DataFrame(
                {
                    "line": [],
                    "width_m": [],
                    "street_class": [],
                    "one_way": [],
                    "access": [],
                    "bridge_level": [],
                }
            )
        table = pd.DataFrame(self.real["streets"].drop(columns="geom")).reset_index(drop=True)
        usual = table["street_class"].map(_WIDTH_M).fillna(9.0)
        table["width_m"] = pd.to_numeric(table["width_m"]).fillna(usual).clip(2.0, 60.0)
        table["line"] = self.polygons("streets")
        return table

    def _collected(self, streets: pd.DataFrame) -> gpd.GeoDataFrame:
        """The real streets, those at whose kerb waste is collected with made-up days."""
        days = collection_days(streets)
        mixed = np.array([bool(own) for own in days])
        real = self.real["streets"]
        return real.assign(collection_days=days, source=np.where(mixed, "mixed", real["source"]))

    def _homes(self) -> pd.DataFrame:
        """A row per building: centre in the plane and floor area to live in."""
        if not self.has("buildings"):
            return pd.DataFrame({"centre": np.empty(0, object), "floor_m2": np.empty(0)})
        frame, polygons = self.real["buildings"], self.polygons("buildings")
        levels = pd.to_numeric(frame["levels"]).fillna(DEFAULT_LEVELS).clip(1, 60).to_numpy()
        lived_in = ~frame["use"].isin(_NOBODY_LIVES).to_numpy()
        return pd.DataFrame(
            {"centre": shapely.centroid(polygons), "floor_m2": shapely.area(polygons) * levels * lived_in}
        )

    def _districts(self, streets: pd.DataFrame) -> gpd.GeoDataFrame:
        if self.has("districts"):
            return self.real["districts"]
        box = self._areas(np.array([shapely.box(*self.city.bbox.as_tuple())], dtype=object))[0]
        ground = built_ground(streets["line"].to_numpy(), self.polygons("water"), box)
        named = place_districts(self.places, ground, streets["line"].to_numpy(), self.plane)
        return compass_districts(ground, self.plane) if named is None else named

    def _peopled(self, districts: gpd.GeoDataFrame, homes: pd.DataFrame) -> gpd.GeoDataFrame:
        """Districts with inhabitants and households; those that had none are labelled "mixed" (or stay "synthetic")."""
        districts = districts.reset_index(drop=True)
        known = pd.to_numeric(districts.get("population", pd.Series(np.nan, districts.index)))
        estimate = self._estimate(districts, homes)
        people = known.where(known.notna(), estimate).round().astype(int)
        households = pd.to_numeric(districts.get("households", pd.Series(np.nan, districts.index)))
        households = households.where(households.notna(), people / population.PEOPLE_PER_HOUSEHOLD)
        source = districts["source"].where(known.notna() | (districts["source"] == "synthetic"), "mixed")
        return districts.assign(population=people, households=households.round().astype(int), source=source)

    def _estimate(self, districts: gpd.GeoDataFrame, homes: pd.DataFrame) -> np.ndarray:
        polygons = self._areas(districts.geometry.to_numpy())
        if not homes["floor_m2"].sum():
            return shapely.area(polygons) / 1e6 * PEOPLE_PER_KM2
        home, district = shapely.STRtree(polygons).query(homes["centre"].to_numpy(), predicate="intersects")
        floor_m2 = np.bincount(district, homes["floor_m2"].to_numpy()[home], minlength=len(polygons))
        return floor_m2 / population.FLOOR_M2_PER_PERSON

    def _people(
        self, districts: gpd.GeoDataFrame, homes: pd.DataFrame
    ) -> tuple[gpd.GeoDataFrame, np.ndarray]:
        """The population grid, and the inhabitants of each building."""
        polygons, ids = self._areas(districts.geometry.to_numpy()), districts["external_id"].to_numpy()
        totals = dict(zip(ids, districts["population"].astype(int), strict=True))
        home, district = shapely.STRtree(polygons).query(homes["centre"].to_numpy(), predicate="intersects")
        home, first = np.unique(home, return_index=True)
        own = np.full(len(homes), "", dtype=object)
        own[home] = ids[district[first]]
        people = population.people_in_buildings(homes["floor_m2"].to_numpy(), own, {**totals, "": 0})
        cells = population.population_cells(
            polygons, ids.tolist(), totals, homes["centre"].to_numpy(), own, people
        )
        return population.grid_frame(cells, self.plane, "synthetic:cell"), people

    def _fleet(self) -> dict[str, pd.DataFrame]:
        """The city file's sites beside those of the extract."""
        return {
            name: pd.concat([self.real[name], frame], ignore_index=True) if self.has(name) else frame
            for name, frame in fleet_frames(self.city).items()
        }

    def _containers(self, streets: pd.DataFrame, homes: pd.DataFrame, people: np.ndarray) -> gpd.GeoDataFrame:
        rng = self.rng(1)
        parts = []
        if self.has("waste-containers"):
            parts.append(_with_fill(self.real["waste-containers"], self.now, rng))
        served = _served(streets)
        if len(served) and people.sum() > 0:
            lines = served["line"].to_numpy()
            living = containers.people_by_street(lines, homes["centre"].to_numpy(), people)
            points = containers.along_streets(
                lines, served["width_m"].to_numpy(), living, PEOPLE_PER_CONTAINER, rng
            )
            columns = containers.container_attributes(len(points), self.now, rng).to_dict("list")
            ids = identifiers("synthetic:container", len(points))
            parts.append(feature_frame(self.plane, points, ids, "synthetic", columns))
        return (
            pd.concat(parts, ignore_index=True)
            if parts
            else self.real.get("waste-containers", gpd.GeoDataFrame())
        )

    def _parcels(self, streets: pd.DataFrame) -> gpd.GeoDataFrame:
        rng = self.rng(2)
        lots, use = lots_of_city(
            streets,
            self.polygons("buildings"),
            self.real.get("buildings"),
            self.polygons("green-spaces"),
            self.polygons("water"),
            rng,
        )
        return land_use.parcels_frame(lots, use, self.plane, "synthetic:parcel", rng)

    def _air(self, districts: gpd.GeoDataFrame, streets: pd.DataFrame) -> dict[str, pd.DataFrame]:
        rng = self.rng(3)
        sited = districts.sort_values("population", ascending=False, kind="stable").head(MOST_STATIONS)
        points = shapely.point_on_surface(self.plane.to_plane(sited.geometry.to_numpy()))
        ids = identifiers("synthetic:air-station", len(sited))
        main = streets.loc[
            streets["street_class"].isin(["motorway", "trunk", "primary", "secondary"]), "line"
        ].to_numpy()
        roads = shapely.get_coordinates(shapely.line_interpolate_point(main, 0.5, normalized=True))
        columns = {
            "name_fr": [f"Station {name}" for name in sited["name_fr"]],
            "name_ar": [f"محطة {name}" for name in sited["name_ar"]],
            "name_en": [f"{name} station" for name in sited["name_en"]],
        }
        traffic = air.traffic_near(shapely.get_coordinates(points), roads)
        return {
            "air-stations": feature_frame(self.plane, points, ids, "synthetic", columns),
            "air-observations": air.observations(
                ids, traffic, self.now, self.city.time_zone, "synthetic:air", rng
            ),
        }


def _served(streets: pd.DataFrame) -> pd.DataFrame:
    """Streets on the ground where collection vehicles get to, and back from."""
    drivable = streets[is_drivable(streets)].reset_index(drop=True)
    if drivable.empty:
        return drivable
    nodes = section_nodes(drivable["line"].to_numpy())
    part = planar.components(
        nodes.max() + 1, directed_edges(nodes, drivable["one_way"].to_numpy()), directed=True
    )
    reached = (part[nodes] == np.bincount(part[nodes.ravel()]).argmax()).all(axis=1)
    kept = drivable[reached & drivable["street_class"].isin(_SERVED) & (drivable["bridge_level"] == 0)]
    return kept.reset_index(drop=True)


def _with_fill(real: gpd.GeoDataFrame, now: datetime, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Real containers with volume, fill and days; what the source knows of them stays."""
    real = real.reset_index(drop=True)
    drawn = containers.container_attributes(len(real), now, rng, real["fraction"].to_numpy())
    for column in drawn:
        real[column] = (
            real[column].where(real[column].notna(), drawn[column]) if column in real else drawn[column]
        )
    return real.assign(source="mixed")
