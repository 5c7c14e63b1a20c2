"""Urls of OGC API Features."""

from django.urls import path

from layers.api import alerts_feed, audit, batches, collections, edits, explain, history, items, landing
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
    path(
        "collections/<str:collection_id>/items/<int:feature_id>/versions",
        by_method(GET=history.versions),
        name="versions",
    ),
    path(
        "collections/<str:collection_id>/items/<int:feature_id>/versions/<int:number>",
        by_method(GET=history.version),
        name="version",
    ),
    path(
        "collections/<str:collection_id>/items/<int:feature_id>/versions/<int:number>/diff",
        by_method(GET=history.diff),
        name="version-diff",
    ),
    path(
        "collections/<str:collection_id>/items/<int:feature_id>/versions/<int:number>/restore",
        by_method(POST=history.restore),
        name="version-restore",
    ),
    path(
        "collections/indicators/items/<int:feature_id>/explain",
        by_method(GET=explain.explain),
        name="explain",
    ),
    path("collections/air-alerts/feed", by_method(GET=alerts_feed.alerts_feed), name="alerts-feed"),
    path("batches", by_method(GET=batches.batch_list), name="batches"),
    path("batches/<str:key>", by_method(GET=batches.batch), name="batch"),
    path("batches/<str:key>/revert", by_method(POST=batches.revert), name="batch-revert"),
    path("audit.csv", by_method(GET=audit.audit), name="audit"),
    path("transactions", by_method(POST=edits.transactions), name="transactions"),
    path("search", landing.search, name="search"),
]
