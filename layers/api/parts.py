"""What OGC APIs of the rooms above add to the documents of this one; settings.API_PARTS names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from gis_core.negotiation import Link
from layers.api.openapi_parts import Json
from layers.definitions import Collection
from layers.policy import Access


@dataclass(frozen=True)
class Part:
    """`paths` are of the API definition, for the collections that who asks may read."""

    conformance: tuple[str, ...]
    landing_links: Callable[[HttpRequest], list[Link]]
    collection_links: Callable[[HttpRequest, Collection], list[Link]]
    paths: Callable[[Sequence[Access]], Json]
    item_links: Callable[[HttpRequest, Collection, int], list[Link]] = lambda request, collection, feature: []


@cache
def parts() -> tuple[Part, ...]:
    return tuple(import_string(path) for path in settings.API_PARTS)
