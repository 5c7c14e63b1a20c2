"""What a person needs to merge: the version they began with, what others made of it, and what they made of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from gis_core.errors import PreconditionFailed
from layers.policy import Access
from layers.queries.versions import sees_people
from layers.services.rows import Row, answered
from layers.services.statements import last_change_sql, version_sql

if TYPE_CHECKING:
    from layers.services.edit import Delete, Patch, Replace

Feature = dict[str, Any]


def conflict_of(
    access: Access, feature_id: int, expected: int, edit: Replace | Patch | Delete, row: Row | None
) -> PreconditionFailed:
    """`row` is None when the feature was deleted meanwhile."""
    label, version, at, reason = _last_change(access, feature_id)
    base = _version(access, feature_id, expected)
    told = (reason or {}) if sees_people(access.actor) else {}
    how = "deleted" if label == "delete" else "changed"
    detail = (
        f"Feature {feature_id} of {access.collection.id} was {how} after your version {expected}: it is at version"
        f" {version} now. Merge, and send again with the version that you merged with."
    )
    return PreconditionFailed(
        detail,
        version=version,
        base=base,
        theirs=json.loads(answered(access, row.feature)) if row else None,
        yours=_yours(edit, base),
        changed_by=told.get("actor", ""),
        changed_at=at.isoformat() if at else None,
        comment=told.get("comment", ""),
        unconditional=bool(told.get("unconditional")),
    )


def is_gone(access: Access, feature_id: int) -> bool:
    return _last_change(access, feature_id)[0] == "delete"


def _last_change(access: Access, feature_id: int) -> tuple[str, int, Any, dict[str, Any] | None]:
    with connection.cursor() as cursor:
        cursor.execute(*last_change_sql(access.collection, feature_id))
        found = cursor.fetchone() or ("", 0, None, None)
    reason = json.loads(found[3]) if isinstance(found[3], str) else found[3]
    return found[0], found[1], found[2], reason


def _version(access: Access, feature_id: int, version: int) -> Feature | None:
    with connection.cursor() as cursor:
        cursor.execute(*version_sql(access, feature_id, version))
        found = cursor.fetchone()
    return json.loads(found[0]) if found else None


def _yours(edit: Replace | Patch | Delete, base: Feature | None) -> Feature | None:
    """What the feature would be if nobody else had changed it; None for a delete."""
    if hasattr(edit, "feature"):
        return dict(edit.feature)
    patch = getattr(edit, "patch", None)
    if patch is None:
        return None
    found = dict(base or {"type": "Feature", "geometry": None, "properties": {}})
    found["properties"] = {**found["properties"], **(patch.get("properties") or {})}
    return {**found, "geometry": patch["geometry"]} if "geometry" in patch else found
