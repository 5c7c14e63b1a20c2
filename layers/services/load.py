"""Load a frame into a collection: the bulk door. One transaction, checked row by row, upserted by external_id."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import shapely
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from gis_core.actors import SYSTEM, Actor
from gis_core.errors import InvalidInput
from gis_core.geometry import BBox
from gis_core.history import recorded
from layers.definitions import Collection
from layers.events import features_changed
from layers.policy import Access, access_to, require_write
from layers.queries.items import COORDINATE_DIGITS
from layers.queries.revisions import revision_of
from layers.queries.sql import columns, table
from layers.registry import get_collection
from layers.services import checks
from layers.services.checks import RowIssue

STAGE = sql.Identifier("casagis_stage")
CHUNK_ROWS = 20_000
_NULL = "\\N"


@dataclass(frozen=True)
class LoadReport:
    """What a load did, in rows. `rejected` holds one issue for each broken rule; a rejected row changes nothing."""

    collection: str
    added: int
    changed: int
    unchanged: int
    removed: int
    rejected: tuple[RowIssue, ...]

    @property
    def rejected_rows(self) -> int:
        return len({issue.row for issue in self.rejected})

    def as_dict(self) -> dict[str, Any]:
        return {
            "collection": self.collection,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "rejected": self.rejected_rows,
            "issues": [issue.as_dict() for issue in self.rejected],
        }


def load_features(
    collection_id: str,
    frame: pd.DataFrame,
    *,
    actor: Actor = SYSTEM,
    source: str | None = None,
    prune_sources: Sequence[str] = (),
    dry_run: bool = False,
) -> LoadReport:
    """Add, change and, of `prune_sources`, remove rows so that the collection says what the frame says.

    frame: columns of collection.writable (external_id among them) and, if the collection has geometry, the active
    geometry column `geom` in EPSG:4326. Columns left out keep their value, or get the default in new rows.
    actor: whose rights hold; rows outside the areas where they may write are rejected, and never removed.
    source: written where the frame has no such column.
    prune_sources: rows of these sources that the frame does not mention are removed.
    dry_run: the same report, and nothing changed.
    The history tells the reason that stands (a job's, or an edit's around this); without one, the service's own.
    Raises NotFound for an unknown collection, NotAuthenticated or NotAllowed, InvalidInput when the
    frame as a whole cannot be used; a bad row is rejected and reported.
    """
    collection = get_collection(collection_id)
    access = access_to(actor, collection)
    require_write(access)
    if source is not None and "source" not in frame.columns:
        frame = frame.assign(source=source)
    names = _columns_of(collection, frame)
    with recorded(actor, door="import"):
        _stage(collection, frame, names)
        rejected = tuple(checks.reject_rows(access, names))
        report = _apply(access, names, rejected, prune_sources)
        if dry_run:
            transaction.set_rollback(True)
        elif report.added or report.changed or report.removed:
            _announce(collection)
    return report


def _columns_of(collection: Collection, frame: pd.DataFrame) -> list[str]:
    spatial = ["geom"] if collection.geometry_type and "geom" in frame.columns else []
    unknown = sorted(set(frame.columns) - set(collection.writable) - {"geom"})
    if unknown:
        known = ", ".join(collection.writable)
        raise InvalidInput(f"{collection.id} has no column {', '.join(unknown)}. It has: {known}.")
    if "external_id" not in frame.columns:
        raise InvalidInput(f"A load into {collection.id} needs the column external_id.")
    if (
        spatial
        and isinstance(frame, gpd.GeoDataFrame)
        and frame.crs is not None
        and frame.crs.to_epsg() != 4326
    ):
        raise InvalidInput(
            f"A load into {collection.id} needs EPSG:4326; this frame is in {frame.crs.to_string()}."
        )
    return [name for name in frame.columns if name != "geom"] + spatial


def _stage(collection: Collection, frame: pd.DataFrame, names: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(STAGE))
        cursor.execute(stage_sql(collection, names))
        copy = sql.SQL("COPY {} (row_number, {}) FROM STDIN (FORMAT csv, NULL {})").format(
            STAGE, columns(names), sql.Literal(_NULL)
        )
        try:
            with cursor.copy(copy) as sink:
                for chunk in csv_chunks(collection, frame, names):
                    sink.write(chunk)
        except psycopg.DataError as error:
            where = error.diag.context or ""
            raise InvalidInput(f"{collection.id}: {error.diag.message_primary} ({where[:200]}).") from error
        cursor.execute(sql.SQL("CREATE INDEX ON {} (external_id)").format(STAGE))
        cursor.execute(sql.SQL("ANALYZE {}").format(STAGE))


def stage_sql(collection: Collection, names: list[str]) -> sql.Composed:
    """An empty table of the columns' types, but with text of any length and geometry of any type: rules judge those."""
    loose = {"geom": "geometry(Geometry, 4326)"} | {
        f.name: "text" for f in collection.fields if f.type == "string"
    }
    staged = sql.SQL(", ").join(
        sql.SQL("{0}::{1} AS {0}").format(sql.Identifier(n), sql.SQL(loose[n]))
        if n in loose
        else sql.Identifier(n)
        for n in names
    )
    return sql.SQL(
        "CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT 0 AS row_number, {} FROM {} WITH NO DATA"
    ).format(STAGE, staged, table(collection))


def csv_chunks(collection: Collection, frame: pd.DataFrame, names: list[str]) -> Iterator[str]:
    """The frame as CSV for COPY, rows numbered from 1, geometry as hexadecimal EWKB, arrays as {a,b}."""
    for start in range(0, len(frame), CHUNK_ROWS):
        part = frame.iloc[start : start + CHUNK_ROWS]
        data = {name: _text_column(collection, name, part[name]) for name in names}
        chunk = pd.DataFrame(data, index=range(start + 1, start + 1 + len(part)))
        buffer = io.StringIO()
        chunk.to_csv(buffer, header=False, na_rep=_NULL, quoting=csv.QUOTE_MINIMAL)
        yield buffer.getvalue()


def _rounded(shapes: Any) -> Any:
    """As edits store them. A valid area that rounding alone would make cross itself is laid on the same grid by GEOS,
    which keeps it valid: nobody could repair a file that is right."""
    plain = shapely.transform(shapes, lambda xy: xy.round(COORDINATE_DIGITS))
    for row in np.flatnonzero(~shapely.is_missing(plain) & ~shapely.is_valid(plain)):
        laid = shapely.set_precision(shapes[row], 10.0**-COORDINATE_DIGITS) if shapes[row].is_valid else None
        if laid and laid.geom_type in ("Polygon", shapes[row].geom_type):
            laid = shapely.multipolygons(shapely.get_parts(laid))
            plain[row] = shapely.transform(laid, lambda xy: xy.round(COORDINATE_DIGITS))
    return plain


def _text_column(collection: Collection, name: str, values: pd.Series) -> Any:
    if name == "geom":
        shapes = _rounded(shapely.force_2d(values.to_numpy(dtype=object)))
        return shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)
    kind = collection.field(name)
    missing = values.isna()
    if kind is not None and kind.type == "integer":
        return (
            pd.to_numeric(values)
            .astype("Float64")
            .round()
            .astype("Int64")
            .to_numpy(dtype=object, na_value=None)
        )
    if kind is not None and kind.type == "array":
        return [_array_text(value) for value in values]
    if kind is not None and kind.type == "object":
        return [_json_text(value) for value in values]
    return values.astype(object).where(~missing, None).to_numpy()


def _array_text(value: Any) -> str | None:
    """PostgreSQL's literal of a list; anything that is no list is NULL."""
    return (
        "{" + ",".join(map(str, value)) + "}"
        if hasattr(value, "__len__") and not isinstance(value, str)
        else None
    )


def _json_text(value: Any) -> str | None:
    """A frame has objects as they are, or as the text that it read."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else None


def _apply(
    access: Access, names: list[str], rejected: tuple[RowIssue, ...], prune_sources: Sequence[str]
) -> LoadReport:
    collection = access.collection
    with connection.cursor() as cursor:
        removed = _change(cursor, *prune_sql(access, prune_sources)) if prune_sources else 0
        changed = _change(cursor, *update_sql(collection, names))
        added = _change(cursor, *insert_sql(collection, names))
        cursor.execute(sql.SQL("SELECT count(*) FROM {} WHERE accepted").format(STAGE))
        (accepted,) = cursor.fetchone()
    return LoadReport(collection.id, added, changed, accepted - added - changed, removed, rejected)


def _change(cursor: Any, rows: sql.Composed, statement: sql.Composed, params: list[Any]) -> int:
    """Run the statement if it has rows to change: even an empty one would raise the collection's revision."""
    cursor.execute(sql.SQL("SELECT EXISTS (SELECT {})").format(rows), params)
    if cursor.fetchone() == (False,):
        return 0
    cursor.execute(statement, params)
    return int(cursor.rowcount)


Change = tuple[
    sql.Composed, sql.Composed, list[Any]
]  # the rows (FROM … WHERE …), the statement, the parameters


def update_sql(collection: Collection, names: list[str]) -> Change:
    """Only rows that differ, so that versions rise where something changed."""
    changing = [n for n in names if n != "external_id"]
    pairs = sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(sql.Identifier(n)) for n in changing)
    condition = sql.SQL(
        "WHERE s.accepted AND t.external_id = s.external_id AND ROW({}) IS DISTINCT FROM ROW({})"
    ).format(columns(changing, "t"), columns(changing, "s"))
    target, stage = table(collection), STAGE
    rows = sql.SQL("FROM {} t, {} s {}").format(target, stage, condition)
    return rows, sql.SQL("UPDATE {} t SET {} FROM {} s {}").format(target, pairs, stage, condition), []


def insert_sql(collection: Collection, names: list[str]) -> Change:
    rows = sql.SQL(
        "FROM {stage} s WHERE s.accepted AND NOT EXISTS (SELECT FROM {table} t WHERE t.external_id = s.external_id)"
    ).format(table=table(collection), stage=STAGE)
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} {} ORDER BY s.row_number").format(
        table(collection), columns(names), columns(names, "s"), rows
    )
    return rows, statement, []


def prune_sql(access: Access, sources: Sequence[str]) -> Change:
    """Rows that the frame does not mention at all; a rejected row of the frame still protects the old one."""
    writable, params = access.writable_rows("t")
    rows = sql.SQL(
        "FROM {} t WHERE t.source = ANY (%s) AND {}"
        " AND NOT EXISTS (SELECT FROM {} s WHERE s.external_id = t.external_id)"
    ).format(table(access.collection), writable, STAGE)
    return rows, sql.SQL("DELETE {}").format(rows), [[str(source) for source in sources], *params]


def _announce(collection: Collection) -> None:
    revision = revision_of(collection.id)
    box: BBox | None = settings.CITY.bbox if collection.geometry_type else None
    transaction.on_commit(
        partial(
            features_changed.send, sender=load_features, collection=collection.id, bbox=box, revision=revision
        )
    )
