"""Mail to the staff: once for a key, kept while the server is away, and one refusal holds up nobody else."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from gis_core.city import parse_city
from gis_core.mail import post, send_waiting
from gis_core.models import Mail

pytestmark = pytest.mark.django_db
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class _Letterbox(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client needs; a subject with "refuse" gets 554."""

    def handle(self) -> None:
        self._say("220 letterbox")
        while line := self.rfile.readline():
            match line[:4].upper():
                case b"DATA":
                    self._say("354 go on")
                    self._take(b"".join(iter(self.rfile.readline, b".\r\n")))
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 yes")

    def _take(self, text: bytes) -> None:
        message = message_from_bytes(text, policy=policy.default)
        if "refuse" in message["Subject"]:
            self._say("554 not here")
        else:
            self.server.taken.append(message)  # type: ignore[attr-defined]
            self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def taken(settings) -> Iterator[list[EmailMessage]]:
    """What a mail server on this machine took for two of the staff."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Letterbox) as server:
        server.taken = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, "127.0.0.1"
        settings.EMAIL_PORT = server.server_address[1]
        object.__setattr__(settings.CITY, "alert_mail", ("air@city.example", "green@city.example"))
        yield server.taken  # type: ignore[attr-defined]
        object.__setattr__(settings.CITY, "alert_mail", ())
        server.shutdown()


def test_each_key_is_sent_once_to_all_of_the_staff(taken):
    for _ in range(2):
        post("a", "Casablanca · NO₂ :\nالهواء", "Depuis midi.\n")
        send_waiting()
    (mail,) = taken
    assert mail["To"] == "air@city.example, green@city.example"
    assert mail["Subject"] == "Casablanca · NO₂ : الهواء" and "Depuis midi." in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_server_that_is_away_loses_nothing_and_health_tells(taken, settings, client, caplog):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    post("a", "First", "x")
    post("b", "Second", "x")
    assert send_waiting() == 0
    assert Mail.objects.get(key="a").tries == 1 and Mail.objects.get(key="b").tries == 0  # nobody waits twice
    assert "ConnectionRefusedError" in caplog.text
    told = client.get("/healthz")
    assert (told.status_code, told.json()["status"]) == (200, "warn") and "2 mails wait" in told.json()[
        "detail"
    ]
    settings.EMAIL_PORT = port
    assert send_waiting() == 2
    assert [mail["Subject"] for mail in taken] == ["First", "Second"]
    assert client.get("/healthz").json()["status"] == "pass"


def test_refused_mail_lets_the_others_pass(taken):
    post("a", "refuse me", "x")
    post("b", "Second", "x")
    assert send_waiting() == 1
    assert "554" in Mail.objects.get(key="a").error and [mail["Subject"] for mail in taken] == ["Second"]


def test_without_a_server_it_waits_and_health_names_the_cure(settings, client):
    settings.EMAIL_HOST = ""
    assert client.get("/healthz").json()["status"] == "pass"
    post("a", "First", "x")
    assert send_waiting() == 0
    assert "EMAIL_HOST" in client.get("/healthz").json()["detail"]


@pytest.mark.parametrize("written", ["air@city.example", ["air"], ["a@b, c@d"]])
def test_addresses_are_a_list_of_addresses(written, settings):
    with pytest.raises(ValueError, match="alert_mail"):
        parse_city(
            "x",
            {
                "name": {"fr": "x", "ar": "x", "en": "x"},
                "bbox": [-8, 33, -7, 34],
                "metric_crs": 32629,
                "import_crs": [4326],
                "languages": ["fr"],
                "time_zone": "UTC",
                "country": "MA",
                "alert_mail": written,
            },
        )
