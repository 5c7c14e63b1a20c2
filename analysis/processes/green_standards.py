"""Access standards of a city: how far, how large and by which way, each figure from the city file with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from analysis.green.nearness import LINE, WALK
from gis_core.city import City, Threshold


@dataclass(frozen=True)
class Standard:
    """Share of people within `distance` of public green of at least `min_area`: names of thresholds, or hectares."""

    id: str
    by: str
    distance: str
    min_area: str | float

    def needs(self) -> tuple[str, ...]:
        return (self.distance, *([self.min_area] if isinstance(self.min_area, str) else []))


@dataclass(frozen=True)
class Rule:
    """A standard with its figures."""

    id: str
    by: str
    distance_m: float
    min_area_ha: float
    origin: Mapping[str, str]

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"distance_m": self.distance_m, "min_area_ha": self.min_area_ha, **self.origin}


STANDARDS = (
    Standard("green_access_line", LINE, "green_access_m", "green_access_min_ha"),
    Standard("green_access_walk", WALK, "green_access_m", "green_access_min_ha"),
    Standard("sdg_11_7_1_access", WALK, "sdg_11_7_1_walk_m", 0.0),
    *(Standard(f"angst_{ha}_ha", LINE, f"angst_{ha}_ha_m", float(ha)) for ha in (2, 20, 100, 500)),
    *(
        Standard(f"ags_{name}", LINE, f"ags_{name}_m", f"ags_{name}_min_ha")
        for name in ("doorstep", "local", "neighbourhood", "wider_neighbourhood", "district", "subregional")
    ),
)
RULE_3_30_300 = (
    "rule_3_trees",
    "rule_3_trees_within_m",
    "rule_30_canopy_pct",
    "rule_300_m",
    "rule_300_min_ha",
)


def usable(city: City) -> tuple[tuple[Rule, ...], dict[str, list[str]]]:
    """The standards that the city file has thresholds for, and by id what the others miss."""
    rules, missing = [], {}
    for standard in STANDARDS:
        if lacks := [key for key in standard.needs() if key not in city.thresholds]:
            missing[standard.id] = lacks
        else:
            rules.append(_rule(standard, city))
    return tuple(rules), missing


def thresholds_of(city: City) -> list[dict[str, Any]]:
    """Every threshold that any of it uses, JSON-ready with source and date."""
    keys = [key for standard in STANDARDS for key in standard.needs()] + list(RULE_3_30_300)
    return [as_json(city.thresholds[key]) for key in dict.fromkeys(keys) if key in city.thresholds]


def origin_of(city: City, *keys: str) -> dict[str, str]:
    """Where the thresholds of a figure come from, and since when all of them hold: it stands with the figure."""
    used = [city.threshold(key) for key in keys]
    sources = "; ".join(dict.fromkeys(threshold.source for threshold in used))
    return {"source": sources, "valid_from": max(threshold.valid_from for threshold in used).isoformat()}


def as_json(threshold: Threshold) -> dict[str, Any]:
    return {**asdict(threshold), "valid_from": threshold.valid_from.isoformat()}


def _rule(standard: Standard, city: City) -> Rule:
    least = standard.min_area
    min_area_ha = city.threshold(least).value if isinstance(least, str) else least
    distance_m = city.threshold(standard.distance).value
    return Rule(standard.id, standard.by, distance_m, min_area_ha, origin_of(city, *standard.needs()))
