"""What every page needs: the city's name, the languages with their links, the scripts' settings and texts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from frontend.texts import script_texts
from gis_core.actors import actor_of
from gis_core.permissions import Role


def page(request: HttpRequest) -> dict[str, Any]:
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return {
        "city_name": settings.CITY.name.in_language(language),
        "direction": "rtl" if language == "ar" else "ltr",
        "language": language,
        "language_links": [(code, name, language_link(request, code)) for code, name in settings.LANGUAGES],
        "page_settings": lambda: page_settings(language),
        "is_planner": SimpleLazyObject(lambda: actor_of(request).has(Role.PLANNER)),
    }


def language_link(request: HttpRequest, code: str) -> str:
    """This page in another language."""
    query = request.GET.copy()
    query["lang"] = code
    return f"{request.path}?{query.urlencode()}"


def page_settings(language: str) -> dict[str, Any]:
    return {"language": language, "timeZone": settings.TIME_ZONE, "texts": script_texts()}
