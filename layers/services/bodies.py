"""What an edit's body asks to be written: column values, the new shape, and the rules that they break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from gis_core.errors import InvalidInput
from layers.policy import Access
from layers.services.broken import Broken
from layers.services.rows import Row
from layers.services.shapes import read_shape, same_shape
from layers.services.statements import DEFAULT
from layers.services.values import absent_required, read_values


@dataclass(frozen=True)
class Body:
    """`values` holds only what changes, the geometry as `geom`; `shape` is the new geometry, None when it stays."""

    values: dict[str, Any]
    shape: BaseGeometry | None
    broken: tuple[Broken, ...]


def read_whole(
    access: Access, feature: Mapping[str, Any], row: Row | None, *, srid: int, flips_axes: bool
) -> Body:
    """Of a whole Feature; with a `row`, what is left out goes back to its default unless answers leave it out, too."""
    if feature.get("type") != "Feature":
        raise InvalidInput(f"The body must be a GeoJSON Feature; its type is {feature.get('type')!r}.")
    properties = _properties(feature)
    current = row.properties if row else {}
    values, broken = read_values(access, properties, current)
    if row is None:
        broken += absent_required(access.collection, values)
    else:
        _refuse_other_id(feature, row)
        kept = {*properties, *access.collection.on_request}
        values |= {name: DEFAULT for name in access.writable if name not in kept}
    return _body(access, values, broken, feature.get("geometry"), row, srid, flips_axes)


def read_patch(access: Access, patch: Mapping[str, Any], row: Row, *, srid: int, flips_axes: bool) -> Body:
    """Of a JSON Merge Patch; what it does not name stays."""
    unknown = sorted(set(patch) - {"type", "id", "geometry", "properties", "links", "bbox"})
    if unknown:
        raise InvalidInput(f"A patch has no member {', '.join(unknown)}; use geometry and properties.")
    _refuse_other_id(patch, row)
    values, broken = read_values(access, _properties(patch), row.properties)
    if "geometry" not in patch:
        return Body(_changes(values, row), None, tuple(broken))
    return _body(access, values, broken, patch["geometry"], row, srid, flips_axes)


def _properties(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found = body.get("properties")
    if not isinstance(found, dict | None):
        raise InvalidInput("properties must be a JSON object.")
    return found or {}


def _refuse_other_id(body: Mapping[str, Any], row: Row) -> None:
    if str(body.get("id", row.id)) != str(row.id):
        raise InvalidInput(f"The body says id {body['id']!r}, the address {row.id}; a feature keeps its id.")


def _body(
    access: Access,
    values: dict[str, Any],
    broken: list[Broken],
    geometry: Any,
    row: Row | None,
    srid: int,
    flips_axes: bool,
) -> Body:
    if access.collection.geometry_type is None:
        if geometry is not None:
            raise InvalidInput(f"{access.collection.id} has no geometry; send null.")
        return Body(_changes(values, row), None, tuple(broken))
    shape, faults = read_shape(access.collection, geometry, srid=srid, flips_axes=flips_axes)
    if shape is None:
        return Body({}, None, (*broken, *faults))
    if row is not None and same_shape(row.shape, shape):
        return Body(_changes(values, row), None, tuple(broken))
    return Body({**_changes(values, row), "geom": shape}, shape, (*broken, *faults))


def _changes(values: dict[str, Any], row: Row | None) -> dict[str, Any]:
    """Without what stands there already, so that sending a feature back makes no new version."""
    if row is None:
        return values
    return {name: value for name, value in values.items() if not _stands(row.properties.get(name), value)}


def _stands(current: Any, value: Any) -> bool:
    if value is DEFAULT:
        return current is None or current in ("", [])
    return current == (value.isoformat() if hasattr(value, "isoformat") else value)
