"""script/manage revoke_token PREFIX: from the next request on the token opens nothing."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_core.models import Token
from gis_core.tokens import revoke_token


class Command(BaseCommand):
    help = "Revoke a personal token."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("prefix", help="its first letters, as list_tokens shows them")

    def handle(self, *args: object, **options: Any) -> None:
        token = Token.objects.filter(prefix=options["prefix"]).first()
        if token is None:
            raise CommandError(
                f"No token begins with {options['prefix']!r}; script/manage list_tokens shows them."
            )
        revoke_token(token)
        self.stdout.write(f"{token.prefix} of {token.user.get_username()} is revoked.")
