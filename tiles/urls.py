"""Urls of this room; the tiles themselves have their own doors (settings.ASGI_MOUNTS)."""

from django.urls import path

from tiles import views

urlpatterns = [
    path("layers", views.layer_list, name="layers"),
    path("layers/<str:layer_id>/legend", views.layer_legend, name="layer-legend"),
    path("layers/<str:layer_id>/style", views.layer_style, name="layer-style"),
]
