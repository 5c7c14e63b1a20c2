"""One computed figure of one subject, with what an auditor needs to compute it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Subject(NamedTuple):
    """What a figure is about: a feature by its external id; or the whole city, as ("city", its slug)."""

    collection: str
    id: str


@dataclass(frozen=True)
class Indicator:
    """A figure in `unit`; `value` is None where it is not known, and never zero instead.

    `error` is in the same unit, None where nobody can tell. `rule` says in words how it was computed, `parameters`
    the figures in that rule (JSON-ready). `variant` tells apart several rules for one id, at most 60 characters.
    """

    id: str
    subject: Subject
    value: float | None
    unit: str
    rule: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    error: float | None = None
    variant: str = ""
