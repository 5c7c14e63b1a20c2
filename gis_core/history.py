"""Who changed what, why: the batch that database triggers write into each history row (docs/decisions/0006)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from gis_core.actors import Actor

_current: ContextVar[UUID | None] = ContextVar("batch", default=None)


@contextmanager
def recorded(actor: Actor, *, comment: str = "", door: str = "api", **more: Any) -> Iterator[UUID]:
    """One transaction, one batch: all changes inside share its reason, and can be undone together.

    door: the way in (api, map, import, process, admin, restore). more: what else belongs to the reason, as JSON.
    Inside another batch it joins that one. The settings end with the transaction, so that nothing leaks into
    the next user of the connection.
    """
    outer = _current.get()
    if outer is not None:
        with transaction.atomic():
            yield outer
        return
    batch = uuid4()
    mark = _current.set(batch)
    try:
        with transaction.atomic():
            _tell_triggers(batch, batch_metadata(actor, comment, door, more))
            yield batch
    finally:
        _current.reset(mark)


def batch_metadata(actor: Actor, comment: str, door: str, more: dict[str, Any]) -> dict[str, Any]:
    told = {"actor": actor.name, "comment": comment, "door": door, "token": actor.token, **more}
    return {key: value for key, value in told.items() if value not in ("", None, False)}


def _tell_triggers(batch: UUID, metadata: dict[str, Any]) -> None:
    """The names are those that the triggers of django-pghistory read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(batch), json.dumps(metadata, ensure_ascii=False)],
        )
