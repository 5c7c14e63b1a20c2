"""Features as they are now, locked for an edit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from layers.policy import Access
from layers.services.statements import lock_sql


@dataclass(frozen=True)
class Row:
    """`feature` is GeoJSON text with all that the actor may read; `shape` the stored geometry in full precision."""

    id: int
    version: int
    readable: bool
    writable: bool
    feature: str
    shape: BaseGeometry | None

    @cached_property
    def properties(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.feature)["properties"]
        return found

    def changed(self, version: int, feature: str, shape: BaseGeometry | None) -> Row:
        return replace(self, version=version, feature=feature, shape=shape or self.shape)


def answered(access: Access, feature: str) -> str:
    """Of a row's `feature`, what is told to those who did not ask for more."""
    if access.shown == access.fields:
        return feature
    told = json.loads(feature)
    told["properties"] = {f.name: told["properties"][f.name] for f in access.shown}
    return json.dumps(told, ensure_ascii=False)


def lock_rows(access: Access, ids: Sequence[int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(*lock_sql(access, ids))
        return [_row(*found) for found in cursor.fetchall()]


def _row(id: int, version: int, readable: bool, writable: bool, feature: str, wkb: Any) -> Row:
    return Row(
        id, version, readable, writable, feature, None if wkb is None else shapely.from_wkb(bytes(wkb))
    )
