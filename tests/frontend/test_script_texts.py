"""Every text that the editor, the route plans and the best sites say is there, and none is there for nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from frontend.edit_texts import editor_texts
from frontend.route_texts import route_texts
from frontend.site_texts import site_texts
from tests.conftest import ROOT
from tests.frontend.messages import TRANSLATED, catalogue

SCRIPTS = ROOT / "frontend" / "ts"
Texts = Callable[[], dict[str, str]]
PAGES: dict[str, tuple[Texts, list[Path], str]] = {
    "editor": (
        editor_texts,
        [*(SCRIPTS / "edit").glob("*.ts"), SCRIPTS / "edit_door.ts"],
        r"(?:edit|conflict)\.",
    ),
    "sites": (site_texts, [*(SCRIPTS / "sites").glob("*.ts")], r"sites\."),
    "routes": (route_texts, [*(SCRIPTS / "routes").glob("*.ts")], r"routes\."),
}
COUNTED = re.compile(r"\.(zero|one|two|few|many|other)$")
each_page = pytest.mark.parametrize("page", PAGES)


def said_keys(page: str) -> set[str]:
    """Keys in quotes; `edit.key.${…}` as its beginning, up to the part that varies."""
    _, scripts, beginning = PAGES[page]
    said = re.compile(rf"[\"`]({beginning}[\w.]*(?:\$\{{)?)")
    return {key for path in scripts for key in said.findall(path.read_text(encoding="utf-8"))}


def keys_of(page: str) -> set[str]:
    """Forms of a text by number under their one key."""
    texts = PAGES[page][0]()
    return {key if f"{base}.few" not in texts else base for key in texts for base in [COUNTED.sub("", key)]}


@each_page
def test_every_key_that_is_said_has_a_text(page: str) -> None:
    texts = keys_of(page)
    for key in said_keys(page):
        beginning = key.removesuffix("${")
        assert beginning in texts or any(text.startswith(beginning) for text in texts if key != beginning), (
            key
        )


@each_page
def test_every_text_is_said(page: str) -> None:
    said = said_keys(page)
    beginnings = tuple(key.removesuffix("${") for key in said if key.endswith("${"))
    assert [key for key in keys_of(page) if key not in said and not key.startswith(beginnings)] == []


@each_page
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str, page: str) -> None:
    translated = [entry for entry in catalogue(language) if entry.translated()]
    known = {text for entry in translated for text in (entry.msgid, entry.msgid_plural)}
    assert [text for text in PAGES[page][0]().values() if text not in known] == []
