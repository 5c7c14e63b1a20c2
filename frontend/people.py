"""What people call roles and work areas."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_core.permissions import Role
from layers.registry import get_collection

ROLE_TITLES = {
    Role.CREW: _("Crew"),
    Role.PLANNER: _("Planner"),
    Role.STEWARD: _("Data steward"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMIN: _("Administrator"),
}


def role_titles(roles: Iterable[Role]) -> list[str]:
    """In the order of the roles; what everybody has is not named."""
    held = set(roles)
    return [str(title) for role, title in ROLE_TITLES.items() if role in held]


def district_names() -> dict[str, str]:
    """External id to name in the active language, by name."""
    language = (get_language() or "fr")[:2]
    names = {
        row["external_id"]: row[f"name_{language}"] or row["name_fr"] or row["external_id"]
        for row in get_collection("districts")
        .model.objects.exclude(external_id=None)
        .values("external_id", "name_fr", "name_ar", "name_en")
    }
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def area_names(areas: Iterable[str]) -> list[str]:
    """An area without its district stays as it was written."""
    if not (wanted := list(areas)):
        return []
    known = district_names()
    return [known.get(area, area) for area in wanted]
