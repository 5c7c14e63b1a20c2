"""Signing in by an OpenID provider, through a real server with the environment set; nothing of it without."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from gis_core.errors import InvalidInput
from gis_core.oidc.configuration import configured_provider
from gis_core.provision import connect
from tests.conftest import ROOT
from tests.databases import migrated_template, new_database, url_of
from tests.gis_core.openid import CLIENT_ID, CLIENT_SECRET, KEY, STRANGE_KEY, Provider, serve_provider

HTML = {"Accept": "text/html,application/xhtml+xml"}
NAME = "Ville d'essai"


class Service:
    """CasaGIS in a process of its own, with a database that holds what signing in needs."""

    def __init__(self, url: str, database: psycopg.Connection[Any]) -> None:
        self.url, self.database = url, database

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.database.execute(statement).fetchall()

    def visit(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=HTML, follow_redirects=True)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with serve_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def service(
    provider: Provider, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[Service]:
    given, name = settings.DATABASES["default"], f"casagis_test_oidc_{os.getpid()}"
    with new_database(given, name, migrated_template(given)):
        yield from _served(provider, given, name, tmp_path_factory.mktemp("oidc"))


def _served(provider: Provider, given: Any, name: str, folder: Path) -> Iterator[Service]:
    environment = os.environ | {
        "DATABASE_URL": url_of(given, name),
        "CASAGIS_VAR": str(folder),
        "CASAGIS_DEBUG": "1",  # static files uncollected
        "CASAGIS_OIDC_URL": provider.url,
        "CASAGIS_OIDC_CLIENT_ID": CLIENT_ID,
        "CASAGIS_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "CASAGIS_OIDC_NAME": NAME,
        "no_proxy": "127.0.0.1",
    }
    environment.pop("CASAGIS_TEST_DB", None)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--port",
        str(port),
        "--no-ws",
        "gis_core.asgi:application",
    ]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", running, folder / "log")
            with connect(given, name) as database:
                yield Service(f"http://127.0.0.1:{port}", database)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(timeout=20)


def _wait(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(log.read_text(errors="replace")[-3000:])


@pytest.fixture(autouse=True)
def _as_agreed(request: pytest.FixtureRequest) -> None:
    if "provider" in request.fixturenames:
        provider = request.getfixturevalue("provider")
        provider.claims, provider.key, provider.agrees = {}, KEY, True


def sign_in(service: Service, browser: httpx.Client, next_page: str = "/account") -> httpx.Response:
    page = browser.get("/login", params={"next": next_page, "lang": "en"})
    assert "Sign in with Ville d&#x27;essai" in page.text
    return browser.get("/oidc/city/login", params={"next": next_page})


def users(service: Service) -> list[tuple[Any, ...]]:
    return service.rows("SELECT username, email FROM auth_user ORDER BY id")


def test_first_sign_in_makes_an_account_of_the_public(service: Service, provider: Provider) -> None:
    provider.person = {"sub": "1", "preferred_username": "salma", "email": "salma@city.example"}
    with service.visit() as browser:
        page = sign_in(service, browser)
        assert (page.status_code, page.url.path) == (200, "/account")
        assert "<bdi>salma</bdi>" in page.text and "you see what everybody sees" in page.text
        assert browser.get("/jobs").status_code == 403
    assert service.rows(
        "SELECT email, is_staff, is_superuser, password LIKE '!%', provider, uid FROM auth_user u"
        " JOIN socialaccount_socialaccount s ON s.user_id = u.id WHERE username = 'salma'"
    ) == [("salma@city.example", False, False, True, "city", "1")]
    assert service.rows("SELECT count(*) FROM auth_user_groups") == [(0,)]


def test_second_sign_in_is_the_same_account_even_under_a_new_name(
    service: Service, provider: Provider
) -> None:
    provider.person = {"sub": "10", "preferred_username": "nora", "email": "nora@city.example"}
    with service.visit() as browser:
        assert "<bdi>nora</bdi>" in sign_in(service, browser).text
    before = users(service)
    provider.person = {"sub": "10", "preferred_username": "nora-b", "email": "other@city.example"}
    with service.visit() as browser:
        assert "<bdi>nora</bdi>" in sign_in(service, browser).text
    assert users(service) == before


def test_session_key_changes_at_sign_in(service: Service, provider: Provider) -> None:
    provider.person = {"sub": "1"}
    with service.visit() as browser:
        browser.get("/oidc/city/login", follow_redirects=False)
        before = browser.cookies["sessionid"]
        sign_in(service, browser)
        assert browser.cookies["sessionid"] != before


def add_local(service: Service, name: str) -> None:
    """An account that did not come by the provider."""
    service.database.execute(
        "INSERT INTO auth_user (username, email, password, first_name, last_name, is_superuser, is_staff,"
        " is_active, date_joined) VALUES (%(name)s, %(email)s, '!', '', '', true, true, true, now())"
        " ON CONFLICT (username) DO NOTHING",
        {"name": name, "email": f"{name}@city.example"},
    )


@pytest.mark.parametrize("email", ["aziz@city.example", "AZIZ@City.example"])
def test_email_of_another_account_opens_nothing(service: Service, provider: Provider, email: str) -> None:
    add_local(service, "aziz")
    provider.person = {"sub": "2", "preferred_username": "evil", "email": email, "email_verified": True}
    before = users(service)
    with service.visit() as browser:
        answer = sign_in(service, browser)
        assert answer.status_code == 409 and "ask an administrator" in answer.text
        assert browser.get("/account").status_code == 401
    assert users(service) == before


def test_an_administrator_joins_a_sign_in_to_an_account(service: Service, provider: Provider) -> None:
    add_local(service, "bouchra")
    service.database.execute(
        "INSERT INTO socialaccount_socialaccount (user_id, provider, uid, last_login, date_joined, extra_data)"
        " SELECT id, 'city', '11', now(), now(), '{}' FROM auth_user WHERE username = 'bouchra'"
    )
    provider.person = {"sub": "11", "preferred_username": "evil", "email": "bouchra@city.example"}
    with service.visit() as browser:
        assert "<bdi>bouchra</bdi>" in sign_in(service, browser).text


@pytest.mark.parametrize(
    ("sub", "wanted"), [("3", "driss"), ("4", "admin"), ("5", "system"), ("6", "a b/<c>")]
)
def test_user_name_of_another_is_not_taken_over(
    service: Service, provider: Provider, sub: str, wanted: str
) -> None:
    add_local(service, "driss")
    provider.person = {"sub": sub, "preferred_username": wanted}
    before = users(service)
    with service.visit() as browser:
        assert sign_in(service, browser).status_code == 200
    ((name, _email),) = set(users(service)) - set(before)
    assert name not in {wanted, *(known for known, _ in before)}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"exp": 1_000_000_000},
        {"sub": "1-but-user-info-says-other"},
    ],
)
def test_id_token_that_does_not_fit_opens_nothing(
    service: Service, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.person, provider.claims = {"sub": "1"}, claims
    with service.visit() as browser:
        assert sign_in(service, browser).status_code == 401
        assert browser.get("/account").status_code == 401


def test_id_token_signed_by_a_stranger_opens_nothing(service: Service, provider: Provider) -> None:
    provider.person, provider.key = {"sub": "1"}, STRANGE_KEY
    with service.visit() as browser:
        assert sign_in(service, browser).status_code == 401
        assert browser.get("/account").status_code == 401


def test_refusal_and_forged_state_end_in_words(service: Service, provider: Provider) -> None:
    provider.person, provider.agrees = {"sub": "1"}, False
    with service.visit() as browser:
        answer = sign_in(service, browser)
        assert answer.status_code == 401 and "did not sign you in" in answer.text
        assert browser.get("/oidc/city/callback", params={"code": "x", "state": "y"}).status_code == 401
        assert browser.get("/oidc/other/login").status_code == 404
        assert browser.get("/oidc/city/login", params={"process": "connect"}).status_code == 400


def test_sign_in_does_not_lead_to_another_site(service: Service, provider: Provider) -> None:
    provider.person = {"sub": "1"}
    with service.visit() as browser:
        assert sign_in(service, browser, "https://elsewhere.example/").url.host == "127.0.0.1"


def test_closed_account_stays_closed(service: Service, provider: Provider) -> None:
    provider.person = {"sub": "7", "preferred_username": "hind"}
    with service.visit() as browser:
        assert sign_in(service, browser).status_code == 200
    service.database.execute("UPDATE auth_user SET is_active = false WHERE username = 'hind'")
    with service.visit() as browser:
        answer = sign_in(service, browser)
        assert answer.status_code == 403 and "closed" in answer.text


def test_allauth_offers_no_other_page(service: Service) -> None:
    with service.visit() as browser:
        for path in ("/accounts/login/", "/accounts/signup/", "/signup/", "/accounts/password/reset/"):
            assert browser.get(path).status_code == 404


def test_nothing_of_it_is_loaded_without_a_provider() -> None:
    assert settings.OIDC is None
    assert not [app for app in settings.INSTALLED_APPS if "allauth" in app or "oidc" in app]
    assert "allauth.account.middleware.AccountMiddleware" not in settings.MIDDLEWARE
    with pytest.raises(NoReverseMatch):
        reverse("openid_connect_login", args=["city"])


def test_half_a_provider_is_refused_with_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASAGIS_OIDC_URL", "https://login.city.example/")
    with pytest.raises(InvalidInput, match="CASAGIS_OIDC_CLIENT_SECRET"):
        configured_provider()
    monkeypatch.setenv("CASAGIS_OIDC_URL", "login.city.example")
    with pytest.raises(InvalidInput, match="https://"):
        configured_provider()
