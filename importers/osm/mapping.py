"""Which OpenStreetMap tags become which feature: the table. docs/osm-mapping.md is made from it.

A line reads: this collection takes objects with these tags, and sets these fields. The first line that fits counts,
collection by collection; one object may stand in several collections (a shelter is furniture and a building).
Tags are written key=value|value, key=* (any value but "no") and key!=value, joined by " & ".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from importers.osm import values


class Shape(StrEnum):
    """What an object must be drawn as to become a feature."""

    POINT = "point"  # a node
    PLACE = "place"  # a node, or a point inside an area or on a line
    LINE = "line"
    AREA = "area"  # a closed way or a multipolygon


SHAPES: dict[str, Shape] = {
    "streets": Shape.LINE,
    "buildings": Shape.AREA,
    "water": Shape.AREA,
    "green-spaces": Shape.AREA,
    "districts": Shape.AREA,
    "trees": Shape.POINT,
    "street-furniture": Shape.PLACE,
    "waste-containers": Shape.PLACE,
    "disposal-sites": Shape.PLACE,
    "places": Shape.POINT,
}
# Filled by names.py: name_fr, name_ar, name_en. Places are no collection, but what districts can be made of.
NAMED = frozenset({"streets", "water", "green-spaces", "districts", "disposal-sites", "places"})


@dataclass(frozen=True)
class Condition:
    """One key and what its value must be (`values` empty: anything but "no") or must not be."""

    key: str
    values: frozenset[str]
    negated: bool

    @classmethod
    def parse(cls, text: str) -> Condition:
        key, _equals, wanted = text.strip().partition("=")
        options = frozenset() if wanted == "*" else frozenset(wanted.split("|"))
        return cls(key.removesuffix("!"), options, key.endswith("!"))

    def holds(self, tags: Mapping[str, str]) -> bool:
        value = tags.get(self.key)
        fits = value in self.values if self.values else value not in (None, "no")
        return fits != self.negated


@dataclass(frozen=True)
class Rule:
    """Objects with these tags belong to this collection, with these values in its fields."""

    collection: str
    tags: str
    sets: Mapping[str, str]

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(Condition.parse(part) for part in self.tags.split(" & "))

    def fits(self, tags: Mapping[str, str]) -> bool:
        return all(condition.holds(tags) for condition in self.conditions)


@dataclass(frozen=True)
class FieldRule:
    """One field, read from the values of these keys (None where an object lacks the key)."""

    collection: str
    field: str
    keys: tuple[str, ...]
    read: Callable[..., object]
    note: str


def _rule(collection: str, tags: str, **sets: str) -> Rule:
    return Rule(collection, tags, sets)


RULES: tuple[Rule, ...] = (
    # Streets: every way that somebody may travel; who may is the field access.
    _rule("streets", "highway=motorway|motorway_link", street_class="motorway"),
    _rule("streets", "highway=trunk|trunk_link", street_class="trunk"),
    _rule("streets", "highway=primary|primary_link", street_class="primary"),
    _rule("streets", "highway=secondary|secondary_link", street_class="secondary"),
    _rule("streets", "highway=tertiary|tertiary_link", street_class="tertiary"),
    _rule("streets", "highway=unclassified|road", street_class="unclassified"),
    _rule("streets", "highway=residential", street_class="residential"),
    _rule("streets", "highway=living_street", street_class="living_street"),
    _rule("streets", "highway=service|busway|bus_guideway", street_class="service"),
    _rule("streets", "highway=pedestrian", street_class="pedestrian"),
    _rule("streets", "highway=track|bridleway", street_class="track"),
    _rule("streets", "highway=cycleway", street_class="cycleway"),
    _rule("streets", "highway=path & bicycle=designated & foot!=designated", street_class="cycleway"),
    _rule("streets", "highway=footway|path|corridor", street_class="footway"),
    _rule("streets", "highway=steps", street_class="steps"),
    # Buildings and water. The sea is closed from natural=coastline (sea.py).
    _rule("buildings", "building=* & building!=roof|ruins|construction|demolished"),
    _rule("water", "natural=water"),
    _rule("water", "waterway=riverbank|dock"),
    _rule("water", "landuse=reservoir|basin|pond"),
    # Green spaces: what is green on the ground. Pitches only where the surface is grass.
    _rule("green-spaces", "leisure=park", kind="park"),
    _rule("green-spaces", "leisure=garden", kind="garden"),
    _rule("green-spaces", "landuse=flowerbed", kind="garden"),
    _rule("green-spaces", "landuse=village_green", kind="square"),
    _rule("green-spaces", "landuse=forest", kind="forest"),
    _rule("green-spaces", "natural=wood", kind="forest"),
    _rule("green-spaces", "leisure=playground", kind="playground"),
    _rule("green-spaces", "leisure=pitch & surface=grass", kind="sports"),
    _rule("green-spaces", "leisure=golf_course", kind="sports"),
    _rule("green-spaces", "landuse=recreation_ground", kind="sports"),
    _rule("green-spaces", "landuse=cemetery", kind="cemetery"),
    _rule("green-spaces", "amenity=grave_yard", kind="cemetery"),
    _rule("green-spaces", "landuse=allotments", kind="allotments"),
    _rule("green-spaces", "landuse=grass|meadow", kind="grass"),
    _rule("green-spaces", "natural=grassland", kind="grass"),
    _rule("green-spaces", "leisure=dog_park", kind="other"),
    _rule("green-spaces", "natural=scrub|heath|shrubbery", kind="other"),
    # Districts: of the levels 8 to 10, the finest one that holds most streets (districts.py).
    _rule("districts", "boundary=administrative & admin_level=8|9|10"),
    _rule("places", "place=borough|suburb|quarter|neighbourhood|city_block|town|village|hamlet"),
    _rule("trees", "natural=tree"),
    # Street furniture.
    _rule("street-furniture", "amenity=bench", kind="bench"),
    _rule("street-furniture", "highway=street_lamp", kind="lamp"),
    _rule("street-furniture", "amenity=waste_basket", kind="bin"),
    _rule("street-furniture", "amenity=drinking_water|fountain|water_point", kind="fountain"),
    _rule("street-furniture", "man_made=water_tap|drinking_fountain", kind="fountain"),
    _rule("street-furniture", "amenity=shelter", kind="shelter"),
    _rule("street-furniture", "highway=bus_stop & shelter=*", kind="shelter"),
    _rule("street-furniture", "amenity=toilets", kind="toilet"),
    _rule("street-furniture", "amenity=bicycle_parking", kind="bicycle_parking"),
    _rule("street-furniture", "amenity=post_box", kind="post_box"),
    _rule("street-furniture", "emergency=fire_hydrant", kind="hydrant"),
    _rule("street-furniture", "barrier=bollard", kind="bollard"),
    _rule("street-furniture", "tourism=artwork", kind="artwork"),
    _rule("street-furniture", "highway=bus_stop|traffic_signals", kind="other"),
    _rule("street-furniture", "amenity=clock|telephone|vending_machine|bbq|charging_station", kind="other"),
    _rule("street-furniture", "man_made=surveillance|flagpole", kind="other"),
    _rule("street-furniture", "leisure=picnic_table", kind="other"),
    _rule("street-furniture", "tourism=information & information=board|map|guidepost", kind="other"),
    # Waste. A recycling point becomes one container for each fraction that it takes (FRACTIONS).
    _rule("waste-containers", "amenity=recycling & recycling_type!=centre"),
    _rule("waste-containers", "amenity=waste_disposal"),
    _rule("disposal-sites", "amenity=waste_transfer_station"),
)

FIELDS: tuple[FieldRule, ...] = (
    FieldRule("streets", "one_way", ("oneway", "junction", "highway"), values.one_way,
              "-1 is backward; roundabouts and motorways are forward unless oneway=no; reversible is planned as drawn"),
    FieldRule("streets", "access", ("motorcar", "motor_vehicle", "vehicle", "access", "highway"), values.motor_access,
              "the most specific tag counts; ways for walking and cycling are closed unless a motor tag opens them"),
    FieldRule("streets", "speed_kmh", ("maxspeed",), values.speed_kmh,
              "km/h, mph, walk (5) and country zones such as MA:urban"),
    FieldRule("streets", "lanes", ("lanes",), values.count, "a whole number"),
    FieldRule("streets", "width_m", ("width", "est_width"), values.first(values.metres), "m, cm, ft or feet'inches\""),
    FieldRule("streets", "surface", ("surface",), values.word, "as tagged"),
    FieldRule("streets", "max_height_m", ("maxheight", "maxheight:physical"), values.first(values.metres),
              "default and none say nothing"),
    FieldRule("streets", "max_width_m", ("maxwidth", "maxwidth:physical"), values.first(values.metres),
              "m, cm, ft or feet'inches\"; default and none say nothing"),
    FieldRule("streets", "slope_pct", ("incline",), values.slope_pct,
              "% or degrees, above 0 up along the way; up and down say no number"),
    FieldRule("streets", "max_weight_t", ("maxweight", "maxweightrating"), values.first(values.tonnes),
              "t, kg, st or lbs"),
    FieldRule("streets", "bridge_level", ("layer", "bridge", "tunnel"), values.bridge_level,
              "layer; without it 1 for a bridge and -1 for a tunnel"),
    FieldRule("buildings", "use", ("building",), values.word, "as tagged; yes says nothing"),
    FieldRule("buildings", "levels", ("building:levels",), values.count, "a whole number"),
    FieldRule("buildings", "height_m", ("height", "building:height"), values.first(values.metres), "m, cm or ft"),
    FieldRule("green-spaces", "access", ("access", "fee", "garden:type", "leisure"), values.green_access,
              "private, no: private; customers, members, a fee: restricted; house gardens private, golf restricted"),
    FieldRule("districts", "code", ("ref:INSEE", "ref"), values.first(values.word), "as tagged"),
    FieldRule("districts", "population", ("population",), values.count, "a whole number"),
    FieldRule("districts", "admin_level", ("admin_level",), values.count, "only to choose the level"),
    FieldRule("places", "place", ("place",), values.word, "as tagged"),
    FieldRule("places", "population", ("population",), values.count, "a whole number"),
    FieldRule("trees", "species", ("species", "taxon", "genus"), values.first(values.phrase), "as tagged"),
    FieldRule("trees", "crown_diameter_m", ("diameter_crown",), values.metres, "m, cm or ft"),
    FieldRule("trees", "height_m", ("height", "est_height"), values.first(values.metres), "m, cm or ft"),
    FieldRule("trees", "planted_year", ("start_date", "planted_date"), values.first(values.year), "the year in it"),
    FieldRule("street-furniture", "material", ("material",), values.word, "as tagged"),
)  # fmt: skip

# recycling:KEY=yes of amenity=recycling, and waste=KEY of amenity=waste_disposal -> fraction of the container.
FRACTIONS: dict[str, str] = {
    "glass": "glass", "glass_bottles": "glass",
    "paper": "paper", "cardboard": "paper", "paper_packaging": "paper", "newspaper": "paper", "magazines": "paper",
    "books": "paper",
    "plastic": "plastic", "plastic_bottles": "plastic", "plastic_packaging": "plastic", "packaging": "plastic",
    "PMD": "plastic", "beverage_cartons": "plastic",
    "cans": "metal", "metal": "metal", "scrap_metal": "metal", "aluminium": "metal",
    "clothes": "textile", "textiles": "textile", "shoes": "textile",
    "organic": "organic", "green_waste": "organic", "food_waste": "organic", "compost": "organic",
    "waste": "mixed", "mixed": "mixed", "trash": "mixed", "garbage": "mixed",
    "batteries": "other", "electrical_items": "other", "small_appliances": "other", "cooking_oil": "other",
    "low_energy_bulbs": "other", "wood": "other", "cigarettes": "other", "dog_excrement": "other",
}  # fmt: skip

# relation type=restriction -> turn-restrictions, by the tag restriction (else restriction:motorcar, restriction:hgv).
RESTRICTIONS = frozenset(
    {"no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "only_left_turn", "only_right_turn"}
    | {"only_straight_on"}
)
RESTRICTION_KEYS = ("restriction", "restriction:motorcar", "restriction:hgv")

_TAKES = {
    Shape.POINT: {Shape.POINT, Shape.PLACE},
    Shape.LINE: {Shape.LINE},
    Shape.AREA: {Shape.AREA, Shape.PLACE},
}


def _index(drawn_as: Shape) -> dict[str, list[tuple[int, Rule]]]:
    """Rules with their line number by the key they ask for first: most objects have none of them."""
    index: dict[str, list[tuple[int, Rule]]] = {}
    for line, rule in enumerate(RULES):
        if SHAPES[rule.collection] in _TAKES[drawn_as]:
            index.setdefault(rule.conditions[0].key, []).append((line, rule))
    return index


_BY_KEY = {drawn_as: _index(drawn_as) for drawn_as in _TAKES}


def rules_for(tags: Mapping[str, str], drawn_as: Shape) -> list[Rule]:
    """The first rule of each collection that fits an object drawn as a point (node), line or area."""
    index = _BY_KEY[drawn_as]
    found: dict[str, tuple[int, Rule]] = {}
    for key in tags.keys() & index.keys():
        for line, rule in index[key]:
            if (rule.collection not in found or line < found[rule.collection][0]) and rule.fits(tags):
                found[rule.collection] = line, rule
    return [rule for _line, rule in sorted(found.values(), key=lambda entry: entry[0])]


def properties(rule: Rule, tags: Mapping[str, str]) -> dict[str, object]:
    """Field values of one object, names apart."""
    read = {f.field: f.read(*map(tags.get, f.keys)) for f in FIELDS if f.collection == rule.collection}
    return {**rule.sets, **read}


def columns_of(collection: str) -> tuple[str, ...]:
    """The fields that the table fills in this collection, names apart."""
    fixed = [field for rule in RULES if rule.collection == collection for field in rule.sets]
    return tuple(dict.fromkeys([*fixed, *(f.field for f in FIELDS if f.collection == collection)]))


def fractions(tags: Mapping[str, str]) -> list[str]:
    """What the containers at this waste amenity take: one entry a container, sorted; "other" where nothing is said."""
    if tags.get("amenity") == "waste_disposal":
        return [FRACTIONS.get(tags.get("waste", "mixed"), "mixed")]
    accepted = {
        FRACTIONS.get(key.removeprefix("recycling:"), "other")
        for key, value in tags.items()
        if key.startswith("recycling:") and value != "no"
    }
    return sorted(accepted) or ["other"]


def filter_keys() -> tuple[str, ...]:
    """Keys of which an object must have one to be looked at."""
    return tuple(sorted({rule.conditions[0].key for rule in RULES}))
