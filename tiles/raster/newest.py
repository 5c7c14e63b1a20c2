"""Which file each raster layer shows: the newest pollution grid of the layer's pollutant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from psycopg import sql

from gis_core.errors import NotFound
from layers.catalog.pollution_grids.model import PollutionGrid
from layers.definitions import Layer
from layers.registry import LAYERS
from tiles import connections
from tiles.states import STATE

HOW_TO_MAKE = "Run the process compute-pollution-grid to make one."
_COLLECTION = "pollution-grids"
_NEWEST = sql.SQL(
    "SELECT {state} AS state, (SELECT coalesce(json_object_agg(pollutant, file), '{{}}') FROM"
    " (SELECT DISTINCT ON (pollutant) pollutant, file FROM {grids} ORDER BY pollutant, period_end DESC, id DESC)"
    " AS newest) AS files"
).format(state=STATE, grids=sql.Identifier(PollutionGrid._meta.db_table))


@dataclass(frozen=True)
class Grids:
    """The file of each raster layer by layer id, and the state of the collection that says so."""

    state: str
    files: tuple[tuple[str, Path], ...]


async def newest_grids() -> Grids:
    """Raises NotFound when there is no grid at all, or a grid's file is missing."""
    ((state, by_pollutant),) = [row.values() for row in await connections.read(_NEWEST, [[_COLLECTION]])]
    rasters = [layer for layer in LAYERS.values() if layer.raster]
    named = {layer.id: by_pollutant.get(pollutant_of(layer)) for layer in rasters}
    files = tuple((layer_id, grid_file(name)) for layer_id, name in named.items() if name)
    if not files:
        raise NotFound(f"There is no pollution grid yet. {HOW_TO_MAKE}")
    return Grids(state, files)


def grid_file(name: str) -> Path:
    """The file of a name below MEDIA_ROOT; raises NotFound for one that is not there, or that leads out of it."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / name).resolve()
    if not (path.is_relative_to(root) and path.is_file()):
        raise NotFound(f"The pollution grid's file {name!r} is not in the media folder. {HOW_TO_MAKE}")
    return path


def has_grid(layer: Layer) -> bool:
    return PollutionGrid.objects.filter(pollutant=pollutant_of(layer)).exists()


def pollutant_of(layer: Layer) -> str:
    return str(layer.style.layers[0]["metadata"]["pollutant"])
