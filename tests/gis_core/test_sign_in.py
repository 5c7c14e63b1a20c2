"""Signing in by password: guesses are locked out, the challenge fits who asks, the session is a new one."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as given
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from gis_core.addresses import UNKNOWN, source_address
from gis_core.permissions import Role

pytestmark = pytest.mark.django_db

HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "HTTP_ACCEPT_LANGUAGE": "en"}
DOORS = ("/login", "/admin/login/")


@pytest.fixture(autouse=True)
def amina() -> User:
    return User.objects.create_superuser("amina", password="a-good-password")


def sign_in(client: Client, password: str, *, name: str = "amina", door: str = "/login", **more: str) -> Any:
    return client.post(door, {"username": name, "password": password}, **{**HTML, **more})


@pytest.mark.parametrize("door", DOORS)
def test_five_wrong_passwords_lock_name_and_address_for_15_minutes(client: Client, door: str) -> None:
    assert [sign_in(client, f"guess-{n}", door=door).status_code for n in range(5)] == [200] * 4 + [429]
    for again in DOORS:  # one lock for both doors
        answer = sign_in(client, "a-good-password", door=again)
        page = answer.content.decode()
        assert answer.status_code == 429 and "15 minutes" in page and "An administrator can" in page
        assert 880 <= int(answer.headers["Retry-After"]) <= 900
    assert "_auth_user_id" not in client.session
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in(client, "a-good-password", door=door).status_code == 302


def test_lock_does_not_shut_out_others_nor_the_person_elsewhere(client: Client) -> None:
    User.objects.create_user("basma", password="b-good-password")
    for number in range(5):
        sign_in(client, f"guess-{number}")
    assert sign_in(client, "b-good-password", name="basma").status_code == 302
    assert sign_in(Client(), "a-good-password", REMOTE_ADDR="192.0.2.7").status_code == 302


def test_trying_during_the_lock_does_not_make_it_longer(client: Client) -> None:
    for number in range(5):
        sign_in(client, f"guess-{number}")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert "1 minute;" in sign_in(client, "a-good-password").content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in(client, "a-good-password").status_code == 302


def test_right_password_forgets_the_wrong_ones_before(client: Client) -> None:
    for number in range(4):
        sign_in(client, f"guess-{number}")
    assert sign_in(client, "a-good-password").status_code == 302
    client.post("/logout")
    assert [sign_in(client, "guess").status_code for _number in range(4)] == [200] * 4


def test_axes_reset_opens_the_lock(client: Client) -> None:
    for number in range(5):
        sign_in(client, f"guess-{number}")
    call_command("axes_reset_username", "amina", stdout=StringIO())
    assert sign_in(client, "a-good-password").status_code == 302


def test_a_program_is_told_of_the_lock_as_a_problem(client: Client) -> None:
    for number in range(5):
        sign_in(client, f"guess-{number}")
    answer = sign_in(client, "guess", HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "application/problem+json")


def test_claimed_addresses_do_not_get_around_the_lock(client: Client) -> None:
    answers = [sign_in(client, "guess", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}").status_code for n in range(5)]
    assert answers[-1] == 429


def test_behind_our_proxy_the_address_is_what_the_proxy_saw(client: Client, settings: Any) -> None:
    settings.PROXIES = 1
    for number in range(5):
        sign_in(client, "guess", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 203.0.113.9")
    locked = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert sign_in(client, "a-good-password", **locked).status_code == 429
    assert sign_in(client, "a-good-password", HTTP_X_FORWARDED_FOR="203.0.113.10").status_code == 302
    assert AccessAttempt.objects.get().ip_address == "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "192.0.2.1", "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "192.0.2.1", "1.1.1.1, 203.0.113.9, 192.0.2.2", "203.0.113.9"),
        (2, "192.0.2.1", "203.0.113.9", "192.0.2.1"),  # came past the outer proxy
        (1, "192.0.2.1", "nonsense", "192.0.2.1"),
        (1, "192.0.2.1", "", "192.0.2.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "2001:db8:1:2:ffff::1", "", "2001:db8:1:2::"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (0, "", "", UNKNOWN),
    ],
)
def test_source_address(settings: Any, proxies: int, peer: str, forwarded: str, address: str) -> None:
    settings.PROXIES = proxies
    assert source_address(peer, forwarded) == address


def test_session_is_a_new_one_after_signing_in(client: Client) -> None:
    client.cookies[given.SESSION_COOKIE_NAME] = "chosen-by-somebody-else-0123456789"
    answer = sign_in(client, "a-good-password")
    cookie = answer.cookies[given.SESSION_COOKIE_NAME]
    assert cookie.value != "chosen-by-somebody-else-0123456789"
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 7 * 24 * 3600)
    before = cookie.value
    client.post("/logout")
    sign_in(client, "a-good-password")
    assert client.session.session_key != before


def test_a_command_or_a_test_asks_without_a_request(client: Client) -> None:
    assert authenticate(username="amina", password="a-good-password") is not None
    assert authenticate(username="amina", password="wrong") is None
    assert AccessAttempt.objects.count() == 0


BASIC = 'Basic realm="CasaGIS", charset="UTF-8", Bearer realm="CasaGIS"'
BEARER = 'Bearer realm="CasaGIS"'


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({"HTTP_ACCEPT": "application/json"}, BASIC),
        ({"HTTP_ACCEPT": "*/*"}, BASIC),
        ({}, BASIC),
        (HTML, BEARER),
        ({"HTTP_ACCEPT": "application/json", "HTTP_SEC_FETCH_MODE": "cors"}, BEARER),
        ({"HTTP_ACCEPT": "application/json", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}, BEARER),
    ],
)
def test_only_programs_are_offered_basic(client: Client, headers: dict[str, str], challenge: str) -> None:
    answer = client.get("/jobs", **headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, challenge)


def test_an_ended_session_does_not_open_the_browsers_dialog(client: Client) -> None:
    client.cookies[given.SESSION_COOKIE_NAME] = "ended"
    assert client.get("/jobs", HTTP_ACCEPT="application/json").headers["WWW-Authenticate"] == BEARER


def test_every_role_is_a_group_from_the_start() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(Role) - {Role.PUBLIC}
