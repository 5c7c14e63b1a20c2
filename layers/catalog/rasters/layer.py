"""Each kind of raster as the newest of it. Process import-raster brings them in; green-share is computed."""

from django.utils.translation import gettext_lazy as _

from layers.catalog.rasters.model import Raster
from layers.definitions import Collection, Group, Layer, Style, open_rights

COLLECTION = Collection(
    id="rasters",
    model=Raster,
    title=_("Rasters"),
    description=_(
        "Vegetation index, heights, share of green by grid cell and orthophotos, as Cloud Optimized GeoTIFF."
    ),
    time="period_start",
    rights=open_rights(computed=("kind", "period_start", "period_end", "cell_m", "bands", "file")),
)

LAYERS = (
    Layer(
        id="orthophoto",
        collection=COLLECTION,
        title=_("Orthophoto"),
        style=Style.beside(__file__, "orthophoto.json"),
        group=Group.BASE,
        min_zoom=5,
        max_zoom=18,
        tile_fields=("kind",),
        raster=True,
    ),
    Layer(
        id="ndvi",
        collection=COLLECTION,
        title=_("Vegetation index (NDVI)"),
        style=Style.beside(__file__, "ndvi.json"),
        group=Group.GREEN,
        min_zoom=5,
        tile_fields=("kind",),
        raster=True,
    ),
    Layer(
        id="canopy-height",
        collection=COLLECTION,
        title=_("Canopy height"),
        style=Style.beside(__file__, "canopy-height.json"),
        group=Group.GREEN,
        min_zoom=5,
        tile_fields=("kind",),
        raster=True,
    ),
    Layer(
        id="green-share",
        collection=COLLECTION,
        title=_("Share of green by grid cell"),
        style=Style.beside(__file__, "green-share.json"),
        group=Group.GREEN,
        min_zoom=5,
        tile_fields=("kind",),
        raster=True,
    ),
)
