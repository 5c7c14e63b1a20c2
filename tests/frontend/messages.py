"""The catalogues of translations, for the tests that read them and the ones that need them compiled."""

from __future__ import annotations

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[2] / "frontend" / "locale"
TRANSLATED = ("fr", "ar")


def catalogue(language: str, locale: Path = LOCALE) -> polib.POFile:
    return polib.pofile(str(locale / language / "LC_MESSAGES" / "django.po"))


def compile_catalogues() -> None:
    """What `manage.py compilemessages` does, without the need of gettext on this machine."""
    for language in TRANSLATED:
        catalogue(language).save_as_mofile(str(LOCALE / language / "LC_MESSAGES" / "django.mo"))
