"""The rules that a staged row must keep. Each is one SQL query that finds the rows that break it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from layers.definitions import Collection, Extent
from layers.policy import Access
from layers.services import rules

STAGE = sql.Identifier("casagis_stage")
_SINGLE = {"Point": "ST_Point", "LineString": "ST_LineString", "MultiPolygon": "ST_MultiPolygon"}


@dataclass(frozen=True)
class RowIssue:
    """Why a row was rejected: row (its number from 1, with its identifier), field, value, rule, and the cure."""

    row: str
    field: str
    value: str
    rule: str
    cure: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Rule:
    """Rows of the stage where `broken` is true break it; `value` is an SQL expression for what to show."""

    field: str
    rule: str
    cure: str
    broken: sql.Composable
    value: sql.Composable
    params: tuple[Any, ...] = ()


def reject_rows(access: Access, names: list[str]) -> Iterator[RowIssue]:
    """Mark each staged row accepted or not; yield one issue for each broken rule of each rejected row."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER TABLE {} ADD accepted boolean NOT NULL DEFAULT true").format(STAGE))
        for rule in _rules(access, names):
            query, params = broken_sql(rule)
            cursor.execute(query, params)
            for number, external_id, value in cursor.fetchall():
                row = f"{number} ({external_id})" if external_id else str(number)
                yield RowIssue(row, rule.field, value or "", rule.rule, rule.cure)


def broken_sql(rule: Rule) -> tuple[sql.Composed, list[Any]]:
    query = sql.SQL(
        "UPDATE {stage} s SET accepted = false WHERE {broken}"
        " RETURNING row_number, external_id, left(({value})::text, 200)"
    ).format(stage=STAGE, broken=rule.broken, value=rule.value)
    return query, list(rule.params)


def _rules(access: Access, names: list[str]) -> Iterator[Rule]:
    collection = access.collection
    yield from _identifier_rules()
    yield from _area_rules(access, names)
    if "geom" in names:
        yield from _geometry_rules(collection)
    for name in names:
        yield from _choice_rules(collection, name)
        yield from _length_rules(collection, name)
    yield from _required_rules(collection, names)
    yield from _constraint_rules(collection, names)


def _identifier_rules() -> Iterator[Rule]:
    own = sql.SQL("s.external_id")
    yield Rule(
        "external_id",
        _("is missing"),
        _("Give each row an identifier."),
        sql.SQL("s.external_id IS NULL"),
        own,
    )
    again = sql.SQL(
        "EXISTS (SELECT FROM {} o WHERE o.external_id = s.external_id AND o.row_number < s.row_number)"
    ).format(STAGE)
    yield Rule(
        "external_id", _("stands in an earlier row too"), _("Keep one row for each identifier."), again, own
    )


def _area_rules(access: Access, names: list[str]) -> Iterator[Rule]:
    """Neither the new place nor that of the row which it would change may lie where the actor may not write."""
    if access.write is Extent.CITY:
        return
    (fresh, new), (standing, old) = access.writable_rows("s"), access.writable_rows("t")
    there = sql.SQL("EXISTS (SELECT FROM {} t WHERE t.external_id = s.external_id AND NOT {})").format(
        sql.Identifier(access.collection.table), standing
    )
    outside = sql.SQL("{} OR NOT {}").format(there, fresh) if "geom" in names else there
    params = (*old, *new) if "geom" in names else tuple(old)
    yield Rule("geom", *rules.outside_areas(), outside, sql.SQL("s.external_id"), params)


def _geometry_rules(collection: Collection) -> Iterator[Rule]:
    kind = collection.geometry_type or ""
    empty = sql.SQL("s.geom IS NULL OR ST_IsEmpty(s.geom)")
    yield Rule("geom", *rules.empty_geometry(), empty, sql.SQL("ST_GeometryType(s.geom)"))
    yield Rule(
        "geom",
        *rules.wrong_geometry(kind),
        sql.SQL("ST_GeometryType(s.geom) <> %s"),
        sql.SQL("ST_GeometryType(s.geom)"),
        (_SINGLE[kind],),
    )
    yield Rule(
        "geom",
        *rules.invalid_geometry(),
        sql.SQL("NOT ST_IsValid(s.geom)"),
        sql.SQL("ST_IsValidReason(s.geom)"),
    )
    yield Rule(
        "geom",
        *rules.outside_city(),
        sql.SQL("NOT s.geom @ ST_MakeEnvelope(%s, %s, %s, %s, 4326)"),
        sql.SQL("ST_AsText(ST_PointOnSurface(s.geom), 5)"),
        settings.CITY.bbox.as_tuple(),
    )


def _choice_rules(collection: Collection, name: str) -> Iterator[Rule]:
    field = collection.field(name)
    if field is None or not field.choices:
        return
    codes = [code for code, _title in field.choices]
    column = sql.SQL("s.{}").format(sql.Identifier(name))
    yield Rule(
        name,
        *rules.unknown_choice(codes),
        sql.SQL("{} <> ALL (%s)").format(column),
        column,
        (codes,),
    )


def _length_rules(collection: Collection, name: str) -> Iterator[Rule]:
    longest = getattr(collection.model._meta.get_field(name), "max_length", None)
    if longest:
        column = sql.SQL("s.{}").format(sql.Identifier(name))
        broken = sql.SQL("char_length({}) > %s").format(column)
        yield Rule(name, *rules.too_long(longest), broken, column, (longest,))


def _required_rules(collection: Collection, names: list[str]) -> Iterator[Rule]:
    """A new row needs every column that has neither a default nor the right to be empty."""
    for name in names:
        field = collection.model._meta.get_field(name) if name != "geom" else None
        if field is not None and not field.null:
            column = sql.SQL("s.{}").format(sql.Identifier(name))
            yield Rule(name, *rules.missing(), sql.SQL("{} IS NULL").format(column), sql.SQL("NULL"))
    absent = [f.name for f in collection.fields if f.required and f.name not in names]
    if collection.geometry_type and "geom" not in names:
        absent.append("geom")
    if absent:
        new = sql.SQL("NOT EXISTS (SELECT FROM {} t WHERE t.external_id = s.external_id)").format(
            sql.Identifier(collection.table)
        )
        cure = _("Give %(columns)s, or the identifier of an existing feature.") % {
            "columns": ", ".join(absent)
        }
        yield Rule("external_id", _("is not known"), cure, new, sql.SQL("s.external_id"))


def _constraint_rules(collection: Collection, names: list[str]) -> Iterator[Rule]:
    """The table's own CHECK constraints, as far as they speak only of staged columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conname, pg_get_expr(c.conbin, c.conrelid), array_agg(a.attname::text) FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
            " WHERE c.contype = 'c' AND c.conrelid = %s::regclass GROUP BY 1, 2 ORDER BY 1",
            [collection.table],
        )
        constraints = cursor.fetchall()
    for name, expression, used in constraints:
        plain = [column for column in used if column != "geom"]
        if plain and set(used) <= set(names):
            yield Rule(
                plain[0],
                *rules.breaks_constraint(name, expression),
                sql.SQL("NOT ({})").format(sql.SQL(expression.replace("%", "%%"))),
                sql.SQL("s.{}").format(sql.Identifier(plain[0])),
            )
