"""script/manage create_token USER --scope read,write: makes a personal token and prints it, this once."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_core.errors import CasaGISError
from gis_core.management.people import user_named
from gis_core.tokens import DEFAULT_DAYS, MAX_DAYS, make_token


class Command(BaseCommand):
    help = "Make a personal token and print it; it is not shown again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--scope", required=True, help="read, write or read,write")
        parser.add_argument(
            "--unconditional",
            action="store_true",
            help="for clients that send no If-Match, such as QGIS: may overwrite what others changed meanwhile",
        )
        parser.add_argument(
            "--days", type=int, default=DEFAULT_DAYS, help=f"until it expires, at most {MAX_DAYS}"
        )
        parser.add_argument("--name", default="command line", help="what it is for")

    def handle(self, *args: object, **options: Any) -> None:
        user = user_named(options["user"])
        try:
            token, secret = make_token(
                user,
                name=options["name"],
                scopes=[scope.strip() for scope in options["scope"].split(",")],
                days=options["days"],
                unconditional=options["unconditional"],
            )
        except CasaGISError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(secret)
        day = token.expires_at.date().isoformat()
        print(f"For {user.get_username()} until {day}. It is not shown again.", file=sys.stderr)
