"""The query parameters that MapProxy 7.0.0 breaks on when they are no numbers, refused before it sees them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

from gis_core.errors import InvalidInput
from tiles.http import Request


@dataclass(frozen=True)
class _Numbers:
    count: int
    least: float
    wanted: str

    def accepts(self, text: str) -> bool:
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            return False
        return len(numbers) == self.count and all(isfinite(n) and n >= self.least for n in numbers)


_SIZE = _Numbers(1, 1, "one number, at least 1")
_INDEX = _Numbers(1, 0, "one number, at least 0")
_BOX = _Numbers(4, -inf, "four numbers, separated by commas, in the units of the asked CRS")
_NUMBERS = {
    "bbox": _BOX,
    "width": _SIZE,
    "height": _SIZE,
    "tilematrix": _INDEX,
    "tilerow": _INDEX,
    "tilecol": _INDEX,
}


def refuse_bad_numbers(request: Request) -> None:
    """Raises InvalidInput that names the parameter and what it must be."""
    for name, (*_, value) in request.query.items():
        rule = _NUMBERS.get(name.lower())
        if rule and not rule.accepts(value):
            raise InvalidInput(f"{name}={value!r} must be {rule.wanted}.")
