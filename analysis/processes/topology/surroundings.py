"""The features that a tool looks at: the chosen ones and all that lie near, as the actor may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from analysis.topology import Scene
from gis_core.errors import InvalidInput, NotFound
from layers.policy import Access, Condition
from layers.queries.sql import Query

MOST_FEATURES = 20_000
METRES_PER_DEGREE = (
    50_000.0  # of longitude at 63° of latitude: a margin in degrees that is wide enough everywhere
)
LEVEL = "bridge_level"


@dataclass(frozen=True)
class Found:
    """A feature as it is now; `shape` in degrees, `level` above or below the ground."""

    id: int
    version: int
    external_id: str | None
    level: int
    shape: BaseGeometry


@dataclass(frozen=True)
class Surroundings:
    features: Mapping[int, Found]

    @cached_property
    def scene(self) -> Scene:
        return Scene.of({id: found.shape for id, found in self.features.items()})

    def versions(self, ids: Iterable[int]) -> dict[int, int]:
        return {id: self.features[id].version for id in sorted(ids)}


def read_around(access: Access, ids: Iterable[int], margin_m: float) -> Surroundings:
    """The features and those whose boxes come within the margin. Raises NotFound for one that is not to be seen."""
    wanted = list(ids)
    found = _read(access, around_features(access, wanted, margin_m))
    if missing := [id for id in wanted if id not in found]:
        raise NotFound(f"{access.collection.id} has no feature {missing[0]}.")
    return Surroundings(found)


def read_near(access: Access, shape: BaseGeometry, margin_m: float) -> Surroundings:
    """The features whose boxes come within the margin of the box of a shape in degrees."""
    return Surroundings(_read(access, around_shape(shape, margin_m)))


def around_features(access: Access, ids: list[int], margin_m: float) -> Condition:
    text = sql.SQL(
        "t.id IN (SELECT n.id FROM {table} AS s JOIN {table} AS n ON n.geom && ST_Expand(s.geom, %s)"
        " WHERE s.id = ANY (%s))"
    ).format(table=sql.Identifier(access.collection.table))
    return text, [margin_m / METRES_PER_DEGREE, ids]


def around_shape(shape: BaseGeometry, margin_m: float) -> Condition:
    margin = margin_m / METRES_PER_DEGREE
    return sql.SQL("t.geom && ST_Expand(ST_MakeEnvelope(%s, %s, %s, %s, 4326), %s)"), [*shape.bounds, margin]


def _read(access: Access, where: Condition) -> dict[int, Found]:
    with connection.cursor() as cursor:
        cursor.execute(*features_sql(access, where))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if len(rows) > MOST_FEATURES:
        told = _("More than %(most)s features lie there; choose fewer.") % {"most": MOST_FEATURES}
        raise InvalidInput(told)
    return {row[0]: Found(row[0], row[1], row[2], row[3], shapely.from_wkb(bytes(row[4]))) for row in rows}


def features_sql(access: Access, where: Condition) -> Query:
    """Rows (id, version, external_id, level, WKB) in the order of id, one more than MOST_FEATURES."""
    readable, params = access.rows("t")
    levelled = access.collection.field(LEVEL) is not None
    text = sql.SQL(
        "SELECT t.id, t.version, t.external_id, {level}, ST_AsBinary(t.geom) FROM {table} AS t"
        " WHERE {where} AND {readable} ORDER BY t.id LIMIT %s"
    ).format(
        level=sql.Identifier("t", LEVEL) if levelled else sql.Literal(0),
        table=sql.Identifier(access.collection.table),
        where=where[0],
        readable=readable,
    )
    return text, [*where[1], *params, MOST_FEATURES + 1]
