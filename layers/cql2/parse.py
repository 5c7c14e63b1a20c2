"""cql2-text and cql2-json to one JSON tree, within limits that the parser itself does not keep."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import cql2

from gis_core.errors import InvalidInput
from layers.cql2.terms import check_text, shown

LANGUAGES = ("cql2-text", "cql2-json")
MAX_LENGTH = 20_000  # characters of a filter
MAX_DEPTH = 100  # of brackets, and of the tree
# A run of this many operators without AND, OR or a comma is one branch of the tree, as deep as it is long.
MAX_OPERATORS = 100

# Any space or sign that the parser may take for one is a token here, so that no operator hides in a word.
_TOKEN = re.compile(
    r"""(?P<quoted>'[^']*' | "[^"]*")
      | (?P<word>(?:[^\s\x00-\x7f] | [\w.:])+)
      | (?P<space>\s+)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_SHAPES = frozenset(
    ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"]
)
_SHAPES_WITH_HEIGHT = frozenset(shape + end for shape in _SHAPES for end in ("", "Z", "M", "ZM"))
_OPERATORS = frozenset("+-*/%^=<>!|")


def parse_filter(text: str, lang: str) -> Any:
    """The expression as the JSON tree of CQL2 (OGC 21-065r2, annex with its JSON schema), at most MAX_DEPTH deep.

    Raises InvalidInput for another language, a text that is too long or deep, or that is not CQL2.
    """
    if lang not in LANGUAGES:
        raise InvalidInput(f"filter-lang={lang!r} is not known; use {' or '.join(LANGUAGES)}.")
    if len(text) > MAX_LENGTH:
        raise InvalidInput(
            f"The filter has {len(text)} characters; at most {MAX_LENGTH} are read. Shorten it."
        )
    check_text(text)
    tree = _parse_text(text) if lang == "cql2-text" else _parse_json(text)
    check_depth(tree)
    return tree


def check_depth(tree: Any) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > 2 * MAX_DEPTH:  # an operator and the list of its arguments are two levels of JSON
            raise too_deep()
        level = [child for node in level for child in _children(node)]


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def too_deep() -> InvalidInput:
    return InvalidInput(f"The filter is nested more than {MAX_DEPTH} deep; write it flatter.")


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise too_deep() from None
    except ValueError as error:
        raise InvalidInput(f"The filter is not JSON: {error}.") from error


def _refuse_constant(name: str) -> Any:
    raise InvalidInput(f"The filter holds {name}, which is no number of JSON; leave it out.")


def _parse_text(text: str) -> Any:
    """The library takes time exponential in the depth of brackets, and overflows its stack on long chains.

    So each bracket's parts are parsed by themselves, with a name in the place of what they hold in brackets,
    and the trees are put together here.
    """
    pieces = _Pieces(_free_prefix(text))
    root = pieces.cut(text)
    return pieces.graft(pieces.parse(root), 0)


def _free_prefix(text: str) -> str:
    prefix = "part"
    while prefix in text:
        prefix += "x"
    return prefix


@dataclass
class _Open:
    """A bracket that is still open: the parts closed by commas so far, the current one, and its operators."""

    done: list[str] = field(default_factory=list)
    part: list[str] = field(default_factory=list)
    nested: bool = False
    operators: int = 0

    def add(self, token: str) -> None:
        self.part.append(token)

    def count(self) -> None:
        self.operators += 1
        if self.operators > MAX_OPERATORS:
            raise InvalidInput(
                f"More than {MAX_OPERATORS} operators follow each other without AND or OR; shorten the filter."
            )


class _Pieces:
    """The parts of brackets, by the name that stands for each in the text around it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.trees: dict[str, Any] = {}
        self.groups: set[str] = set()  # names of parts that were nothing but a bracket

    def cut(self, text: str) -> str:
        """The text with names in the place of everything that is nested twice."""
        stack = [_Open()]
        tokens = list(_TOKEN.finditer(text))
        position = 0
        while position < len(tokens):
            token = tokens[position]
            shape_end = _shape_end(tokens, position)
            if shape_end:
                stack[-1].add("".join(map(_spelled, tokens[position:shape_end])))
                position = shape_end
                continue
            self._take(stack, token)
            position += 1
        if len(stack) != 1:
            raise InvalidInput(f"The filter leaves brackets open: {len(stack) - 1}; close them.")
        return "".join(stack[0].part)

    def _take(self, stack: list[_Open], token: re.Match[str]) -> None:
        text, top = token[0], stack[-1]
        if text == "(":
            if len(stack) > MAX_DEPTH:
                raise too_deep()
            top.nested = True
            stack.append(_Open())
        elif text == ")":
            self._close(stack)
        elif text == "," and len(stack) > 1:
            self._end_part(top)
        else:
            _count_operators(top, token)
            top.add(_spelled(token))

    def _close(self, stack: list[_Open]) -> None:
        if len(stack) == 1:
            raise InvalidInput("The filter closes a bracket that was not opened; remove it.")
        closed = stack.pop()
        self._end_part(closed)
        stack[-1].add(f"({','.join(closed.done)})")

    def _end_part(self, top: _Open) -> None:
        part = "".join(top.part)
        top.done.append(f" {self._name(part, alone=_is_group(top.part))} " if top.nested else part)
        top.part, top.nested, top.operators = [], False, 0

    def _name(self, part: str, *, alone: bool) -> str:
        name = f"{self.prefix}{len(self.trees)}"
        self.trees[name] = self.parse(part)
        if alone:
            self.groups.add(name)
        return name

    def parse(self, text: str) -> Any:
        try:
            return cql2.parse_text(text).to_json()
        except RecursionError:
            raise too_deep() from None
        except BaseException as error:
            # A panic of the Rust parser is no Exception.
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            raise InvalidInput(f"The filter is not CQL2: {self._reason(text, str(error))}") from error

    def _reason(self, text: str, told: str) -> str:
        """Where the parser stopped, or its own message where it names no place."""
        place = re.match(r"\s*--> (\d+):(\d+)", told)
        if not place:
            return f"{told[:200]}."
        rest = "".join(text.split("\n")[int(place[1]) - 1 :])[int(place[2]) - 1 :].strip()
        if not rest:
            return "it ends where more is expected; complete it."
        return f"check quotes, operators and brackets from {shown(re.sub(f'{self.prefix}[0-9]+', '(…)', rest))} on."

    def graft(self, node: Any, depth: int) -> Any:
        """The tree with each name replaced by the tree that it stands for."""
        if depth > 2 * MAX_DEPTH:
            raise too_deep()
        if isinstance(node, list):
            return [self.graft(child, depth + 1) for child in node]
        if not isinstance(node, dict):
            return node
        if node.keys() == {"property"} and node["property"] in self.trees:
            return self.graft(self.trees[node["property"]], depth)
        if str(node.get("op")).lower().startswith("a_"):
            node = {**node, "args": [self._as_array(arg) for arg in node["args"]]}
        return {key: self.graft(value, depth + 1) for key, value in node.items()}

    def _as_array(self, arg: Any) -> Any:
        """An argument of an array function: ('a') is an array of one, as it is no expression in brackets there."""
        name = arg.get("property") if isinstance(arg, dict) else None
        return [arg] if name in self.groups and not isinstance(self.trees[name], list) else arg


def _is_group(part: list[str]) -> bool:
    """Whether the tokens are one bracket and spaces."""
    tokens = [token for token in part if not token.isspace()]
    return len(tokens) == 1 and tokens[0].startswith("(")


def _spelled(token: re.Match[str]) -> str:
    """The token as the library reads it: .5 as 0.5."""
    return f"0{token[0]}" if re.match(r"\.\d", token[0]) else token[0]


def _count_operators(top: _Open, token: re.Match[str]) -> None:
    word = token["word"]
    if word and word.casefold() in ("and", "or"):
        top.operators = 0
    elif (word and word.casefold() in ("not", "div")) or token[0] in _OPERATORS:
        top.count()


def _shape_end(tokens: list[re.Match[str]], position: int) -> int:
    """Behind the last bracket of the well-known text that starts here; 0 where none starts."""
    if tokens[position][0].upper() not in _SHAPES_WITH_HEIGHT:
        return 0
    here = _skip_spaces(tokens, position + 1)
    if here < len(tokens) and tokens[here][0].upper() in ("Z", "M", "ZM"):
        here = _skip_spaces(tokens, here + 1)
    if here == len(tokens) or tokens[here][0] != "(":
        return 0
    depth = 0
    for index in range(here, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index][0], 0)
        if depth > 5:  # a collection of multipolygons
            raise InvalidInput(
                "A geometry literal is nested too deep; CQL2 has no collections of collections."
            )
        if depth == 0:
            return index + 1
    raise InvalidInput("A geometry literal is not closed; close its brackets.")


def _skip_spaces(tokens: list[re.Match[str]], position: int) -> int:
    while position < len(tokens) and tokens[position]["space"]:
        position += 1
    return position
