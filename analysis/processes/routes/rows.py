"""The rows of a plan made elsewhere, from a CSV text or an array: which vehicle serves what, and when it tips."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from gis_core.errors import InvalidInput

TASK, TIP = "task", "tip"
NEEDED = ("vehicle", "item", "order")
MOST_TOLD = 20  # faults in the sentence that a person reads; all are in the problem's `faults`


@dataclass(frozen=True)
class Row:
    """`number` is that of the spreadsheet's line, or of the array's entry from 1 on; `id` a task's, or, of a tipping,
    a disposal site's."""

    number: int
    vehicle: str
    kind: str
    id: str
    order: int


class Faults:
    """What is wrong, by row."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []

    def at(self, row: int, text: str) -> None:
        """`text` is translated already."""
        self._found.append((row, text))

    def raise_any(self) -> None:
        """Raises InvalidInput with all of them, in the order of the rows."""
        line = gettext("Row %(row)d: %(fault)s")
        faults = [line % {"row": row, "fault": text} for row, text in sorted(self._found)]
        if faults:
            raise InvalidInput(told(gettext("Nothing was imported."), faults), faults=faults)


def told(opening: str, faults: Sequence[str]) -> str:
    """The faults, one a line."""
    rest = len(faults) - MOST_TOLD
    more = [gettext("And %(count)d more.") % {"count": rest}] if rest > 0 else []
    return "\n".join([opening, *faults[:MOST_TOLD], *more])


def read_rows(inputs: Mapping[str, Any]) -> list[Row]:
    """In driving order by vehicle. Raises InvalidInput naming every row that cannot be understood."""
    stops, text = inputs.get("stops"), inputs.get("stops_csv")
    if bool(stops) == bool(text):
        raise InvalidInput(gettext("Give the plan either as stops or as stops_csv."))
    faults = Faults()
    given = _csv_rows(text) if text else enumerate(stops or (), start=1)
    rows = [row for number, cells in given if (row := _row(number, cells, faults))]
    _require_order(rows, faults)
    _require_once(rows, faults)
    _require_work(rows, faults)
    faults.raise_any()
    if not rows:
        raise InvalidInput(gettext("The plan has no row."))
    return sorted(rows, key=lambda row: (row.vehicle, row.order))


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """By line; separated by comma, semicolon or tab. Lines without a word are left out."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    names = [name.strip().lower() for name in next(lines, [])]
    if missing := [name for name in NEEDED if name not in names]:
        raise InvalidInput(
            gettext("The CSV has no column %(names)s. Its first line names the columns: %(needed)s.")
            % {"names": ", ".join(missing), "needed": ",".join((*NEEDED, "kind", "place"))}
        )
    for cells in lines:
        if any(cell.strip() for cell in cells):
            yield lines.line_num, dict(zip(names, cells, strict=False))


def _row(number: int, cells: Mapping[str, Any], faults: Faults) -> Row | None:
    word = {name: str(cells.get(name) or "").strip() for name in ("vehicle", "item", "place", "kind")}
    kind = word["kind"].lower() or TASK
    if kind not in (TASK, TIP):
        faults.at(number, gettext("kind is %(kind)r; write task or tip.") % {"kind": word["kind"]})
        return None
    id = word["item"] if kind == TASK else word["place"]
    if not word["vehicle"] or not id:
        needed = ("vehicle", "item") if kind == TASK else ("vehicle", "place")
        missing = ", ".join(name for name in needed if not word[name])
        faults.at(number, gettext("nothing is given for %(names)s.") % {"names": missing})
        return None
    try:
        order = int(str(cells.get("order", "")).strip())
    except ValueError:
        fault = gettext("order is %(order)r; write a whole number, small ones first.")
        faults.at(number, fault % {"order": cells.get("order") or ""})
        return None
    return Row(number, word["vehicle"], kind, id, order)


def _require_order(rows: Iterable[Row], faults: Faults) -> None:
    seen: dict[tuple[str, int], Row] = {}
    for row in rows:
        first = seen.setdefault((row.vehicle, row.order), row)
        if first is not row:
            fault = gettext("vehicle %(vehicle)s has the order %(order)d in row %(first)d already.")
            faults.at(row.number, fault % {"vehicle": row.vehicle, "order": row.order, "first": first.number})


def _require_once(rows: Iterable[Row], faults: Faults) -> None:
    seen: dict[str, Row] = {}
    for row in rows:
        first = seen.setdefault(row.id, row) if row.kind == TASK else row
        if first is not row:
            fault = gettext("%(item)s is served in row %(first)d already, by %(vehicle)s; leave one out.")
            faults.at(row.number, fault % {"item": row.id, "first": first.number, "vehicle": first.vehicle})


def _require_work(rows: Sequence[Row], faults: Faults) -> None:
    working = {row.vehicle for row in rows if row.kind == TASK}
    for row in (row for row in rows if row.vehicle not in working):
        fault = gettext("vehicle %(vehicle)s tips and serves nothing; leave the row out.")
        faults.at(row.number, fault % {"vehicle": row.vehicle})
