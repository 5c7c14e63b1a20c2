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
_TOLD = """
SELECT id, array_agg(at_d), array_agg(fill_pct), array_agg(emptied), array_agg(weighed_kg), array_agg(capacity_l) FROM (
  SELECT DISTINCT ON (id, emptied, slot) id, at_d, fill_pct, emptied, weighed_kg, capacity_l FROM (
    SELECT id, pgh_id, date_part('epoch', fill_observed_at) / 86400 AS at_d, fill_pct, false AS emptied,
      NULL::float8 AS weighed_kg, capacity_l, floor(date_part('epoch', fill_observed_at) / 86400) AS slot
    FROM {history} WHERE {own} AND fill_pct IS NOT NULL AND fill_observed_at >= %s AND fill_observed_at < %s
    UNION ALL
    SELECT id, pgh_id, date_part('epoch', emptied_at) / 86400, NULL, true, weighed_kg, capacity_l,
      date_part('epoch', emptied_at)
    FROM {history} WHERE {own} AND emptied_at >= %s AND emptied_at < %s
  ) AS told ORDER BY id, emptied, slot, at_d DESC, pgh_id DESC
) AS seen GROUP BY id
"""


def read_fills(ids: Sequence[int], since: datetime, until: datetime) -> pd.DataFrame:
    """COLUMNS, one row an observation; past every right, so never for an answer about what its reader may not see."""
    with connection.cursor() as cursor:
        cursor.execute(*fills_sql(ids, since, until))
        rows = cursor.fetchall()
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.explode(list(COLUMNS[1:]), ignore_index=True)


def fills_sql(ids: Sequence[int], since: datetime, until: datetime) -> Query:
    """Per container a row of COLUMNS, all but the id as arrays of one length, an entry for each observation.

    at_d is days since 1970 (UTC); an emptying has no fill, a fill no weighing. A moment that several versions tell of
    counts once, as the last of them tells it: that is a correction. Of one day's readings the last counts, since what
    a sensor errs by, again and again, would look like filling. A fill without its moment tells nothing.
    """
    parts = {
        "history": sql.Identifier(get_collection("waste-containers").history_table),
        "own": sql.SQL("id = ANY (%s) AND pgh_label <> 'delete'"),
    }
    return sql.SQL(_TOLD).format(**parts), [list(ids), since, until] * 2
