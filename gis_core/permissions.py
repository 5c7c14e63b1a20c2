"""The roles, what one implies of another, and the one question asked of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from gis_core.errors import NotAllowed, NotAuthenticated

if TYPE_CHECKING:
    from gis_core.actors import Actor


class Role(StrEnum):
    """Everybody has `public`; the others are the Django group of the same name; a superuser is an admin."""

    PUBLIC = "public"
    CREW = "crew"
    PLANNER = "planner"
    STEWARD = "steward"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a token may be used for; a session may do both."""

    READ = "read"
    WRITE = "write"


_IMPLIED = {
    Role.STEWARD: {Role.PLANNER},
    Role.ADMIN: {Role.CREW, Role.PLANNER, Role.STEWARD, Role.AUDITOR},
}


def with_implied(roles: set[Role]) -> frozenset[Role]:
    """A steward can do what a planner can, an admin what all can."""
    return frozenset(roles).union({Role.PUBLIC}, *(_IMPLIED.get(role, set()) for role in roles))


def require_role(actor: Actor, *roles: Role) -> None:
    """Any of `roles` will do. Raises NotAuthenticated or NotAllowed."""
    named = " or ".join(roles)
    if not actor.signed_in:
        raise NotAuthenticated(f"Sign in as a {named} to do this.")
    if not actor.has(*roles):
        raise NotAllowed(f"This needs the role {named}; ask an administrator for it.")
