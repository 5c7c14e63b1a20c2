"""Urls of OGC API Features."""

from django.urls import path

from layers.api import views

urlpatterns = [
    path("api", views.api_definition, name="openapi"),
    path("conformance", views.conformance, name="conformance"),
    path("collections", views.collection_list, name="collections"),
    path("collections/<str:collection_id>", views.collection_detail, name="collection"),
    path("collections/<str:collection_id>/schema", views.schema, name="schema"),
    path("collections/<str:collection_id>/items", views.items, name="items"),
    path("collections/<str:collection_id>/items/<int:feature_id>", views.item, name="item"),
    path("search", views.search, name="search"),
]
