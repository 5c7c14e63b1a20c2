"""Which column of a file is which field, which column identifies a row, and the values as the fields want them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import shapely
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import translation

from gis_core.city import LANGUAGES
from gis_core.errors import InvalidInput
from importers.checks import issues_where
from importers.values import Target, choice_codes, fold, parse, texts
from layers.definitions import Collection, Field
from layers.services.checks import RowIssue

IDENTIFIER = "external_id"
SOURCE = "source"
LIKELY_IDENTIFIERS = ("id", "fid", "osm id", "objectid", "gid", "ogc fid", "uuid", "identifiant")
GEOMETRY = "geometry"  # id_field=geometry: the place itself identifies the row
SHAPEFILE_NAME = 10  # Shapefiles cut column names to this length
HASH_DECIMALS = 7  # degrees: about a centimetre


@dataclass(frozen=True)
class ColumnMap:
    """File column -> field, and the file columns that no field takes."""

    columns: dict[str, str]
    ignored: tuple[str, ...]


def match_columns(names: Iterable[str], collection: Collection, given: Mapping[str, str]) -> ColumnMap:
    """`given` first; then a column named like a field or its title in any language; then a name cut by Shapefile.

    Raises InvalidInput for a column or field in `given` that does not exist, and for two columns that claim one field.
    """
    names = list(names)
    columns = _given(names, collection, given)
    known = _field_names(collection)
    for name in names:
        field = known.get(fold(name)) or _cut(name, collection)
        if name not in columns and field is not None and field not in columns.values():
            columns[name] = field
        elif name not in columns and field is not None and field not in given.values():
            first = next(column for column, target in columns.items() if target == field)
            raise InvalidInput(
                f"Columns {first!r} and {name!r} both mean {field}; say which: columns={first}={field}."
            )
    return ColumnMap(columns, tuple(name for name in names if name not in columns))


def _given(names: list[str], collection: Collection, given: Mapping[str, str]) -> dict[str, str]:
    for column, field in given.items():
        if column not in names:
            raise InvalidInput(f"columns: the file has no column {column!r}. It has: {', '.join(names)}.")
        if field not in collection.writable:
            raise InvalidInput(
                f"columns: {collection.id} has no field {field!r}. It has: {', '.join(collection.writable)}."
            )
    if len(set(given.values())) < len(given):
        raise InvalidInput("columns: two columns cannot go into one field.")
    return dict(given)


def _field_names(collection: Collection) -> dict[str, str]:
    """Folded name or title -> field; a title that two fields share names neither."""
    titles: dict[str, set[str]] = {}
    for field in (f for f in collection.fields if not f.read_only):
        for language in LANGUAGES:
            with translation.override(language):
                titles.setdefault(fold(str(field.title)), set()).add(field.name)
    unique = {title: found.pop() for title, found in titles.items() if len(found) == 1}
    return unique | {fold(name): name for name in collection.writable}


def _cut(name: str, collection: Collection) -> str | None:
    if len(name) != SHAPEFILE_NAME:
        return None
    starts = [field for field in collection.writable if field.startswith(name.lower())]
    return starts[0] if len(starts) == 1 else None


def without_foreign_source(
    columns: ColumnMap, values: pd.DataFrame, collection: Collection, given: Mapping[str, str]
) -> ColumnMap:
    """A file's own column "source" (who surveyed, from which map) is not ours unless it speaks our codes."""
    column = next(
        (name for name, field in columns.columns.items() if field == SOURCE and name not in given), None
    )
    field = collection.field(SOURCE)
    if column is None or field is None:
        return columns
    known = choice_codes(field)
    if all(fold(value) in known for value in texts(values[column]).dropna().unique()):
        return columns
    kept = {name: target for name, target in columns.columns.items() if name != column}
    return ColumnMap(kept, (*columns.ignored, column))


def identify(
    values: pd.DataFrame, columns: ColumnMap, geometries_4326: np.ndarray | None, id_field: str | None
) -> tuple[pd.Series, str]:
    """The external_id of each row (None where missing) and the column it came from.

    Order: `id_field`, a column that is external_id, a likely name whose values are all there and all different.
    Raises InvalidInput with the columns to choose from.
    """
    if id_field == GEOMETRY:
        return _geometry_hashes(geometries_4326), GEOMETRY
    column = id_field or _identifying_column(values, columns)
    if column is None or column not in values.columns:
        problem = f"There is no column {id_field!r}." if id_field else "No column identifies the rows."
        raise InvalidInput(f"{problem} {_identifier_cure(values)}")
    text = texts(values[column]).astype(object)
    return text.where(text.notna(), None), column


def _identifying_column(values: pd.DataFrame, columns: ColumnMap) -> str | None:
    named = next((column for column, field in columns.columns.items() if field == IDENTIFIER), None)
    if named is not None:
        return named
    by_fold = {fold(name): name for name in reversed(values.columns)}
    likely = [by_fold[name] for name in LIKELY_IDENTIFIERS if name in by_fold]
    return next((name for name in likely if _identifies(values[name])), None)


def _identifies(values: pd.Series) -> bool:
    text = texts(values)
    return bool(text.notna().all() and text.is_unique)


def _identifier_cure(values: pd.DataFrame) -> str:
    unique = [name for name in values.columns if _identifies(values[name])]
    found = (
        f"All different in this file: {', '.join(unique)}"
        if unique
        else f"Its columns, none all different: {', '.join(values.columns) or 'none'}"
    )
    return f"{found}. Give --input id_field=COLUMN, or id_field={GEOMETRY} to know a row by its place."


def _geometry_hashes(geometries_4326: np.ndarray | None) -> pd.Series:
    if geometries_4326 is None:
        raise InvalidInput(f"id_field={GEOMETRY} needs features with a geometry; name a column instead.")
    rounded = shapely.transform(geometries_4326, lambda points: np.round(points, HASH_DECIMALS))
    binary = shapely.to_wkb(shapely.normalize(rounded), byte_order=1)
    hashes = [None if b is None else "geometry:" + hashlib.sha256(b).hexdigest()[:20] for b in binary]
    return pd.Series(hashes, dtype=object)


def convert(
    values: pd.DataFrame, columns: ColumnMap, collection: Collection, zone: str
) -> tuple[pd.DataFrame, list[RowIssue]]:
    """A frame of field columns. An empty cell is NULL, or the default where the field may not be NULL; an unreadable
    one is NULL and reported."""
    made: dict[str, Any] = {}
    issues: list[RowIssue] = []
    for column, name in columns.columns.items():
        field = collection.field(name)
        if field is None or name == IDENTIFIER:
            continue
        model_field = collection.model._meta.get_field(name)
        parsed = parse(values[column], _target(field, model_field, zone))
        made[name] = _with_default(parsed.values, model_field)
        issues += issues_where(parsed.bad, values[column], name, parsed.rule, parsed.cure)
    return pd.DataFrame(made, index=values.index, dtype=object), issues


def _target(field: Field, model_field: Any, zone: str) -> Target:
    base = model_field.base_field if isinstance(model_field, ArrayField) else model_field
    limits = (
        connection.ops.integer_field_range(base.get_internal_type())
        if isinstance(base, models.IntegerField)
        else (0, 0)
    )
    return Target(field, limits, int if isinstance(base, models.IntegerField) else str, ZoneInfo(zone))


def _with_default(values: pd.Series, model_field: Any) -> pd.Series:
    if model_field.null or not model_field.has_default():
        return values
    empty = values.isna().to_numpy()
    filled = values.astype(object).copy()
    filled[empty] = pd.Series(
        [model_field.get_default()] * int(empty.sum()), index=filled.index[empty], dtype=object
    )
    return filled
