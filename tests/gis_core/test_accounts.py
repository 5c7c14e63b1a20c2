"""The demonstration's accounts: made once, with their roles, and reset on request."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from gis_core.accounts import make_accounts, random_password
from gis_core.actors import actor_of_user
from gis_core.permissions import Role

pytestmark = pytest.mark.django_db


def test_make_accounts_gives_passwords_once_and_roles_that_fit() -> None:
    passwords = make_accounts()
    assert set(passwords) == {"admin", "planner", "crew", "steward", "auditor"}
    planner = authenticate(username="planner", password=passwords["planner"])
    assert (
        actor_of_user(planner).has(Role.PLANNER),
        actor_of_user(planner).has(Role.CREW),
        planner.is_staff,
    ) == (
        True,
        False,
        False,
    )
    assert actor_of_user(User.objects.get(username="auditor")).roles == {Role.PUBLIC, Role.AUDITOR}
    assert User.objects.get(username="admin").is_superuser
    assert make_accounts() == {}


def test_make_accounts_reset_changes_every_password() -> None:
    before = make_accounts()
    after = make_accounts(reset=True)
    assert after.keys() == before.keys()
    assert authenticate(username="crew", password=before["crew"]) is None
    assert authenticate(username="crew", password=after["crew"]) is not None


def test_random_password_is_long_and_never_the_same() -> None:
    passwords = {random_password() for _ in range(200)}
    assert len(passwords) == 200
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", password) for password in passwords)
