"""Urls of this room; the tiles themselves have their own doors (settings.ASGI_MOUNTS)."""

from django.urls import path

from tiles import views
from tiles.ogc import views as ogc
from tiles.raster.download import raster_file
from tiles.raster.values import raster_value

urlpatterns = [
    path("layers", views.layer_list, name="layers"),
    path("layers/<str:layer_id>/legend", views.layer_legend, name="layer-legend"),
    path("layers/<str:layer_id>/style", views.layer_style, name="layer-style"),
    path("tileMatrixSets", ogc.matrix_set_list, name="tile-matrix-sets"),
    path("tileMatrixSets/<str:grid_id>", ogc.matrix_set, name="tile-matrix-set"),
    path("tiles", ogc.dataset_tilesets, name="dataset-tilesets"),
    path("tiles/<str:grid_id>", ogc.dataset_tileset, name="dataset-tileset"),
    path("collections/<str:collection_id>/tiles", ogc.collection_tilesets, name="collection-tilesets"),
    path(
        "collections/<str:collection_id>/tiles/<str:grid_id>",
        ogc.collection_tileset,
        name="collection-tileset",
    ),
    path(
        "collections/<str:collection_id>/items/<int:feature_id>/file",
        raster_file,
        name="raster-file",
    ),
    path("rasters/<str:layer_id>/value", raster_value, name="raster-value"),
]
