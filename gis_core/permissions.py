"""Who may do what: the roles of this first version and the one question asked of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from gis_core.errors import NotAllowed, NotAuthenticated

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class Role(StrEnum):
    """A role is the Django group of the same name; a superuser has them all."""

    ADMIN = "admin"
    PLANNER = "planner"
    CREW = "crew"


def has_role(user: AbstractBaseUser | AnonymousUser, role: Role) -> bool:
    if not user.is_authenticated:
        return False
    return bool(getattr(user, "is_superuser", False)) or user.groups.filter(name=role).exists()  # type: ignore[attr-defined]


def require_role(user: AbstractBaseUser | AnonymousUser, role: Role) -> None:
    """Raises NotAuthenticated or NotAllowed."""
    if not user.is_authenticated:
        raise NotAuthenticated(f"Sign in as a {role} to do this.")
    if not has_role(user, role):
        raise NotAllowed(f"This needs the role {role}; ask an administrator for it.")
