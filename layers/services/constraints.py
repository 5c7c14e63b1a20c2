"""A refusal by the table itself, told as a broken rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from psycopg import errors

from layers.definitions import Collection
from layers.services import rules
from layers.services.broken import Broken


def broken_constraint(collection: Collection, error: IntegrityError, values: Mapping[str, Any]) -> Broken:
    """The transaction is over when this is asked, so the rule's name must do for its expression."""
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
    column = getattr(getattr(cause, "diag", None), "column_name", None)
    if isinstance(cause, errors.UniqueViolation):
        field = next((f.name for f in collection.fields if f.name in name), "external_id")
        return Broken(field, rules.not_unique(), values.get(field))
    if isinstance(cause, errors.NotNullViolation):
        return Broken(column or "", rules.missing())
    field, told = _declared(collection, name)
    return Broken(field, rules.breaks_constraint(name, told), values.get(field))


def _declared(collection: Collection, name: str) -> tuple[str, str]:
    """The field that a check speaks of, and the check in words of the model."""
    for constraint in collection.model._meta.constraints:
        if constraint.name == name:
            told = str(getattr(constraint, "condition", name)).removeprefix("(AND: ").removesuffix(")")
            fields = [f.name for f in collection.fields if f.name in told]
            return (fields or ["geometry"])[0], told
    return "geometry", name
