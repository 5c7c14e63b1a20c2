"""What happens on a commit of this process before its answer goes out: nobody shows what was before any more."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError

from tiles.grids import Bounds
from tiles.models import Change
from tiles.proxy import expire
from tiles.pulse import pulse

LOOK_BACK = 50  # revisions, when this process commits for the first time
_expired: dict[str, int] = {}  # collection -> the revision up to which this process looked
log = logging.getLogger(__name__)


def tell_every_process(collection: str, revision: int, **_signal: object) -> None:
    """For layers.events.features_changed. The change is made: what fails here is logged, and told to nobody as a
    failure of the change."""
    try:
        pulse().beat()
        if settings.NGINX_CACHE is not None:
            expire({collection: _boxes(collection, _expired.get(collection, revision - LOOK_BACK))})
            _expired[collection] = revision
    except (OSError, DatabaseError):
        log.exception("other processes hear of the change of %s only from the database", collection)


def _boxes(collection: str, since: int) -> list[Bounds | None]:
    changes = Change.objects.filter(collection=collection, revision__gt=since)
    rows = changes.values_list("min_x", "min_y", "max_x", "max_y").distinct()
    return [None if None in row else Bounds(*(float(corner or 0) for corner in row)) for row in rows]
