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
FINDERS = ("analysis/routes/check.py", "analysis/network/legal.py", "analysis/processes/routes/checking.py")
REFUSERS = (
    *("analysis/routes/problem.py", "analysis/routes/moves.py", "analysis/routes/containers/model.py"),
    *("analysis/routes/search/course.py", "analysis/network/graph.py"),
)
# Of programs only: what no input of a planner brings about, and what a request's form is refused for.
UNTOLD = re.compile(
    r"Matrices|The 7 '7' is listed|Task '7'|Street|Road conditions hold|site='7'|7, row 7|7: 7 7$"
    r"|The plan of (7|the week) breaks its rules"
)
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


def test_every_finding_and_refusal_of_routes_is_known() -> None:
    texts = {*_found(), *_refused()}
    assert len(texts) > 100
    with translation.override("fr"):
        unknown = {
            piece.text
            for text in texts
            for piece in pieces(text)
            if not piece.known and piece.text.strip("7 ")
        }
    assert {text for text in unknown if not UNTOLD.match(text)} == set(), (
        "add it to frontend/rules, and translate it"
    )


@pytest.mark.parametrize(
    ("text", "french"),
    [
        (
            "Vehicle 12345: is overloaded after waste/7: 1250.0 kg, 9.50 m³.",
            "Véhicule 12345 : est en surcharge après waste/7 : 1 250,0 kg, 9,50 m³.",
        ),
        (
            "truck/1, street 3 of its drive (way/9): its max_height_m of 3.5 is below the vehicle's 3.8",
            "truck/1, rue n° 3 de son trajet (way/9) : sa limite (Hauteur limite) de 3,5 est inférieure à ce "
            "que fait le véhicule, 3,8",
        ),
        (
            "truck/1, street 3 of its drive (way/9): it is shut by the condition c/1 (gate)",
            "truck/1, rue n° 3 de son trajet (way/9) : il est fermé par la condition c/1 (barrière, ouverte à "
            "ces heures)",
        ),
        (
            "cost is 12.5 with the data of today; stored is 10.",
            "Coût : 12,5 avec les données d’aujourd’hui ; 10 est enregistré.",
        ),
        (
            "No container of fraction organic is due on 2026-11-23 in this area: choose a larger area, "
            "another day or fraction, or set due_only=false.",
            "Aucun conteneur de ce flux (organique) n’est à collecter le 23 novembre 2026 dans cette zone : "
            "choisissez une zone plus grande, un autre jour ou un autre flux, ou mettez due_only=false.",
        ),
        (
            "No street is collected on 2026-11-23: choose another day, give streets collection_days, or set "
            "due_only=false.",
            "Aucune rue n’est collectée le 23 novembre 2026 : choisissez un autre jour, donnez aux rues des "
            "collection_days, ou mettez due_only=false.",
        ),
        (
            "The depot 'a' lies 90 m from the nearest drivable street (too-far; at most 60 m): move it, or "
            "open a street to it.",
            "Le lieu 'a' (dépôt) est à 90 m de la rue carrossable la plus proche (Aucune rue carrossable "
            "n’est assez proche ; 60 m au plus) : déplacez-le, ou ouvrez-lui une rue.",
        ),
        (
            "Plan p/1 holds no longer; optimise again. Vehicle a: returns to the depot with 3.0 kg on board.",
            "Le plan p/1 ne tient plus ; optimisez à nouveau. Véhicule a : rentre au dépôt avec 3,0 kg à bord.",
        ),
        (
            "date='2026-99-99': give a day as 2026-11-23.",
            "date='2026-99-99' : donnez un jour sous la forme 2026-11-23.",
        ),
    ],
)
def test_findings_are_told_with_their_values(text: str, french: str) -> None:
    with translation.override("fr"):
        assert re.sub(r"\s", " ", told(text)) == french


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


def _found() -> Iterator[str]:
    """What checkers yield, in parts where they put it together later."""
    for path in FINDERS:
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.Yield) and node.value is not None:
                yield from _texts_in(node.value)


def _refused() -> Iterator[str]:
    """What errors say that are raised where planners are, but for what gettext has already."""
    paths = [*(ROOT / "analysis/processes/routes").glob("*.py"), *(ROOT / path for path in REFUSERS)]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                yield from _texts_in(*(arg for arg in node.exc.args if "gettext" not in ast.unparse(arg)))
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"faults", "CHANGED"}:
                yield from _texts_in(node.value)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _texts_in(*nodes: ast.AST) -> Iterator[str]:
    """Strings of several words; `7` stands for what is put into them."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if " " in node.value.strip():
                yield re.sub(r"\{[^}]*\}", "7", node.value)
        elif isinstance(node, ast.JoinedStr):
            text = "".join(_written(part) for part in node.values)
            if " " in text.strip():
                yield text
        else:
            yield from _texts_in(*ast.iter_child_nodes(node))


def _written(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    return "'7'" if isinstance(part, ast.FormattedValue) and part.conversion == ord("r") else "7"
