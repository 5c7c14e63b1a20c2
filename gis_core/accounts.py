"""The accounts of the demonstration, with random passwords that are shown once."""

from __future__ import annotations

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from gis_core.permissions import Role

ADMIN = "admin"
ACCOUNTS: dict[str, Role | None] = {
    ADMIN: None,
    "planner": Role.PLANNER,
    "crew": Role.CREW,
    "steward": Role.STEWARD,
    "auditor": Role.AUDITOR,
}
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that people mix up


@transaction.atomic
def make_accounts(*, reset: bool = False) -> dict[str, str]:
    """User name to password of the accounts that were made, or of all with `reset`."""
    passwords = {}
    for name, role in ACCOUNTS.items():
        user, made = get_user_model().objects.get_or_create(
            username=name, defaults={"is_superuser": name == ADMIN, "is_staff": name == ADMIN}
        )
        if role is not None:
            user.groups.add(Group.objects.get_or_create(name=role)[0])
        if made or reset:
            passwords[name] = random_password()
            user.set_password(passwords[name])
            user.save(update_fields=["password"])
    return passwords


def random_password() -> str:
    """Three groups of four letters: 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
