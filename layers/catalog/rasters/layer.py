"""Vegetation index and orthophotos, each as the newest of its kind. Process import-raster brings them in."""

from django.utils.translation import gettext_lazy as _

from gis_core.permissions import Role
from layers.catalog.rasters.model import Raster
from layers.definitions import Collection, Extent, Group, Layer, Right, Style, open_rights

COLLECTION = Collection(
    id="rasters",
    model=Raster,
    title=_("Rasters"),
    description=_("Vegetation index and orthophotos, as Cloud Optimized GeoTIFF."),
    time="period_start",
    rights={**open_rights(), Role.PLANNER: Right(Extent.CITY)},  # a raster is of the whole city
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
)
