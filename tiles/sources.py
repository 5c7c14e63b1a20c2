"""Where a collection's rows come from, told as attribution; read again only when its revision changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from layers.base import Source
from layers.definitions import Collection
from layers.models import Revision

Sources = frozenset[str]
_known: dict[str, tuple[object, Sources]] = {}


def sources_of(collections: Iterable[Collection]) -> dict[str, Sources]:
    """The distinct values of `source` by collection id."""
    wanted = {collection.id: collection for collection in collections}
    rows = Revision.objects.filter(collection__in=wanted).values_list("collection", "revision", "changed_at")
    states = {row[0]: (settings.DATABASES["default"]["NAME"], *row[1:]) for row in rows}
    for key, collection in wanted.items():
        if key not in _known or _known[key][0] != states.get(key):
            _known[key] = (states.get(key), _read_sources(collection))
    return {key: _known[key][1] for key in wanted}


def _read_sources(collection: Collection) -> Sources:
    query = sql.SQL("SELECT DISTINCT source FROM {}").format(sql.Identifier(collection.table))
    with connection.cursor() as cursor:
        cursor.execute(query)
        return frozenset(source for (source,) in cursor.fetchall())


def attribution(sources: Iterable[str]) -> str:
    """Who made the data, in the active language; made-up data says so."""
    return " · ".join(sorted(_credit(source) for source in sources))


def _credit(source: str) -> str:
    return _("© OpenStreetMap contributors") if source == Source.OPENSTREETMAP else str(Source(source).label)
