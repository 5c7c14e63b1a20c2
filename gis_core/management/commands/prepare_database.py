"""script/manage prepare_database: make the database if it is missing, and bring its tables up to date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from gis_core.errors import CasaGISError
from gis_core.provision import ensure_database, ensure_extensions


class Command(BaseCommand):
    help = "Make the database if it is missing, its extensions, and bring its tables up to date."
    requires_system_checks = []  # they would ask the database that is still to be made

    def handle(self, *args: object, **options: Any) -> None:
        given = settings.DATABASES["default"]
        try:
            made = ensure_database(given)
            ensure_extensions(given)
        except CasaGISError as error:
            raise CommandError(error.detail) from error
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("made" if made else "up to date")
