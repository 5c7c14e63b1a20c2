"""What people write, read into typed values: decimal commas, dates with the day first, yes and no, titles of codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.city import LANGUAGES
from layers.definitions import Field

EMPTY = frozenset({"null", "none", "nan", "n/a", "nat"})
ARABIC_MARKS = {
    **{0x660 + i: str(i) for i in range(10)},
    **{0x6F0 + i: str(i) for i in range(10)},
    0x66B: ".",
    0x66C: None,
}
ARABIC_LETTERS = str.maketrans("ىة", "يه", "ـ")
# folded: "1.0" is "1 0"
TRUTH = dict.fromkeys(
    ("true", "t", "1", "1 0", "yes", "y", "oui", "o", "vrai", "نعم", "صحيح"), True
) | dict.fromkeys(("false", "f", "0", "0 0", "no", "n", "non", "faux", "لا", "خطا"), False)
DAY_FIRST = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?=\D|$)")
ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?=\D|$)")


@dataclass(frozen=True)
class Parsed:
    """`values` as Python objects, None where empty or unreadable (`bad`), for which `rule` and `cure` are."""

    values: pd.Series
    bad: pd.Series
    rule: str = ""
    cure: str = ""


@dataclass(frozen=True)
class Target:
    """Where values go: the field, the whole numbers it holds, the type of a list's items, the city's time."""

    field: Field
    limits: tuple[int, int]
    item: type
    zone: ZoneInfo


def parse(values: pd.Series, target: Target) -> Parsed:
    """The column as the field wants it. Nothing is guessed: what does not read plainly is bad."""
    parser = parse_choices if target.field.choices else _PARSERS.get(target.field.type, parse_text)
    made = parser(values, target)
    return replace(made, values=_objects(made.values))


def fold(text: str) -> str:
    """One form for upper and lower case, accents, harakat and separators: "Aïn-Sebaâ " -> "ain sebaa"."""
    plain = unicodedata.normalize("NFKD", text.translate(ARABIC_LETTERS))
    kept = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return re.sub(r"[\W_]+", " ", kept.casefold()).strip()


def texts(values: pd.Series) -> pd.Series:
    """Trimmed text, NA where empty. Whole numbers that a file keeps as fractions lose their ".0"."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    text = values.astype("string").str.replace("\x00", "", regex=False).str.strip()
    return text.mask(text == "")


def numbers(values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Floats (NaN where empty or bad) and which are bad. "1 234,5", "1.234,5", "1,234.5" and "١٢٫٥" are read.

    A lone comma is a decimal comma.
    """
    if pd.api.types.is_numeric_dtype(values):
        plain = pd.to_numeric(values, errors="coerce").astype(float)
        return plain, pd.Series(np.isinf(plain), index=values.index)
    text = _filled(values)
    found = pd.to_numeric(text, errors="coerce").astype("Float64")
    rest = text.notna() & found.isna()
    found[rest] = pd.to_numeric(_with_point(text[rest]), errors="coerce").astype("Float64")
    plain = found.astype(float).where(lambda n: np.isfinite(n))
    return plain, (text.notna() & plain.isna()).astype(bool)


def _filled(values: pd.Series) -> pd.Series:
    """Texts without the words that mean nothing."""
    text = texts(values)
    return text.mask(text.str.lower().isin(EMPTY).fillna(False))


def _with_point(text: pd.Series) -> pd.Series:
    text = text.str.translate(ARABIC_MARKS).str.replace(r"[\s  '’]", "", regex=True)
    comma_last = text.str.rfind(",") > text.str.rfind(".")
    with_comma = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return text.str.replace(",", "", regex=False).mask(comma_last, with_comma)


def parse_text(values: pd.Series, target: Target) -> Parsed:
    return Parsed(texts(values), _none_bad(values))


def parse_number(values: pd.Series, target: Target) -> Parsed:
    found, bad = numbers(values)
    return Parsed(found, bad, _("is not a number"), _("Write it with digits only, for example 12.5 or 12,5."))


def parse_integer(values: pd.Series, target: Target) -> Parsed:
    found, bad = numbers(values)
    low, high = target.limits
    bad = bad | (found.notna() & ((found % 1 != 0) | ~found.between(low, high)))
    whole = found.mask(bad).astype("Int64")
    cure = _("Give a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
    return Parsed(whole, bad, _("is not a whole number"), cure)


def parse_boolean(values: pd.Series, target: Target) -> Parsed:
    return _looked_up(values, TRUTH, _("is neither yes nor no"), _("Write true or false, yes or no, 1 or 0."))


def parse_choices(values: pd.Series, target: Target) -> Parsed:
    codes = [code for code, _title in target.field.choices]
    cure = _("Use one of: %(codes)s.") % {"codes": ", ".join(codes)}
    return _looked_up(values, choice_codes(target.field), _("is not one of the known values"), cure)


def choice_codes(field: Field) -> dict[str, str]:
    """Folded code or title, in each language -> code; a code wins over a title that reads the same."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            found |= {fold(str(title)): code for code, title in field.choices}
    return found | {fold(code): code for code, _title in field.choices}


def _looked_up(values: pd.Series, known: dict[str, Any], rule: str, cure: str) -> Parsed:
    text = _filled(values)
    folded = {value: known.get(fold(value)) for value in text.dropna().unique()}
    found = text.astype(object).map(folded)
    return Parsed(found, (text.notna() & found.isna()).astype(bool), rule, cure)


def parse_date(values: pd.Series, target: Target) -> Parsed:
    text = _iso(values)
    moments = pd.to_datetime(text.str[:10], format="%Y-%m-%d", errors="coerce")
    found = moments.dt.date
    cure = _("Write it as 2027-05-31 or 31/05/2027.")
    return Parsed(found, (text.notna() & moments.isna()).astype(bool), _("is not a date"), cure)


def parse_date_time(values: pd.Series, target: Target) -> Parsed:
    """Aware moments; one without an offset is in the city's time."""
    text = _iso(values).where(lambda t: t.isna() | t.str.match(ISO_DATE).fillna(False), "not a date")
    known = {value: _moment(value, target.zone) for value in text.dropna().unique()}
    found = text.astype(object).map(known)
    cure = _("Write it as 2027-05-31T08:30 or 31/05/2027 08:30.")
    return Parsed(found, (text.notna() & found.isna()).astype(bool), _("is not a date with time"), cure)


def _moment(text: str, zone: ZoneInfo) -> Any:
    try:
        moment = pd.to_datetime(text, format="ISO8601").to_pydatetime()
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _iso(values: pd.Series) -> pd.Series:
    """Dates turned to year-month-day; the day comes first where the year does not."""
    text = (
        _filled(values)
        .str.translate(ARABIC_MARKS)
        .str.replace(r"^(\d{4})/(\d{2})/(\d{2})", r"\1-\2-\3", regex=True)
    )
    return text.str.replace(DAY_FIRST, lambda m: f"{m[3]}-{int(m[2]):02}-{int(m[1]):02}", regex=True)


def parse_time(values: pd.Series, target: Target) -> Parsed:
    text = _filled(values)
    known = {value: _clock(value) for value in text.dropna().unique()}
    found = text.astype(object).map(known)
    return Parsed(
        found, (text.notna() & found.isna()).astype(bool), _("is not a time of day"), _("Write it as 06:30.")
    )


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text.zfill(5) if re.match(r"^\d:\d\d$", text) else text)
    except ValueError:
        return None


def parse_array(values: pd.Series, target: Target) -> Parsed:
    found = pd.Series([_items(value, target.item) for value in values], index=values.index, dtype=object)
    bad = found.map(lambda items: items is _UNREADABLE)
    cure = _("Separate the values by commas, for example 1,3,5.")
    return Parsed(found.mask(bad, None), bad.astype(bool), _("is not a list of the right values"), cure)


_UNREADABLE = ["?"]


def _items(value: Any, item: type) -> list[Any] | None:
    """A list, an array, or text such as "1,3,5", "[1, 3]", "{a;b}"; None when empty."""
    if isinstance(value, str):
        value = [part.strip(" \"'") for part in re.split(r"[,;|]", value.strip(" []{}()"))]
        value = [part for part in value if part]
    elif not isinstance(value, list | tuple | np.ndarray):
        value = [] if pd.isna(value) else [value]
    try:
        return [_item(part, item) for part in value] or None
    except ValueError:
        return _UNREADABLE


def _item(value: Any, item: type) -> Any:
    if item is str:
        return str(value)
    number = float(value)
    if number % 1:
        raise ValueError(value)
    return int(number)


def _objects(values: pd.Series) -> pd.Series:
    """Python objects, with None (not NaN) where empty."""
    plain = values.astype(object).to_numpy()
    return pd.Series(np.where(values.notna(), plain, None), index=values.index, dtype=object)


def _none_bad(values: pd.Series) -> pd.Series:
    return pd.Series(False, index=values.index)


_PARSERS: dict[str, Callable[[pd.Series, Target], Parsed]] = {
    "number": parse_number,
    "integer": parse_integer,
    "boolean": parse_boolean,
    "date": parse_date,
    "date-time": parse_date_time,
    "time": parse_time,
    "array": parse_array,
}
