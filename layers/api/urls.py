"""Urls of OGC API Features."""

from django.urls import path

from layers.api import collections, edits, items, landing
from layers.api.methods import by_method

urlpatterns = [
    path("api", landing.api_definition, name="openapi"),
    path("conformance", landing.conformance, name="conformance"),
    path("collections", collections.collection_list, name="collections"),
    path("collections/<str:collection_id>", collections.collection_detail, name="collection"),
    path("collections/<str:collection_id>/schema", collections.schema, name="schema"),
    path("collections/<str:collection_id>/queryables", collections.queryables, name="queryables"),
    path("collections/<str:collection_id>/sortables", collections.sortables, name="sortables"),
    path(
        "collections/<str:collection_id>/items",
        by_method(GET=items.items, POST=edits.create_items, OPTIONS=edits.items_options),
        name="items",
    ),
    path(
        "collections/<str:collection_id>/items/<int:feature_id>",
        by_method(
            GET=items.item,
            PUT=edits.replace_item,
            PATCH=edits.patch_item,
            DELETE=edits.delete_item,
            OPTIONS=edits.item_options,
        ),
        name="item",
    ),
    path(
        "collections/<str:collection_id>/items/<str:feature_id>",
        by_method(OPTIONS=edits.item_options, GET=edits.no_such_item),
    ),
    path("transactions", by_method(POST=edits.transactions), name="transactions"),
    path("search", landing.search, name="search"),
]
