"""Mail to the city's staff: a row in the transaction of what it tells, then sent again and again until it is taken."""

from __future__ import annotations

import logging
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from gis_core.models import Mail

logger = logging.getLogger(__name__)
ERROR_LENGTH = 300


def post(key: str, subject: str, body: str) -> None:
    """Once for a key: what was posted before is not posted again, sent or not."""
    one_line = " ".join(subject.split())
    Mail.objects.bulk_create([Mail(key=key, subject=one_line[:300], body=body)], ignore_conflicts=True)


def send_waiting() -> int:
    """Oldest first; a mail that is refused lets the others pass, a server that does not answer ends the round."""
    if not (settings.EMAIL_HOST and settings.CITY.alert_mail):
        return 0
    sent, tried = 0, set[int]()
    while True:
        with transaction.atomic():  # the lock of the row: two workers never send the same mail
            waiting = Mail.objects.select_for_update(skip_locked=True).filter(sent=None)
            mail = waiting.exclude(id__in=tried).first()
            if mail is None:
                return sent
            tried.add(mail.id)
            goes_on = _try(mail)
        sent += mail.sent is not None
        if not goes_on:
            return sent


def _try(mail: Mail) -> bool:
    """Whether the server answers."""
    error: OSError | None = None
    try:
        _message(mail).send()
        mail.sent, mail.error = timezone.now(), ""
    except OSError as failure:  # smtplib's errors are of this kind, too
        error = failure
        mail.error = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        logger.warning("Mail %s waits, after %s tries: %s", mail.key, mail.tries + 1, mail.error)
    mail.tries += 1
    mail.save(update_fields=["sent", "tries", "error"])
    return error is None or isinstance(error, SMTPResponseException | SMTPRecipientsRefused)


def _message(mail: Mail) -> EmailMessage:
    """Its identifier is that of the key, so that one sent again, after a crash before we noted it, can be told."""
    sender = settings.DEFAULT_FROM_EMAIL
    domain = sender.rpartition("@")[2].rstrip("> ")
    headers = {
        "Message-ID": f"<{uuid5(NAMESPACE_URL, f'{settings.CITY.slug} {mail.key}')}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(mail.subject, mail.body, sender, list(settings.CITY.alert_mail), headers=headers)


def trouble() -> str:
    """What an operator should know of waiting mail; nothing when all goes well."""
    waiting = Mail.objects.filter(sent=None)
    if not settings.EMAIL_HOST:
        count = waiting.count()
        return f"{count} mails wait, and EMAIL_HOST names no mail server." if count else ""
    first = waiting.filter(tries__gt=0).first()
    if first is None:
        return ""
    since = f"{first.created:%Y-%m-%d %H:%M} UTC"
    return f"{waiting.count()} mails wait since {since}; the log says why the mail server does not take them."
