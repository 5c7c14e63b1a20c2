"""/collections/air-alerts/feed: the alerts of air quality as an Atom feed (RFC 4287) in the reader's language."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from gis_core.negotiation import ATOM, VARY, refuse_unknown
from layers.api.collections import access_for
from layers.api.representations import items_etag, not_modified
from layers.formats.markup import valid
from layers.policy import Access, readable
from layers.queries.alert_words import Telling
from layers.queries.alerts import Alert, district_names, newest_alerts
from layers.queries.revisions import revision_of, states_of

ALERTS = "air-alerts"
SHOWN = 50
# Names of feeds and entries do not depend on the address under which the service is asked.
_NAMES = UUID("6c1d2a58-6d0f-4f0e-9a57-3f4b5b0c7f11")


@require_safe
def alerts_feed(request: HttpRequest) -> HttpResponseBase:
    refuse_unknown(request)
    access = access_for(request, ALERTS)
    etag = items_etag(request, access, f"feed, districts at {revision_of('districts')}")
    response = not_modified(request, etag)
    if response is None:
        text = _feed(request, access).writeString("utf-8")
        response = HttpResponse(text, content_type=_Feed.content_type)
    response["ETag"], response["Vary"] = etag, VARY
    response["Cache-Control"] = "private, no-cache" if access.restricted else "no-cache"
    return response


class _Feed(Atom1Feed):
    """`changed`: when the collection was changed last, also by an alert that was taken back; `others`: addresses of
    the feed in other languages."""

    def latest_post_date(self) -> datetime:
        return max([self.feed["changed"], *(item["updateddate"] for item in self.items)])

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for language, href in self.feed["others"].items():
            link = {"rel": "alternate", "type": ATOM, "hreflang": language, "href": href}
            handler.addQuickElement("link", "", link)


def _feed(request: HttpRequest, access: Access) -> _Feed:
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    city = settings.CITY.name.in_language(language)
    addresses = {code: _address(request, code, "alerts-feed") for code, _title in settings.LANGUAGES}
    ((_revision, changed),) = states_of([ALERTS])
    feed = _Feed(
        title=f"{access.collection.title} · {city}",
        link=_address(request, language, "collection", ALERTS),
        description="",
        subtitle=str(access.collection.description),
        language=language,
        author_name=f"CasaGIS · {city}",
        feed_url=addresses.pop(language),
        feed_guid=_name(language),
        changed=changed or timezone.now(),
        others=addresses,
    )
    alerts = newest_alerts(access, SHOWN)
    places = _places(request, alerts, language)
    for alert in alerts:
        telling = Telling(alert, places.get(alert.get("district"), city), access)
        _add_entry(feed, telling, _address(request, language, "item", ALERTS, alert["id"]))
    return feed


def _add_entry(feed: _Feed, telling: Telling, address: str) -> None:
    alert = telling.alert
    changed = alert.get("updated_at") or feed.feed["changed"]
    feed.add_item(
        title=valid(telling.title),
        link=address,
        description=html.escape(valid(telling.summary)),
        unique_id=_name(feed.feed["language"], str(alert.get("external_id") or alert["id"])),
        pubdate=alert.get("created_at") or changed,
        updateddate=changed,
        categories=[alert["pollutant"]] if alert.get("pollutant") else (),
    )


def _places(request: HttpRequest, alerts: Sequence[Alert], language: str) -> dict[Any, str]:
    """Names of districts by identifier, as far as who asks may read them."""
    districts = next((a for a in readable(actor_of(request)) if a.collection.id == "districts"), None)
    wanted = {str(alert["district"]) for alert in alerts if alert.get("district")}
    known = district_names(districts, wanted, language) if districts else {}
    return {name: known.get(name, name) for name in wanted}


def _address(request: HttpRequest, language: str, view: str, *arguments: Any) -> str:
    return request.build_absolute_uri(f"{reverse(view, args=arguments)}?lang={language}")


def _name(language: str, alert: str = "") -> str:
    return uuid5(_NAMES, f"{settings.CITY.slug} {language} {alert}").urn
