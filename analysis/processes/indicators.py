"""Indicators into the collection `indicators`: what was found, from what, by which program, and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import pandas as pd
from django.db import connection
from psycopg import sql

from analysis.green.indicator import Indicator
from analysis.processes.code_version import code_version
from gis_core.errors import InvalidInput
from layers.base import Source, made_up
from layers.queries.frames import read_frame
from layers.registry import get_collection
from layers.services.load import LoadReport, load_features

COLLECTION = "indicators"
ID_LENGTH = 100
_SAME = ("value", "unit", "error", "rule", "parameters", "inputs", "code_version", "source")


def store_indicators(
    indicators: Iterable[Indicator], inputs: Mapping[str, Mapping[str, Any]], *, computed_at: datetime
) -> LoadReport:
    """Add and change rows of the collection; one that would say the same as before keeps its time.

    inputs: collection -> features and revision, as InputFrames.record; a `snapshot` in it (layers.queries.changes) is
    stored, but is no difference. Call it inside the transaction that writes the
    other results. What comes from synthetic inputs is synthetic. Raises InvalidInput when a row is refused.
    """
    read = {name: dict(inputs[name]) for name in sorted(inputs)}
    common = {
        "inputs": json.dumps(read, sort_keys=True),
        "code_version": code_version(),
        "computed_at": computed_at,
        "source": source_of(read).value,
    }
    rows = [_row(indicator) | common for indicator in indicators]
    report = load_features(COLLECTION, _changed(pd.DataFrame(rows, columns=list(_columns()))))
    if report.rejected:
        issue = report.rejected[0]
        raise InvalidInput(f"indicators: {issue.field} {issue.rule} ({issue.value}). {issue.cure}")
    return report


def external_id(indicator: Indicator) -> str:
    """`<indicator>:<collection>:<subject>`, and the variant if there is one; the end of a long one is a digest."""
    parts = (indicator.id, *indicator.subject, indicator.variant)
    whole = ":".join(part for part in parts if part)
    if len(whole) <= ID_LENGTH:
        return whole
    digest = sha256(whole.encode()).hexdigest()[:16]
    return f"{whole[: ID_LENGTH - len(digest) - 1]}~{digest}"


def _row(indicator: Indicator) -> dict[str, Any]:
    return {
        "external_id": external_id(indicator),
        "indicator": indicator.id,
        "variant": indicator.variant,
        "subject_collection": indicator.subject.collection,
        "subject": indicator.subject.id,
        "value": _number(indicator.value),
        "unit": indicator.unit,
        "error": _number(indicator.error),
        "rule": indicator.rule,
        "parameters": json.dumps(dict(indicator.parameters), sort_keys=True),
    }


def _columns() -> Iterable[str]:
    return (name for name in get_collection(COLLECTION).writable)


def _number(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _changed(rows: pd.DataFrame) -> pd.DataFrame:
    """Without the rows that the collection holds already, the time of computing apart."""
    held = {row["external_id"]: _told(row) for row in read_frame(COLLECTION, list(_SAME)).to_dict("records")}
    differs = [held.get(row["external_id"]) != _told(row) for row in rows.to_dict("records")]
    return rows[differs]


def _told(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(_plain(name, row[name]) for name in _SAME)


def _plain(name: str, value: Any) -> Any:
    if name in ("parameters", "inputs"):
        found = json.loads(value) if isinstance(value, str) else value
        return _without_snapshot(found) if name == "inputs" else found
    return None if pd.isna(value) else value


def _without_snapshot(inputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        name: {key: value for key, value in read.items() if key != "snapshot"}
        for name, read in inputs.items()
    }


def source_of(inputs: Mapping[str, Any]) -> Source:
    """Synthetic as soon as anything in one of these collections is."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for name in inputs:
            table = sql.Identifier(get_collection(name).table)
            cursor.execute(sql.SQL("SELECT DISTINCT source FROM {}").format(table))
            found |= {source for (source,) in cursor.fetchall()}
    return Source.SYNTHETIC if made_up(found) else Source.COMPUTED
