"""The demonstration in one process: database, city, routes, green, air, accounts and the table of it all."""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
    ("compute-pollution-grid", "Compute the pollution grid"),
)
STEPS = len(CHAIN) + 2


class Command(BaseCommand):
    help = "Prepare the demonstration of one city ($CASAGIS_CITY) and print its table."
    requires_system_checks = []  # script/check does them; here every second counts

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--osm", metavar="FILE", help="real streets, greens and containers from this OSM extract")
        parser.add_argument("--reset-passwords", action="store_true")

    def handle(self, *args: object, **options: Any) -> None:
        self._number = 0
        try:
            with self._step("Prepare the database"):
                call_command("prepare_database", stdout=io.StringIO())
            jobs = self._run_chain({"osm": options["osm"]} if options["osm"] else {})
            with self._step("Make the accounts"):
                passwords = make_accounts(reset=options["reset_passwords"])
        except CasaGISError as error:
            raise CommandError(f"Step {self._number} of {STEPS} failed: {error.detail}") from error
        self.stdout.write(demo_table(settings.CITY, jobs))
        self.stdout.write(_accounts_text(passwords))


    def _run_chain(self, load_inputs: dict[str, Any]) -> dict[str, Job]:
        """Each process once; what succeeded since the city was loaded is reused."""
        jobs: dict[str, Job] = {}
        since = None
        for process_id, title in CHAIN:
            loading = process_id == "load-city"
            with self._step(title) as show:
                job = _last_success(process_id, since, load_inputs if loading else None)
                if job is None:
                    job = run_process(process_id, load_inputs if loading else {}, actor="demo", on_progress=show)
            if job.status != Job.Status.SUCCESSFUL:
                raise CommandError(f"Step {self._number} of {STEPS}, {title.lower()}, ended as {job.status}: {job.message}")
            since = since or job.created
            jobs[process_id] = job
        return jobs

    @contextmanager
    def _step(self, title: str) -> Iterator[Any]:
        """Prints "[2/6] Load the city", the progress while it runs (on a terminal), and the seconds."""
        self._number += 1
        label = f"[{self._number}/{STEPS}] {title}"
        terminal = sys.stderr.isatty()

        def show(percent: float, message: str) -> None:
            if terminal:
                self.stderr.write(f"\r\033[K{label} {percent:3.0f} % {message}"[:110], ending="")

        if terminal:
            self.stderr.write(label, ending="")
        started = time.monotonic()
        yield show
        self.stderr.write(("\r\033[K" if terminal else "") + f"{label}: {time.monotonic() - started:.1f} s")


def _last_success(process_id: str, since: Any, inputs: dict[str, Any] | None) -> Job | None:
    jobs = Job.objects.filter(process_id=process_id, status=Job.Status.SUCCESSFUL)
    if since is not None:
        jobs = jobs.filter(created__gte=since)
    if inputs is not None:
        jobs = jobs.filter(inputs=inputs)
    return jobs.order_by("-created").first()


def _accounts_text(passwords: dict[str, str]) -> str:
    if not passwords:
        return f"Accounts: {', '.join(ACCOUNTS)} exist. Forgotten passwords: script/demo --reset-passwords"
    lines = [f"  {name:10} {password}" for name, password in passwords.items()]
    return "\n".join(["Accounts (write the passwords down, they are not shown again):", *lines])
