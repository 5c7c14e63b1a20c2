"""Urls of this room."""

urlpatterns = []
