"""Which layers an OGC tileset shows: a collection's own, or those of several collections."""

from __future__ import annotations

from gis_core.errors import InvalidInput, NotFound
from layers.definitions import Collection, Layer
from layers.registry import LAYERS, get_collection
from tiles.vector.maps import layers_of_map


def tiled_layer(collection: Collection) -> Layer | None:
    """The vector layer that has the collection's id. Other layers of it show the same shapes with other numbers."""
    layer = LAYERS.get(collection.id)
    return None if layer is None or layer.raster else layer


def layer_of(collection_id: str) -> Layer:
    """Raises NotFound for an unknown collection and for one without vector tiles."""
    layer = tiled_layer(get_collection(collection_id))
    if layer is None:
        raise NotFound(
            f"{collection_id} has no vector tiles; ask /collections/{collection_id}, and /layers for maps."
        )
    return layer


def selected_layers(collections: str) -> list[Layer]:
    """Of `collections=a,b`, in that order, each an id or a collection's address. Raises NotFound or InvalidInput."""
    ids = [name.rstrip("/").rpartition("/collections/")[2] for name in collections.split(",")]
    if len(set(ids)) < len(ids):
        raise InvalidInput(f"collections={collections!r} names a collection twice; a tile holds each once.")
    return [layer_of(collection_id) for collection_id in ids]


def usual_layers() -> list[Layer]:
    """What the map page shows when it opens: the dataset's tiles where nobody selects."""
    return layers_of_map("public")
