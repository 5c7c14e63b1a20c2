"""script/manage process [ID] [--input key=value …]: list the processes, or run one here and show its outputs."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis_core.errors import CasaGISError, InvalidInput
from gis_core.jobs.local import run_local
from gis_core.jobs.models import Job
from gis_core.jobs.process import Input, Process, is_internal, is_local
from gis_core.jobs.registry import get_process, parse_text, processes
from gis_core.jobs.run import Progress, run_process


class Command(BaseCommand):
    help = "List the processes, or run one and print its outputs as JSON."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("process_id", nargs="?", help="leave out to list the processes")
        parser.add_argument("--input", action="append", default=[], metavar="KEY=VALUE", dest="pairs")
        parser.add_argument("--quiet", action="store_true", help="no progress lines")

    def handle(self, *args: object, **options: Any) -> None:
        if not options["process_id"]:
            return self._list()
        try:
            process = get_process(options["process_id"])
            inputs = _inputs(process, options["pairs"])
            self._run(process, inputs, (lambda *_: None) if options["quiet"] else _show)
        except CasaGISError as error:
            raise CommandError(error.detail) from error
        except KeyboardInterrupt as interrupt:
            raise CommandError(str(Job.Status.DISMISSED.label)) from interrupt

    def _run(self, process: Process, inputs: dict[str, Any], on_progress: Progress) -> None:
        actor = f"cli:{getpass.getuser()}"
        if is_local(process):
            return self._tell(run_local(process, inputs, actor=actor, on_progress=on_progress))
        job = run_process(process.id, inputs, actor=actor, on_progress=on_progress)
        if job.status == Job.Status.PAUSED:
            return self.stderr.write(_("Paused; it goes on where it stopped when it is resumed on its page."))
        if job.status != Job.Status.SUCCESSFUL:
            raise CommandError(job.message or str(job.status))
        self._tell(job.outputs)

    def _tell(self, outputs: dict[str, Any] | None) -> None:
        self.stdout.write(json.dumps(outputs, ensure_ascii=False, indent=2))

    def _list(self) -> None:
        for process in (process for process in processes().values() if not is_internal(process)):
            self.stdout.write(f"{process.id}  {process.title}")
            for item in process.inputs:
                need = "required" if item.required else f"default {item.schema.get('default', 'none')}"
                self.stdout.write(f"    --input {item.name}=…  {item.title} ({need})")


def _inputs(process: Process, pairs: list[str]) -> dict[str, Any]:
    known = {item.name: item for item in process.inputs}
    inputs = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InvalidInput(f"--input {pair}: write it as name=value.")
        inputs[name] = parse_text(known[name], _whole(known[name], text)) if name in known else text
    return inputs


def _whole(item: Input, text: str) -> str:
    """Of `@file` what the file holds, where a text of several lines is asked for. Raises InvalidInput."""
    if not item.is_text or not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"--input {item.name}={text}: {error}. Name a text file in UTF-8.") from error


def _show(percent: float, message: str) -> None:
    print(f"{percent:5.1f} %  {message}", file=sys.stderr)
