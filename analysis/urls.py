"""Urls of this room."""

from django.urls import path

from analysis.api.roadbooks import roadbook

urlpatterns = [
    path("collections/collection-routes/items/<int:feature_id>/roadbook", roadbook, name="roadbook"),
]
