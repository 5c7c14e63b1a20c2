"""Which letters the bytes mean: what the file declares, else UTF-8, else a question with samples. Never a guess."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from gis_core.errors import InvalidInput

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LIKELY = ("cp1252", "cp1256", "iso8859-6")  # French Windows, Arabic Windows, Arabic ISO
SAMPLE_BYTES = 40


def decode(data: bytes, name: str, encoding: str | None) -> tuple[str, str]:
    """Text and the encoding used: a byte order mark wins over `encoding`, then UTF-8 if it fits.

    Raises InvalidInput: unknown name of an encoding, bytes that do not fit, or no way to know.
    """
    marked = next((codec for bom, codec in BOMS if data.startswith(bom)), None)
    chosen = marked or (codec_of(encoding) if encoding else None)
    try:
        return data.decode(chosen or "utf-8"), chosen or "utf-8"
    except UnicodeError as error:
        if chosen:
            raise InvalidInput(f"{name} is not in {chosen}: {error}. Give another encoding=.") from error
        raise unknown_encoding(name, most_foreign(data.splitlines())) from error


def codec_of(label: str) -> str:
    """Python's name of an encoding as people and .cpg files write it: "1256", "88591", "ANSI 1252", "UTF-8"."""
    text = re.sub(r"^(ansi|oem|windows-)\s*", "", label.strip().lower())
    if iso := re.fullmatch(r"8859[-_]?(\d{1,2})", text):
        text = f"iso8859-{iso[1]}"
    elif text.isdigit():
        text = "utf-8" if text == "65001" else f"cp{text}"
    try:
        return codecs.lookup(text).name
    except LookupError as error:
        raise InvalidInput(
            f"There is no encoding {label!r}. Give encoding= utf-8, cp1252 (French) or cp1256 (Arabic)."
        ) from error


def unknown_encoding(name: str, sample: bytes) -> InvalidInput:
    """The question to the person, with the same words read in each likely way."""
    readings = {text: codec for codec in reversed(LIKELY) if (text := _reading(sample, codec))}
    asked = "; ".join(f"encoding={codec} if {text!r} is right" for text, codec in reversed(readings.items()))
    return InvalidInput(f"{name} does not say its encoding and is not UTF-8. Give {asked or 'encoding='}.")


def _reading(sample: bytes, codec: str) -> str:
    try:
        return sample.decode(codec).strip()
    except UnicodeError:
        return ""


def most_foreign(texts: Iterable[bytes]) -> bytes:
    """The one with the most bytes above 127, cut around the first of them: there the readings differ most."""
    text = max(texts, key=lambda t: sum(byte > 127 for byte in t))
    at = next(i for i, byte in enumerate(text) if byte > 127)
    return text[max(0, at - SAMPLE_BYTES // 2) : at + SAMPLE_BYTES]
