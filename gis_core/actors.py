"""Who asks: one value made once for a request or a job, and the only thing that rights are judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from gis_core.errors import CasaGISError
from gis_core.permissions import Role, Scope, with_implied
from gis_core.problems import problem_of, problem_response

if TYPE_CHECKING:
    from gis_core.models import Token

BOTH_SCOPES = frozenset(Scope)
COMMAND_LINE = "cli:"  # no user name has a colon


@dataclass(frozen=True)
class Actor:
    """`areas` are external ids of districts, empty for the whole city; `token` is the name of the token used."""

    name: str = ""
    user_id: int | None = None
    roles: frozenset[Role] = frozenset({Role.PUBLIC})
    areas: tuple[str, ...] = ()
    scopes: frozenset[Scope] = BOTH_SCOPES
    unconditional: bool = False
    token: str = ""

    @property
    def signed_in(self) -> bool:
        return self.name != ""

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


PUBLIC = Actor()
SYSTEM = Actor(name="system", roles=with_implied({Role.ADMIN}))


def actor_of_user(user: Any, *, token: Token | None = None) -> Actor:
    """`user` as Django's authentication gives it; an anonymous or inactive one is the public."""
    if not (user.is_authenticated and user.is_active):
        return PUBLIC
    groups, areas = _groups_and_areas(user.pk)
    roles = {Role(name) for name in set(groups) & set(Role)} | ({Role.ADMIN} if user.is_superuser else set())
    rest: dict[str, Any] = {}
    if token is not None:
        rest = {
            "scopes": frozenset(Scope(s) for s in token.scopes),
            "unconditional": token.unconditional,
            "token": token.name,
        }
    return Actor(
        name=user.get_username(), user_id=user.pk, roles=with_implied(roles), areas=tuple(areas), **rest
    )


_HELD = """
SELECT ARRAY(SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id WHERE m.user_id = %(user)s),
       ARRAY(SELECT w.area FROM gis_core_workarea w WHERE w.user_id = %(user)s ORDER BY w.area COLLATE "C")
"""


def _groups_and_areas(user_id: int) -> tuple[list[str], list[str]]:
    """In one statement, since every request of a person asks."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"user": user_id})
        groups, areas = cursor.fetchone()
    return groups, areas


def actor_of(request: HttpRequest) -> Actor:
    """Who sent the request, as ActorMiddleware found out."""
    return request.actor  # type: ignore[attr-defined,no-any-return]


def actor_named(name: str) -> Actor:
    """Of a user name, as jobs keep it; who sits at the server's command line (`cli:…`) may do all."""
    if name.startswith(COMMAND_LINE):
        return replace(SYSTEM, name=name)
    user = get_user_model().objects.filter(username=name).first()
    return actor_of_user(user) if user else PUBLIC


class ActorMiddleware:
    """Sets request.actor; a token, unlike a session, needs no CSRF token, and a bad one never passes for the public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            import_string("gis_core.tokens.refuse_token_in_address")(request.GET)
            token = import_string("gis_core.tokens.token_of")(request)
        except CasaGISError as error:
            return problem_response(request, problem_of(error))
        if token is None:
            request.actor = SimpleLazyObject(lambda: actor_of_user(request.user))  # type: ignore[attr-defined]
            return self.get_response(request)
        request.actor = actor_of_user(token.user, token=token)  # type: ignore[attr-defined]
        request.user = AnonymousUser()  # what asks for a session (admin, account) gets none by a token
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return self.get_response(request)
