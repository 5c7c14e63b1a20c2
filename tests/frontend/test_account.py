"""The account page, the sign-in page's neighbours, and who gets which role."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gis_core.actors import actor_of_user
from gis_core.models import Token, WorkArea
from gis_core.permissions import Role
from gis_core.tokens import SECRET, make_token
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db

HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "HTTP_ACCEPT_LANGUAGE": "en"}
TOKEN = {"name": "QGIS at my desk", "scope": "read,write", "days": "30", "unconditional": "on"}


@pytest.fixture
def amina(client: Client) -> User:
    """Signed in."""
    user = User.objects.create_user("amina", password="a-good-password")
    user.groups.add(Group.objects.get_or_create(name=Role.STEWARD)[0])
    client.force_login(user)
    return user


@pytest.fixture
def anfa() -> str:
    load_features(
        "districts",
        frame(external_id=["anfa"], name_fr=["Anfa"], name_ar=["أنفا"], geom=[square(-7.65, 33.58)]),
    )
    return "anfa"


def page_of(client: Client, language: str = "en") -> str:
    response = client.get("/account", {"lang": language}, **HTML)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def test_account_needs_a_session(client: Client) -> None:
    answer = client.get("/account", **HTML)
    assert answer.status_code == 401 and "/login?next=/account" in answer.content.decode()
    assert "Basic" not in answer.headers["WWW-Authenticate"]


def test_header_leads_to_the_account(client: Client, amina: User) -> None:
    assert '<a class="user" href="/account"' in client.get("/", **HTML).content.decode()


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_account_shows_roles_and_work_areas(client: Client, amina: User, anfa: str, language: str) -> None:
    assert f'lang="{language}"' in page_of(client, language)
    amina.work_areas.create(area=anfa)
    page = page_of(client, language)
    assert ("أنفا" if language == "ar" else "Anfa") in page
    if language == "en":
        assert "Data steward" in page and "Planner" in page and "Administrator</span>" not in page


def test_token_is_made_shown_once_and_revoked(client: Client, amina: User) -> None:
    answer = client.post("/account", TOKEN, **HTML)
    page = answer.content.decode()
    secret = SECRET.search(page)[0]
    assert "no-store" in answer.headers["Cache-Control"]
    assert f"Authorization: Bearer {secret}" in page.replace("&#x27;", "'") and f"amina:{secret}" in page
    token = Token.objects.get()
    assert (token.user, token.name, token.scopes, token.unconditional) == (
        amina,
        "QGIS at my desk",
        ["read", "write"],
        True,
    )
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
    later = page_of(client)
    assert secret not in later and token.prefix in later and "QGIS at my desk" in later
    client.post(reverse("account-token-revoke", args=[token.pk]))
    assert Token.objects.get().revoked_at is not None
    assert token.prefix not in page_of(client)


def test_token_that_only_reads_overwrites_nothing(client: Client, amina: User) -> None:
    client.post("/account", TOKEN | {"scope": "read"}, **HTML)
    assert [(token.scopes, token.unconditional) for token in Token.objects.all()] == [(["read"], False)]


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"scope": "admin"}, {"days": "366"}, {"days": "10000"}, {"name": "x" * 101}]
)
def test_token_form_refuses_what_no_token_has(client: Client, amina: User, change: dict[str, str]) -> None:
    answer = client.post("/account", TOKEN | change, **HTML)
    assert answer.status_code == 200 and 'role="alert"' in answer.content.decode()
    assert Token.objects.count() == 0


def test_nobody_revokes_the_token_of_another(client: Client, amina: User) -> None:
    token, _secret = make_token(User.objects.create_user("basma"), name="t", scopes=["read"])
    assert client.post(reverse("account-token-revoke", args=[token.pk])).status_code == 404
    assert client.get(reverse("account-token-revoke", args=[token.pk])).status_code == 405
    assert Token.objects.get().revoked_at is None


def test_account_forms_are_guarded_against_other_sites(amina: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(amina)
    token, _secret = make_token(amina, name="t", scopes=["read"])
    for path in ("/account", "/account/password", reverse("account-token-revoke", args=[token.pk])):
        assert client.post(path, TOKEN).status_code == 403
    assert Token.objects.get().revoked_at is None


def change_password(client: Client, old: str, new: str, again: str | None = None) -> Any:
    words = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post("/account/password", words, **HTML)


def test_password_change_ends_the_other_sessions(client: Client, amina: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(amina)
    key = client.session.session_key
    answer = change_password(client, "a-good-password", "another-good-one")
    assert answer.headers["Location"] == "/account?done=password"
    assert "is changed" in client.get("/account?done=password", **HTML).content.decode()
    assert client.session.session_key != key
    assert elsewhere.get("/account", **HTML).status_code == 401
    amina.refresh_from_db()
    assert amina.check_password("another-good-one")


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "another-good-one", None),
        ("a-good-password", "short", None),
        ("a-good-password", "12345678901", None),
        ("a-good-password", "another-good-one", "another-good-two"),
    ],
)
def test_password_change_refuses_and_says_why(
    client: Client, amina: User, old: str, new: str, again: str | None
) -> None:
    page = change_password(client, old, new, again).content.decode()
    assert re.search(r'role="alert"><p>[^<]+</p>', page)
    amina.refresh_from_db()
    assert amina.check_password("a-good-password")


def test_every_field_of_the_account_page_has_a_label(client: Client, amina: User) -> None:
    page = page_of(client)
    fields = re.findall(r"<(?:input|select)\b([^>]*)>", page)
    named = [field for field in fields if 'type="hidden"' not in field and " hidden" not in field]
    assert len(named) == 7
    for field in named:
        identifier = re.search(r'id="(\w+)"', field)[1]
        assert f'<label for="{identifier}">' in page


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("set_roles", *arguments, stdout=out)
    return out.getvalue()


def test_set_roles_makes_a_person_who_can_sign_in(client: Client, anfa: str) -> None:
    said = run("basma", "--create", "--role", "crew", "--role", "auditor", "--area", anfa)
    password = re.search(r"password: (\S+)", said)[1]
    assert "roles: auditor, crew" in said and "areas: anfa" in said
    assert client.post("/login", {"username": "basma", "password": password}).status_code == 302
    actor = actor_of_user(User.objects.get(username="basma"))
    assert (actor.roles, actor.areas) == ({Role.PUBLIC, Role.CREW, Role.AUDITOR}, ("anfa",))


def test_set_roles_replaces_and_leaves_what_is_not_said(amina: User, anfa: str) -> None:
    run("amina", "--area", anfa)
    assert "roles: steward\nareas: anfa" in run("amina")
    run("amina", "--role", "planner")
    assert "roles: planner\nareas: anfa" in run("amina")
    assert "roles: public\nareas: the whole city" in run("amina", "--role", "public", "--area", "city")


def test_set_roles_refuses_what_there_is_not(amina: User, anfa: str) -> None:
    with pytest.raises(CommandError, match=r"No district atlantis; there are: anfa \(Anfa\)"):
        run("amina", "--area", "atlantis")
    with pytest.raises(CommandError, match="No user 'nobody'"):
        run("nobody", "--role", "crew")
    with pytest.raises(CommandError, match="already"):
        run("amina", "--create")
    with pytest.raises(CommandError, match="valid username"):
        run("cli:basma", "--create")
    assert User.objects.count() == 1
    assert not WorkArea.objects.exists()


def test_admin_gives_work_areas_and_revokes_tokens(admin_client: Client, anfa: str) -> None:
    basma = User.objects.create_user("basma")
    token, secret = make_token(basma, name="t", scopes=["read"])
    page = admin_client.get(reverse("admin:auth_user_change", args=[basma.pk])).content.decode()
    assert '<option value="anfa">Anfa</option>' in page
    assert all(f">{role}</option>" in page for role in ("crew", "planner", "steward", "auditor", "admin"))
    tokens = reverse("admin:gis_core_token_changelist")
    listed = admin_client.get(tokens).content.decode()
    assert token.prefix in listed and secret not in listed
    shown = admin_client.get(reverse("admin:gis_core_token_change", args=[token.pk])).content.decode()
    assert token.digest not in shown
    admin_client.post(tokens, {"action": "revoke", "_selected_action": [token.pk]})
    assert Token.objects.get().revoked_at is not None
