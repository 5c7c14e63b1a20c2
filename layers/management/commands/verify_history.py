"""script/manage verify_history [--collection ID]: find every row of the history that was changed, removed or added."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_core.errors import CasaGISError
from layers.registry import get_collection
from layers.services.verification import Verification, verify_history

TELL_EVERY_S = 2.0


class Command(BaseCommand):
    help = "Check the history against its seals and against the features; exit code 1 when something was tampered with."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--collection", action="append", help="only this one; may be given more than once"
        )

    def handle(self, *args: object, **options: Any) -> None:
        self._told_at = time.monotonic()
        try:
            chosen = (
                [get_collection(name) for name in options["collection"]] if options["collection"] else None
            )
            found = verify_history(chosen, on_progress=self._tell)
        except CasaGISError as error:
            raise CommandError(error.detail) from error
        for finding in found.findings:
            self.stdout.write(f"{finding.collection}: {finding.told}")
        self.stdout.write(_summary(found))
        if found.findings:
            sys.exit(1)

    def _tell(self, percent: float, told: str) -> None:
        if time.monotonic() - self._told_at > TELL_EVERY_S:
            self._told_at = time.monotonic()
            self.stderr.write(f"{percent:5.1f} %  {told}")


def _summary(found: Verification) -> str:
    since = f" (the oldest of {found.unsealed_since:%Y-%m-%d %H:%M %Z})" if found.unsealed_since else ""
    checked = f"{found.rows} sealed rows in {found.seals} seals; {found.unsealed} rows not sealed yet{since}."
    return f"{len(found.findings)} findings. {checked}" if found.findings else f"All well: {checked}"
