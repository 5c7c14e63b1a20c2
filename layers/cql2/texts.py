"""Text: LIKE with its patterns, CASEI and ACCENTI."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from psycopg import sql

from gis_core.errors import InvalidInput
from layers.cql2.terms import Kind, Term, check_text, fill

MAX_PATTERN = 500
# Latin and common combining marks, and the harakat and other marks of Arabic, as in the SQL function casagis_fold.
_MARKS = "[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]"
_FOLDS = {
    # By way of upper case, so that both forms of a letter that has two (ς, σ) become one.
    "casei": "lower(upper({a}))",
    "accenti": f"normalize(regexp_replace(normalize({{a}}, NFD), '{_MARKS}', '', 'g'), NFC)",
}


def text_literal(value: str) -> Term:
    return Term(Kind.TEXT, sql.SQL("%s::text"), (check_text(value),), value, told=f"'{value[:40]}'")


def fold(op: str, term: Term) -> Term:
    """casei: without the difference of upper and lower case; accenti: without accents, case kept."""
    if term.kind is not Kind.TEXT:
        raise InvalidInput(f"{op.upper()} needs text; {term.named()}.")
    pattern = term.literal
    if op == "accenti" and isinstance(pattern, str):
        pattern = re.sub(_MARKS, "", unicodedata.normalize("NFD", pattern))
    return replace(fill(Kind.TEXT, _FOLDS[op], a=term), literal=pattern, told=term.told)


def like(value: Term, pattern: Term) -> Term:
    """% any characters, _ one, \\ takes the next one as it is. The pattern is a literal, plain or folded."""
    if value.kind is not Kind.TEXT:
        raise InvalidInput(f"LIKE needs text; {value.named()}.")
    if not isinstance(pattern.literal, str):
        raise InvalidInput("LIKE needs a pattern in single quotes, in CASEI(…) or ACCENTI(…) if you like.")
    if len(pattern.literal) > MAX_PATTERN:
        raise InvalidInput(f"A LIKE pattern has at most {MAX_PATTERN} characters; shorten it.")
    if re.search(r"(?<!\\)(\\\\)*\\\Z", pattern.literal):
        raise InvalidInput(r"A LIKE pattern must not end with a single \; write \\ for the character itself.")
    return fill(Kind.BOOLEAN, "({value} LIKE {pattern})", value=value, pattern=pattern)
