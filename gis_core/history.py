"""Who changed what, why: the batch that database triggers write into each history row (docs/decisions/0006)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from gis_core.actors import Actor


@dataclass(frozen=True)
class Reason:
    """What the history keeps of a batch."""

    batch: UUID
    metadata: dict[str, Any]


_standing: ContextVar[Reason | None] = ContextVar("standing", default=None)  # for later transactions
_told: ContextVar[UUID | None] = ContextVar("told", default=None)  # the open transaction's


@contextmanager
def recorded(actor: Actor, *, comment: str = "", door: str = "api", **more: Any) -> Iterator[UUID]:
    """One transaction, one batch: all changes inside share its reason, and can be undone together.

    door: the way in (api, map, import, process, admin, restore). more: what else belongs to the reason, as JSON.
    Inside another batch, or under a standing reason, it joins that one. The settings end with the transaction, so
    that nothing leaks into the next user of the connection, nor into the rest of a transaction around this one.
    """
    outer = _told.get()
    if outer is not None:
        with transaction.atomic():
            yield outer
        return
    reason = _standing.get() or Reason(uuid4(), batch_metadata(actor, comment, door, more))
    inner = connection.in_atomic_block
    mark = _told.set(reason.batch)
    try:
        with transaction.atomic():
            _tell_triggers(str(reason.batch), json.dumps(reason.metadata, ensure_ascii=False))
            yield reason.batch
            if inner and not connection.needs_rollback:
                _tell_triggers("", "")
    finally:
        _told.reset(mark)


@contextmanager
def standing_reason(actor: Actor, *, comment: str = "", door: str = "process", **more: Any) -> Iterator[UUID]:
    """One batch over several transactions: what `recorded` opens inside, in this thread, belongs to it.

    For a job, which commits when it likes and must not hold one transaction for all its time. Opens none itself.
    """
    reason = Reason(uuid4(), batch_metadata(actor, comment, door, more))
    mark = _standing.set(reason)
    try:
        yield reason.batch
    finally:
        _standing.reset(mark)


def batch_metadata(actor: Actor, comment: str, door: str, more: dict[str, Any]) -> dict[str, Any]:
    told = {"actor": actor.name, "comment": comment, "door": door, "token": actor.token, **more}
    return {key: value for key, value in told.items() if value not in ("", None, False)}


def _tell_triggers(batch: str, metadata: str) -> None:
    """The names are those that the triggers of django-pghistory read; empty ones mean that there is no reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [batch, metadata],
        )
