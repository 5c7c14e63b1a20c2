"""The app of what every room stands on."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "gis_core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_make_role_groups, sender=self)


def _make_role_groups(using: str, apps: Any = installed, **more: Any) -> None:
    """Each role is a group from the start, so that the admin offers it."""
    from gis_core.permissions import Role  # noqa: PLC0415  once all apps are there

    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
    except LookupError:  # migrated back to before there were groups
        return
    for role in set(Role) - {Role.PUBLIC}:
        groups.get_or_create(name=role.value)
