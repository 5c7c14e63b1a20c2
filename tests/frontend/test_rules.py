"""No rule that is stored in English is without its French and Arabic, and a reader gets it with its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from analysis.green.people import BY_BUILDING, EVENLY
from analysis.processes.green_people import CENSUS
from frontend.rules import Piece, pieces, told
from frontend.rules.telling import SENTENCES, WORDS
from tests.conftest import ROOT
from tests.frontend.messages import TRANSLATED, catalogue

CONSTANTS = re.compile(r"(RULE|TEXTS|VARIANTS|METHODS|UNITS|PEOPLE|EVENLY|FORESEEN)$")
FUNCTIONS = re.compile(r"^(_?rules?|load_rule|rule_of\w*|as_rule|_people_rule|text)$")
REACH = (
    "Straight line of 300 m to the boundary of a public green space of 0.5 ha or more. Green outside the zone counts."
    " People: population grid, cells shared between districts by area."
)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_sources_is_known(language: str) -> None:
    texts = set(_texts_of_sources())
    assert len(texts) > 60
    with translation.override(language):
        found = [piece.text for text in sorted(texts) for piece in pieces(text) if not piece.known]
        unknown = [text for text in found if text.strip("7 ")]
        assert unknown == [], "add the sentence to frontend/rules and translate it"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    texts = {entry.msgid: entry.msgstr for entry in catalogue(language)}
    assert [text for text in (*SENTENCES, *WORDS) if texts.get(text, "") in {"", text}] == []


def test_values_are_put_in_as_people_write_them() -> None:
    with translation.override("fr"):
        assert told(REACH) == (
            "Ligne droite de 300 m jusqu’à la limite d’un espace vert public d’au moins 0,5 ha."
            " Le vert hors de la zone compte."
            " Population\u00a0: grille de population, mailles partagées entre arrondissements selon la surface."
        )
    assert told(REACH) == REACH


def test_names_are_isolated_from_arabic_and_codes_are_labels() -> None:
    with translation.override("ar"):
        assert "\u2068Merchich / Nord Maroc\u2069" in told(
            "Plane areas in Merchich / Nord Maroc are divided by the areal scale at the centre of each zone:"
            " square metres on the ellipsoid."
        )
    with translation.override("fr"):
        assert "motorway" not in told(
            "Walking both ways on all streets but motorway, trunk; streets are joined where they meet, end on or"
            " cross each other on the same level."
        )


@pytest.mark.parametrize("spread", [BY_BUILDING, EVENLY, f"{BY_BUILDING}; where there are none, {EVENLY}"])
def test_no_value_is_left_in_english(spread: str) -> None:
    text = f"People: {CENSUS}, {spread.format(spacing_m=50)}; one level where the levels are not known."
    with translation.override("ar"):
        assert "\u2068" not in told(text)


def test_unknown_sentences_stay_english_and_say_so() -> None:
    with translation.override("fr"):
        assert pieces("Units: the districts. A rule of an older program. Green outside the zone counts.") == [
            Piece("Unités\u00a0: les arrondissements.", known=True),
            Piece("A rule of an older program.", known=False),
            Piece("Le vert hors de la zone compte.", known=True),
        ]


@pytest.mark.parametrize("text", ["", "  a;;  b.\nc ", "Rue d'Anfa", "People: " * 2000])
def test_other_texts_are_left_alone(text: str) -> None:
    with translation.override("fr"):
        assert told(text) == text


def _texts_of_sources() -> Iterator[str]:
    for path in (ROOT / "analysis").rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in tree.body:
            names = [ast.unparse(target) for target in node.targets] if isinstance(node, ast.Assign) else []
            if any(CONSTANTS.search(name) for name in names):
                yield from _texts_in(node.value)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and FUNCTIONS.match(node.name):
                yield from _texts_in(*(line for line in node.body if not _is_docstring(line)))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _texts_in(*nodes: ast.AST) -> Iterator[str]:
    """Strings of several words; `7` stands for what is put into them."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if " " in node.value.strip():
                yield re.sub(r"\{[^}]*\}", "7", node.value)
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
            if " " in text.strip():
                yield text
        else:
            yield from _texts_in(*ast.iter_child_nodes(node))
