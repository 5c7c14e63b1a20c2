"""Fills and emptyings of waste containers, told by their history: what forecasts learn from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from django.db import connection
from psycopg import sql

from layers.queries.sql import Query
from layers.registry import get_collection

COLUMNS = ("id", "at_d", "fill_pct", "emptied", "weighed_kg", "capacity_l")
_FILLS = """
SELECT DISTINCT ON (id, {day}) id, extract(epoch FROM fill_observed_at) / 86400.0, fill_pct, false, NULL, capacity_l
FROM {history} WHERE {own} AND fill_pct IS NOT NULL AND fill_observed_at >= %s AND fill_observed_at < %s
ORDER BY id, {day}, fill_observed_at DESC, pgh_id DESC
"""
_EMPTYINGS = """
SELECT DISTINCT ON (id, emptied_at) id, extract(epoch FROM emptied_at) / 86400.0, NULL, true, weighed_kg, capacity_l
FROM {history} WHERE {own} AND emptied_at >= %s AND emptied_at < %s
ORDER BY id, emptied_at, pgh_id DESC
"""


def read_fills(ids: Sequence[int], since: datetime, until: datetime) -> pd.DataFrame:
    """COLUMNS as in `fills_sql`; past every right, so never for an answer to a person about what it may not read."""
    with connection.cursor() as cursor:
        cursor.execute(*fills_sql(ids, since, until))
        rows = cursor.fetchall()
    return pd.DataFrame(rows, columns=list(COLUMNS))


def fills_sql(ids: Sequence[int], since: datetime, until: datetime) -> Query:
    """Rows of COLUMNS, in no order: at_d is days since 1970 (UTC); an emptying has no fill, a fill no weighing.

    A moment that several versions tell of counts once, as the last of them tells it: that is a correction. Of one
    day's readings the last counts, since what a sensor errs by, again and again, would look like filling. A fill
    without its moment tells nothing.
    """
    parts = {
        "history": sql.Identifier(get_collection("waste-containers").history_table),
        "own": sql.SQL("id = ANY (%s) AND pgh_label <> 'delete'"),
        "day": sql.SQL("floor(extract(epoch FROM fill_observed_at) / 86400)"),
    }
    text = sql.SQL("({}) UNION ALL ({})").format(
        sql.SQL(_FILLS).format(**parts), sql.SQL(_EMPTYINGS).format(**parts)
    )
    return text, [list(ids), since, until] * 2
