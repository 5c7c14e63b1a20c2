import pytest

from importers.osm.names import NameRule, split_scripts

CASABLANCA = NameRule(("fr", "ar", "en"), "MA")
CAIRO = NameRule(("ar", "en", "fr"), "EG")
RABAT_ARABIC_FIRST = NameRule(("ar", "fr", "en"), "MA")
HELSINKI = NameRule(("en", "fr", "ar"), "FI")


@pytest.mark.parametrize(
    ("rule", "tags", "expected"),
    [
        (CASABLANCA, {"name": "Rue Allal"}, ("Rue Allal", "", "")),
        (CASABLANCA, {"name": "شارع علال"}, ("", "شارع علال", "")),
        (CASABLANCA, {"name": "Rue Allal شارع علال"}, ("Rue Allal", "شارع علال", "")),
        (CASABLANCA, {"name": "Rue Allal ⴰⴱⵔⵉⴷ شارع علال"}, ("Rue Allal", "شارع علال", "")),
        (CASABLANCA, {"name": "ⴰⴱⵔⵉⴷ"}, ("ⴰⴱⵔⵉⴷ", "", "")),
        (CAIRO, {"name": "Tahrir Square"}, ("", "", "Tahrir Square")),
        (RABAT_ARABIC_FIRST, {"name": "Avenue Mohammed V"}, ("Avenue Mohammed V", "", "")),
        (HELSINKI, {"name": "Mannerheimintie"}, ("", "", "Mannerheimintie")),
        (
            HELSINKI,
            {"name": "Rautatientori", "name:en": "Railway Square"},
            ("Rautatientori", "", "Railway Square"),
        ),
        (HELSINKI, {"name": "Площадь"}, ("", "", "Площадь")),
        (HELSINKI, {"name": "12"}, ("", "", "12")),
        (HELSINKI, {}, ("", "", "")),
        (CASABLANCA, {"name:ar": "ساحة", "name": "ساحة"}, ("", "ساحة", "")),
    ],
)
def test_names_go_to_their_columns(rule, tags, expected):
    columns = rule.columns(tags)
    assert (columns["name_fr"], columns["name_ar"], columns["name_en"]) == expected


def test_name_longer_than_the_column_is_cut():
    assert len(HELSINKI.columns({"name": "x" * 300})["name_en"]) == 200


def test_split_scripts_keeps_arabic_digits_and_punctuation_together():
    assert split_scripts("زنقة 12، حي الفتح - Rue 12") == ("زنقة 12، حي الفتح", "Rue 12")
