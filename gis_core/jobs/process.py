"""The Process protocol: a named runnable with typed inputs, told its context, answering with plain outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.utils.functional import Promise

Words = str | Promise  # for people: translated when shown


@dataclass(frozen=True)
class Input:
    """One input. `schema` is JSON Schema; contentMediaType "application/octet-stream" marks an uploaded file."""

    name: str
    title: Words
    schema: Mapping[str, Any]
    description: Words = ""
    required: bool = False

    @property
    def is_file(self) -> bool:
        return self.schema.get("contentMediaType") == "application/octet-stream"

    @property
    def is_text(self) -> bool:
        """A text of several lines: a command line may name a file that holds it, as @file."""
        return str(self.schema.get("contentMediaType", "")).startswith("text/")


@dataclass(frozen=True)
class Output:
    """One output; `schema` is JSON Schema."""

    name: str
    title: Words
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "object"})


class Context(Protocol):
    """What a running process may do beside computing. `progress` raises JobDismissed once the job is cancelled, and,
    in a process that is `pausable`, JobPaused once it shall pause.

    `checkpoint` is kept while the job is paused: a pausable process sets it before `progress`, and begins from it.
    `live` is shown with the job's status: a small document that a process sets before `progress`. `finishing` turns
    true at a `progress` once somebody asked a process that is `finishable` to be content with what it has.
    `queued`: workers are there, so that it may raise JobSplit; `results` is then what the parts answered, in their
    order, when it is run again.
    """

    job_id: str
    actor: str
    workspace: Path
    checkpoint: dict[str, Any] | None
    live: dict[str, Any] | None
    finishing: bool
    queued: bool
    results: list[dict[str, Any]] | None

    def progress(self, percent: float, message: str) -> None:
        """0 to 100, and what is being done, in words a person understands. Call it often: it is cheap."""

    def publish(self, file: Path, media_type: str) -> dict[str, Any]:
        """Keep a finished file of the workspace for its starter to download; the link to put into the outputs."""


class Process(Protocol):
    """Settings.PROCESSES lists the classes; the registry makes one instance of each."""

    id: str
    title: Words
    description: Words
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    role: str  # who may run it over HTTP: a name of gis_core.permissions.Role

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Do it; write only through layers.services, in one transaction; answer JSON-ready outputs.

        Raises CasaGISError with the cure for bad input, JobDismissed when cancelled; then nothing is changed.
        """


def is_quick(process: Process) -> bool:
    """Whether it is over while a client waits: a process says so by an attribute `quick`."""
    return bool(getattr(process, "quick", False))


def is_pausable(process: Process) -> bool:
    """Whether it can stop and go on later: a process says so by an attribute `pausable`."""
    return bool(getattr(process, "pausable", False))


def is_finishable(process: Process) -> bool:
    """Whether it can end early with the best it has: a process says so by an attribute `finishable`."""
    return bool(getattr(process, "finishable", False))


def is_internal(process: Process) -> bool:
    """Whether it only runs as a part of other jobs: a process says so by an attribute `internal`."""
    return bool(getattr(process, "internal", False))


def is_local(process: Process) -> bool:
    """Whether it is for the command line alone, never for HTTP: a process that opens paths of this machine says so by
    an attribute `local`."""
    return bool(getattr(process, "local", False))
