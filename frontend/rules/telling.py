"""Finds the known sentences in a stored English text and says them in the reader's language, with their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils import formats
from django.utils.translation import get_language, get_language_bidi, gettext

from frontend.left_out_texts import left_out_texts
from frontend.rules import air, checks, green, refusals, waste
from layers.registry import get_collection

SENTENCES = tuple(text for room in (green, air, waste, checks, refusals) for text in room.SENTENCES)
WORDS = frozenset((*green.WORDS, *refusals.WORDS))
# Placeholders that hold codes of a field, one or several.
CODES = {
    "street_classes": ("streets", "street_class"),
    "owner_kinds": ("parcels", "owner_kind"),
    "land_uses": ("parcels", "land_use"),
    "fraction": ("waste-containers", "fraction"),
    "street_class": ("streets", "street_class"),
    "access": ("streets", "access"),
    "restriction": ("turn-restrictions", "kind"),
    "condition_kind": ("road-conditions", "kind"),
}
# Placeholders that hold the name of a field, and placeholders of identifiers, which may look like numbers.
FIELDS = {"figure": "route-plans", "limit": "streets"}
IDENTIFIERS = frozenset((
    "vehicle", "task", "visit", "street", "site", "id", "plan", "depot", "district", "container", "condition", "text",
))  # fmt: skip
LONGEST = 3000  # no rule is longer; a text made to be searched in vain takes time with its length
FIRST_STRONG, POP = "\u2068", "\u2069"
_NAME = re.compile(r"\{(\w+)\}")
_VALUE = r"(?:(?!\.\s[A-Z]).){1,300}?"  # a value ends with its sentence
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SENTENCE = re.compile(r".+?(?:[.;](?= )|$)", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A part of a text: in the reader's language, or as it is stored, in English, where nobody knows it."""

    text: str
    known: bool


@dataclass(frozen=True)
class _Sentence:
    """A sentence in English with {placeholders}, and how it is found at the beginning of a text."""

    text: str
    pattern: re.Pattern[str]

    @property
    def weight(self) -> int:
        return len(_NAME.sub("", self.text))


def told(text: str) -> str:
    """The text in the reader's language; sentences that are not known stay in English."""
    return _joined(pieces(text))


def pieces(text: str) -> list[Piece]:
    """The text sentence by sentence, neighbours of one kind together."""
    if len(text) > LONGEST or (get_language() or "en").startswith("en"):
        return [Piece(text, known=False)]
    each = list(_each(text))
    if not any(piece.known for piece in each):
        return [Piece(text, known=False)]
    found: list[Piece] = []
    for piece in each:
        if found and found[-1].known == piece.known:
            found[-1] = Piece(_joined([found[-1], piece]), piece.known)
        else:
            found.append(piece)
    return found


def _each(text: str) -> Iterator[Piece]:
    at = 0
    while at < len(text):
        if found := _known_at(text, at):
            sentence, match = found
            yield Piece(_filled(sentence, match), known=True)
            end = match.end()
        else:
            unknown = _SENTENCE.match(text, at)
            end = unknown.end() if unknown else len(text)
            yield Piece(text[at:end], known=False)
        at = end + len(text[end:]) - len(text[end:].lstrip("; "))


def _known_at(text: str, at: int) -> tuple[_Sentence, re.Match[str]] | None:
    """The sentence that begins here; of several the one with most words of its own."""
    for sentence in _sentences(text[at]):
        if match := sentence.pattern.match(text, at):
            return sentence, match
    return None


@lru_cache(maxsize=256)
def _sentences(letter: str) -> tuple[_Sentence, ...]:
    """Those that may begin with this letter."""
    known = (_Sentence(text, _pattern(text)) for text in SENTENCES if text[0] in {letter, "{"})
    return tuple(sorted(known, key=lambda one: one.weight, reverse=True))


def _pattern(text: str) -> re.Pattern[str]:
    """Each placeholder once as a group, then as the same again; a value at the end goes on to the end of the text."""
    parts, seen = _NAME.split(text), set[str]()
    found = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            found.append(re.escape(part))
        else:
            found.append(f"(?P={part})" if part in seen else f"(?P<{part}>{_VALUE})")
            seen.add(part)
    return re.compile("".join(found) + (r"(?=;? |$)" if parts[-1] else "$"))


def _filled(sentence: _Sentence, match: re.Match[str]) -> str:
    values = {name: _value(name, value) for name, value in match.groupdict().items()}
    return _NAME.sub(lambda name: values[name.group(1)], gettext(sentence.text))


def _value(name: str, value: str) -> str:
    """A number or word as people write it, a text that is known itself; else as it is, apart from what is around."""
    if name in IDENTIFIERS:
        return _isolated(value)
    if name == "day" and (day := _day(value)):
        return day
    if _NUMBER.fullmatch(value):
        return str(formats.number_format(Decimal(value), use_l10n=True, force_grouping=True))
    if name in CODES:
        return _labels(name, value)
    if name in FIELDS and (field := get_collection(FIELDS[name]).field(value)):
        return str(field.title)
    if name == "reason":
        return left_out_texts().get(f"routes.why.{value}", value)
    if value in WORDS:
        return gettext(value)
    inner = list(_each(value))
    if all(piece.known for piece in inner):
        return _joined(inner)
    return _isolated(value)


def _day(value: str) -> str:
    """2026-11-23 as people write it; of days that are counted, nothing."""
    try:
        return str(formats.date_format(date.fromisoformat(value)))
    except ValueError:
        return ""


def _isolated(value: str) -> str:
    return f"{FIRST_STRONG}{value}{POP}" if get_language_bidi() else value


def _labels(name: str, value: str) -> str:
    collection, field = CODES[name]
    codes = get_collection(collection).field(field)
    listed = re.split(r", | or ", value)
    comma = "، " if get_language_bidi() else ", "
    return comma.join(codes.label(code).lower() if codes else code for code in listed)


def _joined(parts: list[Piece]) -> str:
    """With a full stop where the next sentence would run on."""
    *before, last = [part.text for part in parts]
    return " ".join([*(text if text[-1] in ".;:" else f"{text}." for text in before), last])
