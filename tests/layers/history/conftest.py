"""History as other people leave it: a moment of one's own choice, writes past the application, triggers off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from gis_core.actors import Actor
from gis_core.permissions import Role, with_implied

PLANNER = Actor(name="nadia", roles=with_implied({Role.PLANNER}))
STEWARD = Actor(name="omar", roles=with_implied({Role.STEWARD}))
AUDITOR = Actor(name="samira", roles=with_implied({Role.AUDITOR}))
CREW = Actor(name="hamid", roles=with_implied({Role.CREW}))


def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """As somebody with psql would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def at(moment: str) -> Iterator[None]:
    """What is written inside was written at that moment, as the history tells it."""
    with transaction.atomic():
        run("SELECT set_config('casagis.moment', %s, true)", moment)
        yield
        run("SELECT set_config('casagis.moment', '', true)")


@contextmanager
def triggers_off() -> Iterator[None]:
    """As a superuser can."""
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        yield
        run("SET LOCAL session_replication_role = origin")


@pytest.fixture
def signed_in(client: Any, django_user_model: Any) -> Callable[[Role, str], Any]:
    """A client signed in with a role."""
    from django.contrib.auth.models import Group  # noqa: PLC0415

    def sign_in(role: Role, name: str = "") -> Any:
        user = django_user_model.objects.create_user(name or f"a-{role}")
        user.groups.add(Group.objects.get_or_create(name=role.value)[0])
        client.force_login(user)
        return client

    return sign_in
