"""What people call the keys of a job's inputs and outputs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.rules.names import NAMES
from frontend.scenario_texts import INDICATORS
from layers.catalog.indicators.titles import TITLES as INDICATOR_TITLES
from layers.definitions import unit_of
from layers.registry import COLLECTIONS

_TITLES = {
    "access": _("Within reach"),
    "added": _("Added"),
    "baseline": _("Nearest-neighbour plan"),
    "budget": _("Budget"),
    "changed": _("Changed"),
    "changed_at": _("Last changed"),
    "chosen": _("Chosen, in order"),
    "collection": _("Collection"),
    "columns": _("Columns"),
    "containers": _("Containers"),
    "cost": _("Cost"),
    "count": _("Number"),
    "coverage": _("Coverage"),
    "cure": _("Cure"),
    "cures": _("Cures"),
    "date": _("Day of service"),
    "depot": _("Depot"),
    "distance": _("Distance"),
    "duration": _("Duration"),
    "external_id": _("Identifier"),
    "features": _("Features"),
    "field": _("Field"),
    "fraction": _("Fraction"),
    "gap": _("Gap to the best"),
    "id": _("Identifier"),
    "load": _("Load"),
    "max": _("Largest value"),
    "mean": _("Mean value"),
    "method": _("Method"),
    "min": _("Smallest value"),
    "name_fr": _("Name"),
    "newly_served": _("People newly served"),
    "parcel": _("Parcel"),
    "place": _("Place"),
    "pollutant": _("Pollutant"),
    "population": _("Inhabitants"),
    "rank": _("Rank"),
    "reason": _("Reason"),
    "rejected": _("Rejected"),
    "removed": _("Removed"),
    "revision": _("Revision"),
    "row": _("Row"),
    "rows": _("Rows"),
    "rule": _("Rule"),
    "saved": _("Saved"),
    "served": _("Containers served"),
    "served_per_million": _("People for a million"),
    "share": _("Share"),
    "source": _("Source"),
    "tips": _("Visits to a disposal site"),
    "together": _("Together"),
    "unchanged": _("Unchanged"),
    "unit": _("Unit"),
    "unreachable": _("Out of reach"),
    "unserved": _("Not served"),
    "used": _("Used"),
    "valid_from": _("Valid from"),
    "value": _("Value"),
    "vehicles": _("Vehicles"),
}
_LONG_UNITS = {"_ug_m3": "µg/m³", "_h": "h"}  # beside those of layers.definitions


def key_title(key: str) -> str:
    """`distance_km` -> "Distance (km)", `green-spaces` -> "Green spaces"; an unknown key in plain words."""
    base, unit = _split(key)
    return known_title(key) or _with_unit(base.replace("_", " ").replace("-", " ").capitalize(), unit)


def known_title(key: str) -> str | None:
    """The title of a key that has one."""
    if key in COLLECTIONS:
        return str(COLLECTIONS[key].title)
    if key in NAMES:
        return str(NAMES[key])
    base, unit = _split(key)
    title = _TITLES.get(base) or NAMES.get(base) or _field_title(key) or _indicator_title(key)
    return _with_unit(str(title), unit) if title else None


def _with_unit(title: str, unit: str | None) -> str:
    return f"{title} ({unit})" if unit else title


def _split(key: str) -> tuple[str, str | None]:
    """The key without its unit, and the unit as written."""
    for ending, unit in _LONG_UNITS.items():
        if key.endswith(ending):
            return key.removesuffix(ending), unit
    unit = unit_of(key) if "_" in key else None
    return (key.rpartition("_")[0], unit) if unit and "_per_" not in key else (key, None)


def _field_title(key: str) -> str | None:
    """The title of a field of that name in any collection."""
    fields = (collection.field(key) for collection in COLLECTIONS.values())
    return next((str(field.title) for field in fields if field), None)


def _indicator_title(key: str) -> str | None:
    """Of what scenarios and indicators are called by, with or without the unit."""
    if key in INDICATORS:
        return INDICATORS[key]()
    title = INDICATOR_TITLES.get(key) or INDICATOR_TITLES.get(f"{key}_pct")
    return str(title) if title else None
