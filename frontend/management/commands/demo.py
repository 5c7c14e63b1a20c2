"""The demonstration in one process: database, city, routes, green, air, accounts and the table of it all."""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from frontend.demo_table import demo_table
from gis_core.accounts import ACCOUNTS, make_accounts
from gis_core.errors import CasaGISError
from gis_core.jobs.models import Job
from gis_core.jobs.run import run_process

CHAIN = (
    ("load-city", "Load the city"),
    ("optimize-routes", "Optimise the collection routes"),
    ("compute-green-coverage", "Compute the green coverage"),
    ("compute-green-grid", "Compute the green by grid cell"),
    ("compute-pollution-grid", "Compute the pollution grid"),
)
INPUTS: dict[str, dict[str, Any]] = {"optimize-routes": {"publish": True}}
STEPS = len(CHAIN) + 2
CLEAR = "\r\033[K"  # back to the start of the terminal's line, and erase it


class Command(BaseCommand):
    help = "Prepare the demonstration of one city ($CASAGIS_CITY) and print its table."
    requires_system_checks = []  # script/check does them; here every second counts

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--osm", metavar="FILE", help="real streets, greens and containers from this OSM extract"
        )
        parser.add_argument("--reset-passwords", action="store_true")

    def handle(self, *args: object, **options: Any) -> None:
        self._number = 0
        with self._step("Prepare the database"):
            call_command("prepare_database", stdout=io.StringIO())
        jobs = self._run_chain({"osm": options["osm"]} if options["osm"] else {})
        with self._step("Make the accounts"):
            passwords = make_accounts(reset=options["reset_passwords"])
        self.stdout.write(demo_table(settings.CITY, jobs))
        self.stdout.write(_accounts_text(passwords))

    def _run_chain(self, load_inputs: dict[str, Any]) -> dict[str, Job]:
        """Each process once; what succeeded since the city was loaded is reused."""
        jobs: dict[str, Job] = {}
        since = None
        for process_id, title in CHAIN:
            inputs = {**INPUTS.get(process_id, {}), **(load_inputs if process_id == "load-city" else {})}
            with self._step(title) as show:
                job = _reusable(process_id, inputs, since) or run_process(
                    process_id, inputs, actor="cli:demo", on_progress=show
                )
                if job.status != Job.Status.SUCCESSFUL:
                    raise CommandError(job.message or str(job.status))
            since = since or job.created
            jobs[process_id] = job
        return jobs

    @contextmanager
    def _step(self, title: str) -> Iterator[Callable[[float, str], None]]:
        """One line with the seconds; on a terminal it shows the progress meanwhile. A failure names the step."""
        self._number += 1
        label = f"[{self._number}/{STEPS}] {title}"
        terminal, width = sys.stderr.isatty(), shutil.get_terminal_size().columns

        def show(percent: float, message: str) -> None:
            if terminal:
                print(
                    f"{CLEAR}{label} {percent:3.0f} % {message}"[: width + 3],
                    end="",
                    file=sys.stderr,
                    flush=True,
                )

        show(0, "")
        started = time.monotonic()
        try:
            yield show
        except (CasaGISError, CommandError) as error:
            raise CommandError(f"\nStep {self._number} of {STEPS}, {title!r}, failed: {error}") from error
        except KeyboardInterrupt:
            raise CommandError(
                f"\nStopped in step {self._number} of {STEPS}; run it again to go on."
            ) from None
        except Exception:
            print(f"\nStep {self._number} of {STEPS}, {title!r}, broke:", file=sys.stderr)
            raise
        print(f"{CLEAR if terminal else ''}{label}: {time.monotonic() - started:.1f} s", file=sys.stderr)


def _reusable(process_id: str, inputs: dict[str, Any], since: datetime | None) -> Job | None:
    """The last success of the process, if it was asked the same and the city has not been loaded again since."""
    last = (
        Job.objects.filter(process_id=process_id, status=Job.Status.SUCCESSFUL).order_by("-created").first()
    )
    if last is None or (since and last.created < since) or (not since and last.inputs != inputs):
        return None
    return last


def _accounts_text(passwords: dict[str, str]) -> str:
    if not passwords:
        return f"Accounts: {', '.join(ACCOUNTS)} exist. Forgotten passwords: script/demo --reset-passwords"
    lines = [f"  {name:10} {password}" for name, password in passwords.items()]
    return "\n".join(["Accounts (write the passwords down, they are not shown again):", *lines])
