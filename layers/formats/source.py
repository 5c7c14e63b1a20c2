"""What is to be written in some format: the collection, the readable fields, and the SQL of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg import sql

from layers.base import GEOM_SRID, Source
from layers.definitions import Collection, Field

Condition = tuple[sql.Composable, list[Any]]
Query = tuple[sql.Composed, list[Any]]
ALIAS = "t"
DEGREE_DIGITS = 7  # about 1 cm
METRE_DIGITS = 3
LABELS = ("name_fr", "name_ar", "name_en", "reference", "external_id")


@dataclass(frozen=True)
class FeatureSource:
    """Everything that a file tells, in the reader's language, and where its rows come from.

    `relation` is a FROM item called `t` with the collection's columns; `srid` is the CRS of the geometries as they
    are written, x before y; `href` the absolute address of the collection's items.
    """

    id: str
    title: str
    description: str
    fields: tuple[Field, ...]
    geometry_type: str | None
    relation: Condition
    where: Condition
    order: sql.Composable
    srid: int = GEOM_SRID
    limit: int | None = None
    href: str = ""
    provenance: str = ""
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def digits(self) -> int:
        """Decimals of a coordinate in text."""
        return DEGREE_DIGITS if self.srid == GEOM_SRID else METRE_DIGITS

    def has(self, name: str) -> bool:
        return any(f.name == name for f in self.fields)


def feature_source(
    collection: Collection,
    fields: Sequence[Field],
    conditions: Sequence[Condition],
    *,
    relation: Condition | None = None,
    order: sql.Composable | None = None,
    srid: int = GEOM_SRID,
    limit: int | None = None,
    href: str = "",
    attribution: str = "",
) -> FeatureSource:
    """The rows of `collection` (or of `relation`, its past) that meet all conditions; conditions speak of alias `t`.

    Texts are taken in the active language now, because a stream is written after the request.
    """
    moment = datetime.now(UTC)
    spoken = tuple(replace(f, title=str(f.title), choices=()) for f in fields)
    title = str(collection.title)
    return FeatureSource(
        id=collection.id,
        title=title,
        description=str(collection.description),
        fields=spoken,
        geometry_type=collection.geometry_type,
        relation=relation or (sql.SQL("{} AS t").format(sql.Identifier(collection.table)), []),
        where=_all(conditions),
        order=order or column("id"),
        srid=srid,
        limit=limit,
        href=href,
        provenance=_provenance(title, moment, spoken, attribution),
        moment=moment,
    )


def _all(conditions: Sequence[Condition]) -> Condition:
    if not conditions:
        return sql.SQL("true"), []
    text = sql.SQL(" AND ").join(sql.SQL("({})").format(condition) for condition, _params in conditions)
    return text, [value for _condition, params in conditions for value in params]


def _provenance(title: str, moment: datetime, fields: tuple[Field, ...], attribution: str) -> str:
    city = settings.CITY.name.in_language(get_language() or settings.LANGUAGE_CODE)
    told = _("%(title)s, %(city)s, as of %(moment)s, from CasaGIS.") % {
        "title": title,
        "city": city,
        "moment": moment.isoformat(timespec="seconds"),
    }
    if any(f.name == "source" for f in fields):
        told += " " + _(
            "The column source says where each row comes from; rows with %(code)s: %(credit)s."
        ) % {
            "code": Source.OPENSTREETMAP.value,
            "credit": "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright",
        }
    return f"{told} {attribution}".strip()


def column(name: str) -> sql.Identifier:
    return sql.Identifier(ALIAS, name)


def rows_sql(source: FeatureSource, columns: Sequence[sql.Composable]) -> Query:
    """SELECT of these columns over the source's rows, in its order."""
    text = sql.SQL("SELECT {columns} FROM {relation} WHERE {where} ORDER BY {order}{limit}").format(
        columns=sql.SQL(", ").join(columns),
        relation=source.relation[0],
        where=source.where[0],
        order=source.order,
        limit=sql.SQL("" if source.limit is None else " LIMIT %s"),
    )
    limit = [] if source.limit is None else [source.limit]
    return text, [*source.relation[1], *source.where[1], *limit]


def geometry(source: FeatureSource, *, srid: int | None = None) -> sql.Composable:
    """The geometry in the asked CRS (default: the source's); GEOMETRY NULL for a table."""
    if source.geometry_type is None:
        return sql.SQL("NULL::geometry")
    wanted = source.srid if srid is None else srid
    if wanted == GEOM_SRID:
        return column("geom")
    return sql.SQL("ST_Transform({}, {})").format(column("geom"), sql.Literal(wanted))


def plain_text(f: Field) -> sql.Composable:
    """A value as text that needs no explanation: UTC with Z, true and false, lists and objects as JSON."""
    name = column(f.name)
    match f.type:
        case "date-time":
            template = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
            return sql.SQL(f"replace({template}, '.000000Z', 'Z')").format(name)
        case "array" | "object":
            return sql.SQL("to_json({})::text").format(name)
        case _:
            return sql.SQL("{}::text").format(name)


def label(source: FeatureSource) -> sql.Composable:
    """What a person would call the feature, from readable fields only; else its id."""
    names = [sql.SQL("nullif({}::text, '')").format(column(n)) for n in LABELS if source.has(n)]
    return sql.SQL("coalesce({})").format(
        sql.SQL(", ").join([*names, sql.SQL("{}::text").format(column("id"))])
    )
