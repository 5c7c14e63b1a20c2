"""The ordered catalogue. Adding a layer: its folder under catalog/, one import and one line here, one migration.

The order is the drawing order, from the bottom up.
"""

from typing import TypeVar

from gis_core.errors import NotFound
from layers.catalog.air_alerts import layer as air_alerts
from layers.catalog.air_observations import layer as air_observations
from layers.catalog.air_stations import layer as air_stations
from layers.catalog.buildings import layer as buildings
from layers.catalog.collection_routes import layer as collection_routes
from layers.catalog.depots import layer as depots
from layers.catalog.disposal_sites import layer as disposal_sites
from layers.catalog.districts import layer as districts
from layers.catalog.green_spaces import layer as green_spaces
from layers.catalog.indicators import layer as indicators
from layers.catalog.parcels import layer as parcels
from layers.catalog.pollution_cells import layer as pollution_cells
from layers.catalog.pollution_grids import layer as pollution_grids
from layers.catalog.population_grid import layer as population_grid
from layers.catalog.rasters import layer as rasters
from layers.catalog.road_conditions import layer as road_conditions
from layers.catalog.route_plans import layer as route_plans
from layers.catalog.route_stops import layer as route_stops
from layers.catalog.route_streets import layer as route_streets
from layers.catalog.scenarios import layer as scenarios
from layers.catalog.street_furniture import layer as street_furniture
from layers.catalog.streets import layer as streets
from layers.catalog.trees import layer as trees
from layers.catalog.turn_restrictions import layer as turn_restrictions
from layers.catalog.vehicles import layer as vehicles
from layers.catalog.waste_containers import layer as waste_containers
from layers.catalog.water import layer as water
from layers.definitions import Collection, Layer

T = TypeVar("T")

_CATALOG = (
    rasters,
    water,
    buildings,
    streets,
    turn_restrictions,
    road_conditions,
    districts,
    parcels,
    population_grid,
    green_spaces,
    trees,
    street_furniture,
    depots,
    disposal_sites,
    vehicles,
    waste_containers,
    route_plans,
    collection_routes,
    route_stops,
    route_streets,
    air_stations,
    air_observations,
    pollution_cells,
    air_alerts,
    pollution_grids,
    indicators,
    scenarios,
)
COLLECTIONS: dict[str, Collection] = {entry.COLLECTION.id: entry.COLLECTION for entry in _CATALOG}
LAYERS: dict[str, Layer] = {layer.id: layer for entry in _CATALOG for layer in entry.LAYERS}


def get_collection(collection_id: str) -> Collection:
    """Raises NotFound with the known ids."""
    return _get(COLLECTIONS, collection_id, "collection")


def get_layer(layer_id: str) -> Layer:
    """Raises NotFound with the known ids."""
    return _get(LAYERS, layer_id, "layer")


def _get(entries: dict[str, T], key: str, kind: str) -> T:
    if key not in entries:
        raise NotFound(f"There is no {kind} {key!r}. Known: {', '.join(sorted(entries))}.")
    return entries[key]
