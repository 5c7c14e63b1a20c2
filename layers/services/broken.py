"""One broken rule, as the answer to an edit tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from layers.services.rules import Rule


@dataclass(frozen=True)
class Broken:
    """`location` is a GeoJSON Point and `proposal` a GeoJSON geometry that keeps the rule, both in CRS84."""

    field: str
    rule: Rule
    value: Any = None
    location: dict[str, Any] | None = None
    proposal: dict[str, Any] | None = None

    def as_dict(self, collection: str, feature_id: int | None) -> dict[str, Any]:
        told = {
            "collection": collection,
            "id": feature_id,
            "field": self.field,
            "rule": self.rule.rule,
            "value": self.value,
            "cure": self.rule.cure,
            "location": self.location,
            "proposal": self.proposal,
        }
        return {key: value for key, value in told.items() if value is not None or key == "value"}
