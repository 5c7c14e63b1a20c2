"""Personal tokens: who gets in, who does not, and what the refusal says."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gis_core import tokens
from gis_core.actors import actor_of_user
from gis_core.errors import InvalidInput
from gis_core.models import Token, TokenFailure
from gis_core.permissions import Role, Scope
from gis_core.throttle import FAILURE_LIMIT
from gis_core.tokens import SECRET, digest_of, make_token, revoke_token

pytestmark = pytest.mark.django_db

PLACE = "/jobs"  # seen by planners only
JSON = {"HTTP_ACCEPT": "application/json", "HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def amina() -> User:
    user = User.objects.create_user("amina", password="a-good-password")
    user.groups.add(Group.objects.get_or_create(name=Role.PLANNER)[0])
    return user


def bearer(secret: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}", **JSON}


def basic(username: str, secret: str) -> dict[str, str]:
    value = base64.b64encode(f"{username}:{secret}".encode()).decode()
    return {"HTTP_AUTHORIZATION": f"Basic {value}", **JSON}


def secret_of(user: User, *scopes: str, **more: Any) -> str:
    return make_token(user, name="qgis", scopes=scopes or ("read", "write"), **more)[1]


def refused(answer: Any, status: int, *words: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert all(word in answer.json()["detail"] for word in words), answer.json()


def test_token_opens_as_bearer_and_as_basic_password(client: Client, amina: User) -> None:
    secret = secret_of(amina)
    assert client.get(PLACE, **bearer(secret)).status_code == 200
    assert client.get(PLACE, **basic("amina", secret)).status_code == 200
    assert client.get(PLACE, HTTP_AUTHORIZATION=f"bearer  {secret}", **JSON).status_code == 200
    assert client.get(PLACE, **JSON).status_code == 401


def test_make_token_gives_190_random_bits_and_keeps_only_their_digest(amina: User) -> None:
    made = [make_token(amina, name="t", scopes=["read"]) for _number in range(50)]
    assert all(SECRET.fullmatch(secret) for _token, secret in made)
    assert len({secret[-32:] for _token, secret in made}) == 50
    token, secret = made[0]
    assert (token.digest, token.prefix) == (digest_of(secret), secret[:16])
    assert token.expires_at - token.created_at == pytest.approx(timedelta(days=90), abs=timedelta(seconds=5))


def test_a_copy_of_the_table_does_not_open_anything(client: Client, amina: User) -> None:
    secret = secret_of(amina)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text, digest, prefix FROM gis_core_token t")
        row, digest, prefix = cursor.fetchone()
    assert secret not in row and secret[17:] not in row
    for guess in (digest, prefix, f"{prefix}_{digest[:32]}", f"{prefix}_{'a' * 32}"):
        refused(client.get(PLACE, **bearer(guess)), 401, "no such token")


def test_secrets_are_compared_in_constant_time(
    client: Client, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, compared = secret_of(amina), []
    real = tokens.hmac.compare_digest
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda *pair: compared.append(pair) or real(*pair))
    client.get(PLACE, **bearer(secret))
    client.get(PLACE, **bearer(secret[:-1] + ("a" if secret[-1] != "a" else "b")))
    client.get(PLACE, **bearer("casagis_nothing"))
    mine = [pair for pair in compared if len(pair[0]) == 64]
    assert [left == right for left, right in mine] == [True, False, False]


def test_wrong_token_is_refused_even_where_the_public_may_look(client: Client) -> None:
    assert client.get("/processes", **JSON).status_code == 200
    answer = client.get("/processes", **bearer("casagis_wrong"))
    refused(answer, 401, "/account")
    challenge = answer.headers["WWW-Authenticate"]
    assert 'Basic realm="CasaGIS"' in challenge
    assert 'Bearer realm="CasaGIS", error="invalid_token"' in challenge


@pytest.mark.parametrize(
    "header",
    [
        "Digest username=x",
        "Bearer",
        "Basic",
        "Basic ***",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "",
    ],
)
def test_credentials_that_cannot_be_read_are_refused(client: Client, header: str) -> None:
    assert client.get("/processes", HTTP_AUTHORIZATION=header, **JSON).status_code == 401


def test_expired_revoked_and_closed_are_told_apart(client: Client, amina: User) -> None:
    secret = secret_of(amina)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(client.get(PLACE, **bearer(secret)), 401, "expired on")
    Token.objects.update(expires_at=timezone.now() + timedelta(days=1))
    revoke_token(Token.objects.get())
    refused(client.get(PLACE, **bearer(secret)), 401, "revoked")
    Token.objects.update(revoked_at=None)
    assert client.get(PLACE, **bearer(secret)).status_code == 200
    User.objects.update(is_active=False)
    refused(client.get(PLACE, **bearer(secret)), 401, "closed")


def test_basic_needs_the_name_of_the_tokens_owner_and_no_account_password(
    client: Client, amina: User
) -> None:
    secret = secret_of(amina)
    User.objects.create_user("basma", password="b-good-password")
    for name in ("basma", "Amina", ""):
        refused(client.get(PLACE, **basic(name, secret)), 401, "another user name")
    refused(client.get(PLACE, **basic("amina", "a-good-password")), 401, "password does not do")


@pytest.mark.parametrize(
    ("scope", "method", "missing"),
    [("read", "post", "write"), ("write", "get", "read"), ("read", "delete", "write")],
)
def test_scope_that_is_missing_is_named(
    client: Client, amina: User, scope: str, method: str, missing: str
) -> None:
    answer = getattr(client, method)(PLACE, **bearer(secret_of(amina, scope)))
    refused(answer, 403, f"scope {missing}")
    assert answer.json()["scope"] == missing
    assert f'error="insufficient_scope", scope="{missing}"' in answer.headers["WWW-Authenticate"]


def test_token_in_the_address_is_refused(client: Client, amina: User) -> None:
    secret = secret_of(amina)
    for query in (
        {"access_token": secret},
        {"token": secret},
        {"x": f"Bearer {secret}"},
        {"access_token": "x"},
    ):
        answer = client.get("/processes", query, **JSON)
        refused(answer, 400, "Authorization")
        assert secret not in answer.content.decode()
    assert client.get("/processes", {"access_token": "x"}, **bearer(secret)).status_code == 400


def start_nothing(client: Client, **headers: str) -> Any:
    """A process with an input that is none: 400 for who is let in."""
    body = json.dumps({"inputs": {"nonsense": 1}})
    return client.post(
        "/processes/optimize-routes/execution", body, "application/json", **{**JSON, **headers}
    )


def test_token_needs_no_csrf_token_and_a_session_does(amina: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert start_nothing(client, **bearer(secret_of(amina))).status_code == 400
    client.force_login(amina)
    refused(start_nothing(client), 403, "X-CSRFToken")


def test_bogus_token_does_not_spare_a_session_its_csrf_token(amina: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(amina)
    for header in ("Bearer casagis_wrong", "Bearer", "Nonsense", ""):
        assert start_nothing(client, HTTP_AUTHORIZATION=header).status_code == 401


def test_browser_that_knows_basic_by_heart_cannot_be_used_by_another_site(amina: User) -> None:
    client, header = Client(enforce_csrf_checks=True), basic("amina", secret_of(amina))
    refused(start_nothing(client, **header, HTTP_ORIGIN="https://elsewhere.example"), 403, "Bearer")
    refused(start_nothing(client, **header, HTTP_SEC_FETCH_SITE="cross-site"), 403, "Bearer")
    assert start_nothing(client, **header).status_code == 400


def test_token_of_an_admin_opens_neither_admin_nor_account(client: Client) -> None:
    root = User.objects.create_superuser("root", password="r-good-password")
    secret = secret_of(root)
    client.force_login(root)  # not even beside a session
    assert client.get("/admin/", **bearer(secret)).status_code == 302
    for answer in (client.get("/account", **bearer(secret)), client.post("/account", {}, **bearer(secret))):
        assert answer.status_code == 403
    assert Token.objects.count() == 1


def test_last_use_is_written_at_most_once_a_minute(client: Client, amina: User) -> None:
    secret = secret_of(amina)
    client.get(PLACE, **bearer(secret))
    first = Token.objects.get().last_used_at
    assert timezone.now() - first < timedelta(seconds=10)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(PLACE, **bearer(secret))
    assert not [q for q in queries if q["sql"].startswith("UPDATE")]
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - timedelta(seconds=61))
    client.get(PLACE, **bearer(secret))
    assert Token.objects.get().last_used_at > first - timedelta(seconds=61)


def test_actor_of_a_token_says_what_it_may(amina: User) -> None:
    amina.work_areas.create(area="anfa")
    token, _secret = make_token(amina, name="QGIS", scopes=["write", "read"], unconditional=True)
    actor = actor_of_user(amina, token=token)
    assert (actor.name, actor.token, actor.unconditional, actor.areas) == ("amina", "QGIS", True, ("anfa",))
    assert actor.scopes == {Scope.READ, Scope.WRITE} and actor.has(Role.PLANNER)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"days": 0}, "1 to 365"),
        ({"days": 366}, "1 to 365"),
        ({"scopes": []}, "read, write"),
        ({"unconditional": True}, "only reads"),
        ({"scopes": ["admin"]}, "read, write"),
    ],
)
def test_make_token_refuses_what_no_token_has(amina: User, more: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        make_token(amina, **{"name": "t", "scopes": ["read"], **more})


def test_wrong_tokens_are_throttled_by_address_and_right_ones_pass(client: Client, amina: User) -> None:
    TokenFailure.objects.all().delete()  # tile servers count over connections of their own, which no test rolls back
    for _number in range(FAILURE_LIMIT):
        assert client.get(PLACE, **bearer("casagis_wrong")).status_code == 401
    answer = client.get(PLACE, **basic("amina", "guess"))
    refused(answer, 429, "15 minutes")
    assert 880 <= int(answer.headers["Retry-After"]) <= 900
    assert client.get(PLACE, **bearer(secret_of(amina))).status_code == 200
    assert client.get(PLACE, REMOTE_ADDR="192.0.2.7", **bearer("casagis_wrong")).status_code == 401
    assert TokenFailure.objects.get(address="127.0.0.1").failures == FAILURE_LIMIT + 1
    TokenFailure.objects.update(since=timezone.now() - timedelta(minutes=30))  # now() is when the test began
    assert client.get(PLACE, **bearer("casagis_wrong")).status_code == 401


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_create_list_and_revoke_at_the_command_line(client: Client, amina: User) -> None:
    said = run(
        "create_token", "amina", "--scope", "read,write", "--unconditional", "--days", "7", "--name", "gdal"
    )
    (secret,) = said.split()
    token = Token.objects.get()
    assert (token.name, token.scopes, token.unconditional) == ("gdal", ["read", "write"], True)
    assert 6 <= (token.expires_at - timezone.now()).days <= 7
    assert client.get(PLACE, **basic("amina", secret)).status_code == 200
    listed = run("list_tokens", "amina")
    assert all(word in listed for word in (token.prefix, "amina", "gdal", "read,write", "unconditional"))
    assert secret not in listed
    assert "revoked" in run("revoke_token", token.prefix)
    assert client.get(PLACE, **basic("amina", secret)).status_code == 401
    assert token.prefix not in run("list_tokens")
    assert token.prefix in run("list_tokens", "--all")


def test_commands_say_what_is_missing(amina: User) -> None:
    with pytest.raises(CommandError, match=r"No user 'nobody'; known: amina"):
        run("create_token", "nobody", "--scope", "read")
    with pytest.raises(CommandError, match="read, write"):
        run("create_token", "amina", "--scope", "everything")
    with pytest.raises(CommandError, match="list_tokens"):
        run("revoke_token", "casagis_unknown1")
