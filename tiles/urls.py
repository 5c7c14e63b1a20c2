"""Urls of this room; the tiles themselves have their own doors (settings.ASGI_MOUNTS)."""

from django.urls import path

from tiles import views
from tiles.raster.values import raster_value

urlpatterns = [
    path("layers", views.layer_list, name="layers"),
    path("layers/<str:layer_id>/legend", views.layer_legend, name="layer-legend"),
    path("layers/<str:layer_id>/style", views.layer_style, name="layer-style"),
    path("rasters/<str:layer_id>/value", raster_value, name="raster-value"),
]
