"""How often an address may send a token that is none, counted in the database for all server processes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from gis_core.errors import TooManyAttempts

FAILURE_LIMIT = 20
WINDOW = timedelta(minutes=15)

_COUNT = """
INSERT INTO gis_core_tokenfailure AS known (address, failures, since) VALUES (%(address)s, 1, now())
ON CONFLICT (address) DO UPDATE SET
    failures = CASE WHEN known.since < now() - %(window)s THEN 1 ELSE LEAST(known.failures, %(limit)s) + 1 END,
    since = CASE WHEN known.since < now() - %(window)s THEN now() ELSE known.since END
RETURNING failures, CEIL(EXTRACT(EPOCH FROM since + %(window)s - now()))::int
"""
_FORGET = "DELETE FROM gis_core_tokenfailure WHERE since < now() - %(window)s"


def count_failure(address: str) -> None:
    """Raises TooManyAttempts from the 21st failure within 15 minutes on.

    A right token passes all the same: nobody guesses 190 bits, and one forgotten script shall not shut out the
    others behind the same address.
    """
    values: dict[str, Any] = {"address": address, "window": WINDOW, "limit": FAILURE_LIMIT}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        failures, wait_s = cursor.fetchone()
        if failures == 1:
            cursor.execute(_FORGET, values)
    if failures > FAILURE_LIMIT:
        raise TooManyAttempts(
            _(
                "Too many wrong tokens came from your address; answers come again in %(minutes)d minutes. "
                "Correct or remove the token that a program of yours still sends."
            )
            % {"minutes": -(-wait_s // 60)},
            retry_after=wait_s,
        )
