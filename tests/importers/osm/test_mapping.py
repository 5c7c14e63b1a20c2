from pathlib import Path

import pytest

from importers.osm.mapping import (
    FIELDS,
    FRACTIONS,
    RESTRICTIONS,
    RULES,
    SHAPES,
    Shape,
    columns_of,
    fractions,
    rules_for,
)
from importers.osm.mapping_page import render
from layers.registry import get_collection

PAGE = Path(__file__).parents[3] / "docs" / "osm-mapping.md"


def test_page_says_what_the_table_says():
    assert PAGE.read_text(encoding="utf-8") == render(), (
        "run: python -m importers.osm.mapping_page > docs/osm-mapping.md"
    )


@pytest.mark.parametrize("collection", sorted(set(SHAPES) - {"places"}))
def test_table_fills_only_columns_and_choices_that_exist(collection):
    target = get_collection(collection)
    assert set(columns_of(collection)) - {"admin_level"} <= set(target.writable)
    for rule in (r for r in RULES if r.collection == collection):
        for name, value in rule.sets.items():
            assert value in dict(target.field(name).choices), f"{rule.tags}: {name}={value}"


def test_fractions_and_restrictions_are_known_values():
    assert set(FRACTIONS.values()) <= set(dict(get_collection("waste-containers").field("fraction").choices))
    assert set(RESTRICTIONS) == set(dict(get_collection("turn-restrictions").field("kind").choices))


def test_every_field_rule_belongs_to_a_collection_with_rules():
    assert {f.collection for f in FIELDS} <= {rule.collection for rule in RULES} == set(SHAPES)


def test_object_stands_in_several_collections_but_once_in_each():
    found = [
        (r.collection, dict(r.sets)) for r in rules_for({"building": "yes", "amenity": "toilets"}, Shape.AREA)
    ]
    assert found == [("buildings", {}), ("street-furniture", {"kind": "toilet"})]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"leisure": "pitch", "surface": "grass"}, ["green-spaces"]),
        ({"leisure": "pitch", "surface": "asphalt"}, []),
        ({"building": "no"}, []),
        ({"building": "roof"}, []),
        ({"natural": "water"}, ["water"]),
        ({"amenity": "recycling", "recycling_type": "centre"}, []),
    ],
)
def test_rules_for_areas(tags, expected):
    assert [rule.collection for rule in rules_for(tags, Shape.AREA)] == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (
            {
                "amenity": "recycling",
                "recycling:glass": "yes",
                "recycling:paper": "yes",
                "recycling:cardboard": "yes",
            },
            ["glass", "paper"],
        ),
        ({"amenity": "recycling", "recycling:glass": "no"}, ["other"]),
        ({"amenity": "recycling", "recycling:mobile_phones": "yes"}, ["other"]),
        ({"amenity": "waste_disposal"}, ["mixed"]),
        ({"amenity": "waste_disposal", "waste": "organic"}, ["organic"]),
    ],
)
def test_fractions_of_waste_amenity(tags, expected):
    assert fractions(tags) == expected
