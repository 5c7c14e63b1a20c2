"""Features as files: the whole answer as a stream, or one page of it when a limit is given."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from psycopg import sql

from gis_core.crs import Crs
from gis_core.errors import InvalidInput
from gis_core.negotiation import url_with
from layers.api.asking import DEFAULT_LIMIT, read_items_query
from layers.formats.catalog import FORMATS, Format
from layers.formats.download import download
from layers.formats.source import FeatureSource, feature_source
from layers.policy import Access
from layers.queries.items import ItemsQuery, next_place, paging_conditions
from layers.queries.sorting import order_sql
from layers.queries.sql import rows_of

_TEXTS = frozenset({"geojson", "geojsonseq", "csv"})  # whose readers would expect the authority's axis order


def items_file(request: HttpRequest, access: Access, form_id: str) -> tuple[HttpResponseBase, ItemsQuery]:
    """The answer, with `Link: rel=next` when it is one page of several."""
    form = FORMATS[form_id]
    query = read_items_query(request, access, default_limit=DEFAULT_LIMIT if form.paged else None)
    check_crs(form, query.crs)
    following = next_place(access, query)
    response = download(request, form, _source(request, access, query))
    if following is not None:
        response["Link"] = (
            f'<{url_with(request, after=following, f=form.id)}>; rel="next"; type="{form.media_type}"'
        )
    return response, query


def item_file(
    request: HttpRequest, access: Access, feature_id: int, query: ItemsQuery, form_id: str
) -> HttpResponseBase:
    """One feature as a file; that it exists is for the caller to know."""
    form = FORMATS[form_id]
    check_crs(form, query.crs)
    return download(request, form, _source(request, access, query, feature_id))


def check_crs(form: Format, crs: Crs) -> None:
    """Raises InvalidInput where the format cannot say in which CRS its coordinates are."""
    if not form.follows_crs and crs.srid != 4326:
        raise InvalidInput(f"{form.title} is always in longitude and latitude; leave crs out.")
    if form.id in _TEXTS and crs.flips_axes:
        raise InvalidInput(f"{form.title} is written x before y, {crs.uri} has y first; use f=json or CRS84.")


def _source(
    request: HttpRequest, access: Access, query: ItemsQuery, feature_id: int | None = None
) -> FeatureSource:
    conditions = paging_conditions(access, query)
    if feature_id is not None:
        conditions.append((sql.SQL("t.id = %s"), [feature_id]))
    return feature_source(
        access.collection,
        access.shown if query.fields is None else query.fields,
        conditions,
        relation=rows_of(access.collection, query.as_of),
        order=order_sql(query.sort),
        srid=query.crs.srid,
        limit=query.limit,
        href=request.build_absolute_uri(reverse("items", args=[access.collection.id])),
    )
