"""Small real processes for the tests of jobs."""

from __future__ import annotations

import threading
from pathlib import Path

from django.utils.translation import get_language, gettext_lazy

from gis_core.errors import InvalidInput
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
