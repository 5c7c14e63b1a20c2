"""New alerts of air quality as mail to the city's staff, in the city's languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from django.conf import settings
from django.utils import timezone, translation

from gis_core.actors import SYSTEM
from gis_core.mail import post
from layers.policy import access_to
from layers.queries.alert_words import Telling
from layers.queries.alerts import district_names
from layers.registry import get_collection

NEWS = pd.Timedelta(days=2)


def post_news(alerts: Sequence[Mapping[str, Any]], last: pd.Timestamp) -> None:
    """One mail for each alert, once in its life, in the transaction that stores it.

    last: the last observation, until when an open alert is known to last. What was over two days ago is no news: a
    year of old observations that is brought in writes nobody.
    """
    if not settings.CITY.alert_mail:
        return
    now = timezone.now()
    for alert in alerts:
        if now - (alert["ended_at"] or last) <= NEWS:
            texts = [_told(alert, language) for language in settings.CITY.languages]
            subject = f"{settings.CITY.name.in_language(settings.CITY.languages[0])} · {texts[0][0]}"
            body = "\n\n".join("\n".join(text) for text in texts)
            post(f"air-alert:{alert['external_id']}", subject, f"{body}\n")


def _told(alert: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Title and sentences."""
    with translation.override(language):
        place = settings.CITY.name.in_language(language)
        if alert["district"]:
            districts = access_to(SYSTEM, get_collection("districts"))
            place = district_names(districts, [alert["district"]], language).get(
                alert["district"], alert["district"]
            )
        telling = Telling(dict(alert), place, access_to(SYSTEM, get_collection("air-alerts")))
        return telling.title, telling.summary
