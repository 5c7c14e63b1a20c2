"""What an archive of tiles tells about itself: layers, sources, thinning, and the state of the data it shows."""

from __future__ import annotations

from typing import Any

import psycopg
from django.utils import timezone

from tiles.pyramids.pyramid import Pyramid
from tiles.sources import attribution, sources_of
from tiles.vector.sql import Shown
from tiles.vector.tilejson import tilejson

FIRST_LOOK_ZOOM = 12
_REVISIONS = "SELECT collection, revision, changed_at FROM layers_revision WHERE collection = ANY(%s)"


def describe(connection: psycopg.Connection[Any], shown: Shown, pyramid: Pyramid) -> dict[str, Any]:
    """As TileJSON says it, with `collections` (revision and time of the last change of each) and `version`, which grows
    with every change of any. Texts in the active language."""
    collections = [layer.collection for layer, _ in shown]
    sources = {source for found in sources_of(collections).values() for source in found}
    told = tilejson(shown, url="", attribution=attribution(sources))
    states = _states(connection, [collection.id for collection in collections])
    return {
        **{key: told[key] for key in ("name", "description", "attribution", "vector_layers")},
        "type": "overlay",
        "version": sum(state["revision"] for state in states.values()),
        "bounds": pyramid.box.as_tuple(),
        "center": [*pyramid.box.center, min(pyramid.max_zoom, max(pyramid.min_zoom, FIRST_LOOK_ZOOM))],
        "minzoom": pyramid.min_zoom,
        "maxzoom": pyramid.max_zoom,
        "collections": states,
        "made_at": timezone.now().isoformat(timespec="seconds"),
    }


def _states(connection: psycopg.Connection[Any], collections: list[str]) -> dict[str, dict[str, Any]]:
    rows = connection.execute(_REVISIONS, [collections]).fetchall()
    return {
        collection: {"revision": revision, "changed_at": changed_at.isoformat()}
        for collection, revision, changed_at in sorted(rows)
    }
