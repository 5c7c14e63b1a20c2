"""What people write, read into values."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from django.utils import translation

from importers.mapping import match_columns
from importers.readers.delimited import delimiter_of
from importers.readers.encodings import codec_of, decode
from importers.values import Target, choice_codes, fold, numbers, parse, texts
from layers.definitions import Field
from layers.registry import COLLECTIONS, get_collection

ZONE = ZoneInfo("Africa/Casablanca")


def parsed(kind: str, *values: object, item: type = int) -> list[object]:
    """Values, with "!" for the unreadable."""
    field = Field("f", kind, "F", None, (), required=False, read_only=False)
    made = parse(pd.Series(list(values), dtype=object), Target(field, (-(2**31), 2**31 - 1), item, ZONE))
    return ["!" if bad else value for value, bad in zip(made.values, made.bad, strict=True)]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12), ("12.5", 12.5), ("12,5", 12.5), ("-0,25", -0.25), ("1 234,5", 1234.5), ("1\u00a0234,5", 1234.5),
        ("1\u202f234", 1234), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1e3", 1000), ("١٢٫٥", 12.5), ("1'234", 1234),
        (" 7 ", 7),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(written, number):
    assert parsed("number", written) == [number]


@pytest.mark.parametrize("written", ["ten", "1,234,567", "12 m", "1e999", "--3", "0x1F"])
def test_what_is_no_number_is_bad(written):
    assert parsed("number", written) == ["!"]


def test_empty_cells_are_none_for_every_type():
    for kind in ("number", "integer", "boolean", "date", "date-time", "time", "string", "array"):
        assert parsed(kind, "", None, "  ", np.nan) == [None] * 4
    assert parsed("number", "NULL", "n/a", "NaN") == [None] * 3


def test_integers_must_be_whole_and_fit():
    assert parsed("integer", "12", "12,0", "12.5", "3000000000", 7, "-1") == [12, 12, "!", "!", 7, -1]


def test_booleans_in_three_languages():
    assert parsed("boolean", "OUI", "non", "نعم", "لا", "Yes", 0, "1.0", "maybe") == [
        True, False, True, False, True, False, True, "!",
    ]  # fmt: skip


def test_dates_iso_or_day_first():
    assert (
        parsed("date", "2026-05-31", "31/05/2026", "2026/05/31", "2026-05-31T08:00:00")
        == [date(2026, 5, 31)] * 4
    )
    assert parsed("date", "1.2.2026", "31/31/2026", "2026") == [date(2026, 2, 1), "!", "!"]


def test_moments_and_times():
    local = datetime(2026, 5, 31, 8, 30, tzinfo=ZONE)
    assert parsed("date-time", "31/05/2026 08:30", "2026-05-31T08:30:00", "soon") == [local, local, "!"]
    assert parsed("date-time", "2026-05-31T08:30:00+02:00")[0].isoformat() == "2026-05-31T08:30:00+02:00"
    assert parsed("time", "6:30", "06:30:15", "25:00") == [time(6, 30), time(6, 30, 15), "!"]


def test_lists():
    assert parsed("array", "1,3,5", "[2; 4]", "{6}", [1, 2], np.array([3]), 4, "[]", "1,x", "1.5") == [
        [1, 3, 5], [2, 4], [6], [1, 2], [3], [4], None, "!", "!",
    ]  # fmt: skip
    assert parsed("array", '["paper", "glass"]', item=str) == [["paper", "glass"]]


def test_whole_numbers_of_a_fraction_column_are_written_without_point():
    assert texts(pd.Series([1.0, np.nan, 3.0])).tolist() == ["1", pd.NA, "3"]
    assert texts(pd.Series([1.5, 2.0])).tolist() == ["1.5", "2.0"]


def test_infinite_numbers_are_bad():
    _, bad = numbers(pd.Series([1.0, np.inf, np.nan]))
    assert bad.tolist() == [False, True, False]


def test_fold_forgets_case_accents_and_harakat():
    assert fold("  Aïn-Sebaâ ") == fold("AIN_SEBAA") == "ain sebaa"
    assert fold("أَحْمَر") == fold("احمر")
    assert fold("حديقة") == fold("حديقه")


def test_every_choice_is_known_by_code_and_by_title_in_each_language():
    for collection in COLLECTIONS.values():
        for field in (f for f in collection.fields if f.choices):
            known = choice_codes(field)
            assert all(known[fold(code)] == code for code, _title in field.choices)
            for language in ("fr", "ar", "en"):
                with translation.override(language):
                    assert {known[fold(str(title))] for _code, title in field.choices} <= {
                        c for c, _t in field.choices
                    }


def test_columns_are_found_by_title_in_another_case():
    columns = match_columns(
        ["CADASTRAL reference", "LAND_USE", "land use code"], get_collection("parcels"), {}
    )
    assert columns.columns == {"CADASTRAL reference": "reference", "LAND_USE": "land_use"}
    assert columns.ignored == ("land use code",)


def test_names_cut_by_shapefile_are_found():
    columns = match_columns(
        ["crown_diam", "planted_ye", "external_i", "green_area"], get_collection("trees"), {}
    )
    assert columns.columns == {
        "crown_diam": "crown_diameter_m", "planted_ye": "planted_year", "external_i": "external_id",
    }  # fmt: skip


def test_columns_that_the_database_keeps_are_ignored():
    assert match_columns(["area_m2", "version", "id"], get_collection("parcels"), {}).columns == {}


@pytest.mark.parametrize(
    ("line", "sign"),
    [("a,b;c,d", ","), ("a;b", ";"), ("a\tb", "\t"), ("a|b|c", "|"), ('"a,b,c";d', ";"), ("\n\na;b", ";")],
)
def test_the_delimiter_is_the_sign_that_splits_the_header(line, sign):
    assert delimiter_of(line) == sign


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("1256", "cp1256"), ("88591", "iso8859-1"), ("ISO-8859-6", "iso8859-6"), ("65001", "utf-8"),
        ("ANSI 1252", "cp1252"), ("UTF-8", "utf-8"), ("latin1", "iso8859-1"),
    ],
)  # fmt: skip
def test_encodings_as_cpg_files_write_them(label, codec):
    assert codec_of(label) == codec


def test_a_byte_order_mark_wins():
    assert decode("Aïn".encode("utf-16"), "a.csv", "cp1252") == ("Aïn", "utf-16")
    assert decode("\ufeffAïn".encode(), "a.csv", None) == ("Aïn", "utf-8-sig")
