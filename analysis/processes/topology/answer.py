"""A plan as edits for the one door, and as the outputs of a process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from analysis.processes.topology.surroundings import Surroundings
from analysis.topology import Plan, area_m2, length_m, to_degrees
from layers.services.edit import Create, Delete, Edit, Edited, Patch

Feature = dict[str, Any]


def edits_of(collection: str, plan: Plan, versions: Mapping[int, int]) -> list[Edit]:
    """In this order: changed, created, removed."""
    return [
        *(Patch(collection, id, {"geometry": geojson(shape)}, versions[id]) for id, shape in plan.changed),
        *(
            Create(
                collection, {"type": "Feature", "geometry": geojson(shape), "properties": {}}, copy_of=origin
            )
            for origin, shape in plan.created
        ),
        *(Delete(collection, id, versions[id]) for id in plan.removed),
    ]


def changes_of(plan: Plan, around: Surroundings, done: tuple[Edited, ...] | None) -> dict[str, Any]:
    """A GeoJSON FeatureCollection in the order of edits_of. done: what was written; a preview has none."""
    features = list(_features(plan, around))
    for feature, edited in zip(features, done or (), strict=False):
        feature["id"] = edited.id
        feature["properties"]["version"] = edited.version
    return {"type": "FeatureCollection", "features": features}


def _features(plan: Plan, around: Surroundings) -> Iterator[Feature]:
    before = around.scene.shapes
    for id, shape in plan.changed:
        yield _feature("changed", id, around.features[id].version, id, before[id], shape)
    for origin, shape in plan.created:
        yield _feature("created", None, None, origin, None, shape)
    for id in plan.removed:
        yield _feature("removed", id, around.features[id].version, id, before[id], None)


def _feature(
    action: str,
    id: int | None,
    version: int | None,
    origin: int,
    before: BaseGeometry | None,
    after: BaseGeometry | None,
) -> Feature:
    """`version`: the one that the change is made from; once written, the new one. `from`: whose ground it was."""
    name, measure = measured(before if before is not None else after)
    sizes = {"before": _size(measure, before), "after": _size(measure, after)}
    return {
        "type": "Feature",
        "id": id,
        "geometry": geojson(after) if after is not None else None,
        "properties": {"action": action, "version": version, "from": origin, name: sizes},
    }


def measured(shape: BaseGeometry | None) -> tuple[str, Any]:
    """Name of the measure, and the function."""
    areas = shape is not None and "Polygon" in shape.geom_type
    return ("area_m2", area_m2) if areas else ("length_m", length_m)


def _size(measure: Any, shape: BaseGeometry | None) -> float:
    return 0.0 if shape is None else round(float(measure(shape)), 3)


def totals_of(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Features and measure of all that changes, before and after."""
    rows = [feature["properties"] for feature in changes["features"]]
    name = "area_m2" if rows and "area_m2" in rows[0] else "length_m"
    actions = [row["action"] for row in rows]
    return {
        "features": {
            "before": len(rows) - actions.count("created"),
            "after": len(rows) - actions.count("removed"),
        },
        name: {side: round(sum(row[name][side] for row in rows), 3) for side in ("before", "after")},
    }


def geojson(shape: BaseGeometry) -> dict[str, Any]:
    """Of a shape on the grid, in CRS84."""
    found: dict[str, Any] = json.loads(shapely.to_geojson(to_degrees(shape)))
    return found
