"""Every text that the editor says is there, and none is there for nothing."""

from __future__ import annotations

import re

import pytest

from frontend.edit_texts import editor_texts
from tests.conftest import ROOT
from tests.frontend.messages import TRANSLATED, catalogue

SCRIPTS = [*(ROOT / "frontend" / "ts" / "edit").glob("*.ts"), ROOT / "frontend" / "ts" / "edit_door.ts"]
SAID = re.compile(r"[\"`]((?:edit|conflict)\.[\w.]*(?:\$\{)?)")


def said_keys() -> set[str]:
    """Keys in quotes; `edit.key.${…}` as its beginning, up to the part that varies."""
    return {key for path in SCRIPTS for key in SAID.findall(path.read_text(encoding="utf-8"))}


def test_every_key_that_is_said_has_a_text() -> None:
    texts = editor_texts()
    for key in said_keys():
        beginning = key.removesuffix("${")
        assert beginning in texts or any(text.startswith(beginning) for text in texts if key != beginning), (
            key
        )


def test_every_text_is_said() -> None:
    said = said_keys()
    beginnings = tuple(key.removesuffix("${") for key in said if key.endswith("${"))
    assert [key for key in editor_texts() if key not in said and not key.startswith(beginnings)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    known = {entry.msgid for entry in catalogue(language) if entry.translated()}
    assert [text for text in editor_texts().values() if text not in known] == []
