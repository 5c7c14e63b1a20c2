"""script/manage seal_history [--collection ID]: seal what the history holds; the worker does so every hour."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_core.errors import CasaGISError
from layers.registry import get_collection
from layers.services.seals import WAIT_S, seal_history


class Command(BaseCommand):
    help = "Seal the history of every collection: signed digests that verify_history checks."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--collection", action="append", help="only this one; may be given more than once"
        )
        parser.add_argument(
            "--wait", type=float, default=WAIT_S, metavar="SECONDS", help="for transactions that still run"
        )

    def handle(self, *args: object, **options: Any) -> None:
        try:
            chosen = (
                [get_collection(name) for name in options["collection"]] if options["collection"] else None
            )
            seals = seal_history(chosen, wait_s=options["wait"])
        except CasaGISError as error:
            raise CommandError(error.detail) from error
        for seal in seals:
            self.stdout.write(f"{seal.collection} {seal.first}-{seal.last} {seal.rows} rows {seal.digest}")
        if not seals:
            self.stdout.write("Nothing new to seal.")
