"""script/manage list_tokens [USER] [--all]: the personal tokens, without their secrets."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from gis_core.management.people import user_named
from gis_core.models import Token


class Command(BaseCommand):
    help = "List the personal tokens that work, one a line."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("user", nargs="?", help="leave out for everybody's")
        parser.add_argument("--all", action="store_true", help="expired and revoked ones too")

    def handle(self, *args: object, **options: Any) -> None:
        tokens = Token.objects.select_related("user").order_by("user__username", "created_at")
        if options["user"]:
            tokens = tokens.filter(user=user_named(options["user"]))
        for token in tokens:
            if token.live or options["all"]:
                self.stdout.write(_line(token))


def _line(token: Token) -> str:
    used = f"used {token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never used"
    state = "revoked" if token.revoked_at else "expired" if token.expired else "expires"
    day = token.revoked_at or token.expires_at
    parts = [token.prefix, token.user.get_username(), ",".join(token.scopes), f"{state} {day:%Y-%m-%d}", used]
    return "  ".join([*parts, *(["unconditional"] if token.unconditional else []), token.name])
