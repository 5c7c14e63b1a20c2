"""The user that a command names."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

_NAMED = 10


def user_named(name: str) -> Any:
    """Raises CommandError with the names there are."""
    users = get_user_model().objects
    user = users.filter(username=name).first()
    if user is None:
        known = ", ".join(users.order_by("username").values_list("username", flat=True)[:_NAMED])
        raise CommandError(
            f"No user {name!r}; known: {known or 'none yet (script/manage set_roles NAME --create)'}."
        )
    return user
