"""No text of the project is without its French and Arabic."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from frontend.texts import script_texts
from tests.conftest import ROOT
from tests.frontend.messages import LOCALE, TRANSLATED, catalogue

ROOMS = ("gis_core", "layers", "tiles", "importers", "analysis", "frontend")
PLACEHOLDER = re.compile(r"%\(\w+\)\w|\{\w+\}|<[^>]+>")
ARABIC = re.compile(r"[\u0600-\u06ff]")


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_complete(language: str) -> None:
    po = catalogue(language)
    assert len(po) > 300
    assert [entry.msgid for entry in po if not entry.translated()] == []
    assert [entry.msgid for entry in po if entry.fuzzy or entry.obsolete] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_kept(language: str) -> None:
    """A form for one or two things may say the number in words; every other text keeps what is put in."""
    for entry in catalogue(language):
        if entry.msgid_plural:
            assert PLACEHOLDER.findall(entry.msgid_plural) == PLACEHOLDER.findall(
                entry.msgstr_plural[max(entry.msgstr_plural)]
            )
        else:
            assert sorted(PLACEHOLDER.findall(entry.msgid)) == sorted(PLACEHOLDER.findall(entry.msgstr)), (
                entry.msgid
            )


def test_arabic_is_arabic() -> None:
    same_everywhere = {"OpenStreetMap"}
    for entry in catalogue("ar"):
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        assert entry.msgid in same_everywhere or all(ARABIC.search(text) for text in texts), entry.msgid


@pytest.mark.parametrize(("language", "forms"), [("fr", 2), ("ar", 6)])
def test_plural_forms(language: str, forms: int) -> None:
    po = catalogue(language)
    assert po.metadata["Plural-Forms"].startswith(f"nplurals={forms};")
    assert {len(entry.msgstr_plural) for entry in po if entry.msgid_plural} == {forms}


def test_script_texts_in_arabic_plurals() -> None:
    with translation.override("ar"):
        texts = script_texts()
    forms = [texts[f"found.{category}"] for category in ("zero", "one", "two", "few", "many", "other")]
    assert len(set(forms)) == 6
    assert "{count} أماكن" in texts["found.few"]
    assert "{count} مكانًا" in texts["found.many"]


@pytest.mark.skipif(
    not shutil.which("xgettext"), reason="gettext is not installed: texts cannot be collected anew"
)
def test_every_text_of_the_sources_is_in_the_catalogues(tmp_path: Path, django_db_setup: None) -> None:
    """Collects the texts of a copy of the sources; the catalogues of the project stay untouched."""
    unwanted = shutil.ignore_patterns("__pycache__", "static", "*.mo")
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=unwanted)
    shutil.copy(ROOT / "manage.py", tmp_path)
    _make_messages(tmp_path)
    for language in TRANSLATED:
        fresh = catalogue(language, tmp_path / LOCALE.relative_to(ROOT))
        missing = [
            entry.msgid for entry in fresh if not entry.obsolete and (not entry.translated() or entry.fuzzy)
        ]
        assert missing == [], f"run manage.py makemessages -l {language}, then translate"


def _make_messages(sources: Path) -> None:
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}"
    command = [
        sys.executable,
        "manage.py",
        "makemessages",
        "-l",
        "fr",
        "-l",
        "ar",
        "--no-location",
        "--no-wrap",
    ]
    done = subprocess.run(
        command,
        cwd=sources,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
