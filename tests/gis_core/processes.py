"""Small real processes for the tests of jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import get_language, gettext_lazy

from gis_core.errors import InvalidInput, JobSplit
from gis_core.jobs.process import Context, Input, Output

reached = threading.Event()
go_on = threading.Event()


class Double:
    id = "double"
    title = "Double"
    description = "Twice a number."
    role = "planner"
    inputs = (
        Input("number", "Number", {"type": "integer", "minimum": 0}, required=True),
        Input(
            "colour", "Colour", {"oneOf": [{"const": c, "title": gettext_lazy(c)} for c in ("red", "green")]}
        ),
        Input("tags", "Tags", {"type": "array"}),
        Input("file", "File", {"type": "string", "contentMediaType": "application/octet-stream"}),
    )
    outputs = (Output("result", "Result", {"type": "integer"}),)

    def run(self, inputs: dict, context: Context) -> dict:
        context.progress(50, "half")
        if inputs["number"] == 13:
            raise InvalidInput("number 13 is not doubled here; take 12 or 14.")
        if inputs["number"] == 14:
            raise RuntimeError("a fault nobody foresaw")
        text = Path(inputs["file"]).read_text(encoding="utf-8") if "file" in inputs else ""
        (context.workspace / "draft").write_text("draft", encoding="utf-8")
        return {"result": inputs["number"] * 2, "text": text, "language": get_language()}


class Slow(Double):
    """Tells when it runs, waits to be let on, then reports progress."""

    id = "slow"
    role = "admin"
    inputs = ()

    def run(self, inputs: dict, context: Context) -> dict:
        reached.set()
        go_on.wait(10)
        context.progress(10, "on")
        return {"result": 1}


class Steps(Double):
    """Counts to ten, can pause, and goes on where it stopped; `done` holds each step that was taken."""

    id = "steps"
    inputs = ()
    pausable = True
    done: list[int] = []
    at_step: Callable[[int], None] = staticmethod(lambda _: None)

    def run(self, inputs: dict, context: Context) -> dict:
        begin = context.checkpoint["next"] if context.checkpoint else 0
        (context.workspace / "draft").touch()
        for step in range(begin, 10):
            self.done.append(step)
            context.checkpoint = {"next": step + 1}
            type(self).at_step(step)
            context.progress(step * 10, f"step {step}")
        return {"result": 10}


class Papers(Double):
    """Leaves a file to download."""

    id = "papers"
    inputs = (Input("end", "End", {"type": "string"}),)

    def run(self, inputs: dict, context: Context) -> dict:
        file = context.workspace / "paper.txt"
        file.write_bytes(bytes(range(100)))
        link = context.publish(file, "text/plain")
        if inputs.get("end") == "badly":
            raise InvalidInput("The paper is torn.")
        return {"file": link}


class Here(Double):
    """Opens a path of this machine, so it is not for HTTP."""

    id = "here"
    inputs = ()
    local = True

    def run(self, inputs: dict, context: Context) -> dict:
        return {"result": 1}


class Square(Double):
    """A part of `Squares`; `at` is called with its number before its progress."""

    id = "square"
    inputs = ()
    internal = True
    at: Callable[[int], None] = staticmethod(lambda _: None)

    def run(self, inputs: dict, context: Context) -> dict:
        number = inputs["number"]
        type(self).at(number)
        context.live = {"number": number}
        context.progress(50, "half")
        if number == 13:
            raise InvalidInput("number 13 is not squared here; take 12 or 14.")
        return {"square": 0 if context.finishing else number * number}


class Squares(Double):
    """The sum of squares, each on a worker of its own where there are workers."""

    id = "squares"
    inputs = (Input("numbers", "Numbers", {"type": "array"}, required=True),)
    finishable = True

    def run(self, inputs: dict, context: Context) -> dict:
        context.progress(10, "reading")
        if context.results is not None:
            return {"result": sum(result["square"] for result in context.results), "parts": context.results}
        if context.queued:
            context.live = {"numbers": []}
            raise JobSplit("square", [{"number": number} for number in inputs["numbers"]])
        return {"result": sum(number**2 for number in inputs["numbers"])}

    def joined_live(self, live: dict, lives: list) -> dict:
        return {"numbers": sorted(part["number"] for _, part in lives)}
