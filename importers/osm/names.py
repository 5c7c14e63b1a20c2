"""Names in three languages out of `name`, `name:fr`, `name:ar` and `name:en`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ARABIC = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff"
_ARABIC_RUN = re.compile(rf"[{_ARABIC}](?:[{_ARABIC}\s\d.,()'’-]*[{_ARABIC}])?")
_TIFINAGH_RUN = re.compile("[\u2d30-\u2d7f][\u2d30-\u2d7f\\s]*")
_EDGES = " \t-–—/|,;·"
MAX_LENGTH = 200

# Countries where a name in Latin letters is read as French.
FRENCH_SPEAKING = frozenset(
    {"FR", "BE", "LU", "MC", "CH", "MA", "DZ", "TN", "SN", "ML", "NE", "BF", "CI", "TG", "BJ", "GN", "CM", "TD", "CF",
     "GA", "CG", "CD", "DJ", "KM", "MG", "MU", "SC", "HT", "RE", "GP", "MQ", "GF", "YT", "NC", "PF"}
)  # fmt: skip


@dataclass(frozen=True)
class NameRule:
    """Where a plain `name` belongs in this city: its languages, first one first, and its country (ISO 3166)."""

    languages: Sequence[str]
    country: str

    @property
    def latin(self) -> str:
        """The column of a name in Latin letters: the city's first language, unless that is Arabic."""
        if self.languages and self.languages[0] in {"fr", "en"}:
            return self.languages[0]
        return "fr" if self.country in FRENCH_SPEAKING else "en"

    def columns(self, tags: Mapping[str, str]) -> dict[str, str]:
        """name_fr, name_ar and name_en; a translated tag wins, and no name that exists is lost."""
        found = {language: tags.get(f"name:{language}", "").strip() for language in ("fr", "ar", "en")}
        arabic, latin = split_scripts(tags.get("name", ""))
        self._place(found, arabic, ("ar",))
        self._place(found, latin, (self.latin, "en" if self.latin == "fr" else "fr"))
        return {f"name_{language}": name[:MAX_LENGTH] for language, name in found.items()}

    @staticmethod
    def _place(found: dict[str, str], name: str, languages: Sequence[str]) -> None:
        """Into the first free column, so that the local name can be searched for beside its translation."""
        if name and name not in found.values():
            free = [language for language in languages if not found[language]]
            found.update({free[0]: name} if free else {})


def split_scripts(name: str) -> tuple[str, str]:
    """The Arabic part and the rest of "Rue Allal شارع علال"; Tifinagh is kept only where it stands alone."""
    arabic = " ".join(run.strip(_EDGES) for run in _ARABIC_RUN.findall(name))
    rest = _ARABIC_RUN.sub(" ", name)
    without_tifinagh = _TIFINAGH_RUN.sub(" ", rest)
    kept = without_tifinagh if _letters(without_tifinagh) or arabic else rest
    return arabic, " ".join(kept.split()).strip(_EDGES) if _letters(kept) or not arabic else ""


def _letters(text: str) -> bool:
    return any(character.isalpha() for character in text)
