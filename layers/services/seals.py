"""Seal the history: digests over blocks of its rows, each chained to the one before and signed (docs/decisions/0006).

A row gets its number before its transaction commits. A block is sealed only when every transaction that was writing
into the history when its last row was seen has ended: this takes no lock and holds up no writer, and no honest row can
turn up in a sealed range.
"""

from __future__ import annotations

import hashlib
import json
import struct
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from gis_core.errors import Unavailable
from layers.definitions import Collection
from layers.models import Seal
from layers.queries.seals import (
    CANONICAL,
    digests_sql,
    history_columns,
    reasons_sql,
    writing_sql,
    written_until_sql,
)
from layers.registry import COLLECTIONS

BLOCK_ROWS = 10_000
WAIT_S = 60.0
POLL_S = 0.05
MARK_BYTES = 8  # of a row's digest: enough to name it; the seal's digest takes all 32
_ROW_MARK = struct.Struct(f">q{MARK_BYTES}s")
_REASON_MARK = struct.Struct(f">16s{MARK_BYTES}s")


@dataclass(frozen=True)
class Block:
    """What is sealed: (pgh_id, SHA-256) of each row and (batch, SHA-256) of each reason, both in order."""

    rows: tuple[tuple[int, bytes], ...]
    reasons: tuple[tuple[UUID, bytes], ...]

    def digest(self, collection: str, first: int, last: int, columns: Sequence[str], previous: str) -> str:
        """SHA-256, in hexadecimal, over the block, what it covers and the digest of the seal before."""
        head = json.dumps([collection, first, last, list(columns), previous, len(self.rows)])
        found = hashlib.sha256(head.encode())
        for number, digest in self.rows:
            found.update(number.to_bytes(8, "big", signed=True) + digest)
        for batch, digest in self.reasons:
            found.update(batch.bytes + digest)
        return found.hexdigest()

    def row_marks(self) -> bytes:
        return b"".join(_ROW_MARK.pack(number, digest[:MARK_BYTES]) for number, digest in self.rows)

    def reason_marks(self) -> bytes:
        return b"".join(_REASON_MARK.pack(batch.bytes, digest[:MARK_BYTES]) for batch, digest in self.reasons)


def read_row_marks(marks: bytes) -> dict[int, bytes]:
    return dict(_ROW_MARK.iter_unpack(marks))


def read_reason_marks(marks: bytes) -> dict[UUID, bytes]:
    return {UUID(bytes=batch): digest for batch, digest in _REASON_MARK.iter_unpack(marks)}


def seal_history(
    collections: Iterable[Collection] | None = None, *, wait_s: float = WAIT_S, block_rows: int = BLOCK_ROWS
) -> list[Seal]:
    """Seal every row that is certain to be complete, in blocks of at most `block_rows` rows.

    Raises Unavailable when a transaction still writes after `wait_s` that may have numbered a row already; then
    nothing is sealed, and the next call does it.
    """
    chosen = tuple(COLLECTIONS.values() if collections is None else collections)
    ends = {}
    with connection.cursor() as cursor:
        for collection in chosen:
            cursor.execute(*written_until_sql(collection))
            (ends[collection.id],) = cursor.fetchone()
    _wait_for_writers(chosen, wait_s)
    made = [seal for c in chosen if ends[c.id] is not None for seal in _seal_until(c, ends[c.id], block_rows)]
    _write_down(made)
    return made


def _wait_for_writers(collections: Sequence[Collection], wait_s: float) -> None:
    """Until all that write now have ended; who begins later gets higher numbers."""
    deadline = time.monotonic() + wait_s
    waiting = _writers(collections)
    while waiting := waiting & _writers(collections):
        if time.monotonic() > deadline:
            pids = ", ".join(str(pid or "none, prepared") for _, pid in waiting)
            raise Unavailable(
                f"Nothing was sealed: a transaction still writes (process {pids}). Try again when it has ended."
            )
        time.sleep(POLL_S)


def _writers(collections: Sequence[Collection]) -> set[tuple[str, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(*writing_sql(collections))
        return set(cursor.fetchall())


def _seal_until(collection: Collection, end: int, block_rows: int) -> list[Seal]:
    made = []
    while seal := _seal_next(collection, end, block_rows):
        made.append(seal)
    return made


def _seal_next(collection: Collection, end: int, block_rows: int) -> Seal | None:
    """One block; None when nothing is left. Two at once take turns, so that the chain never forks."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('seal'), hashtext(%s))", [collection.id])
        before = Seal.objects.filter(collection=collection.id).order_by("-last").first()
        first, previous = (before.last + 1, before.digest) if before else (1, "")
        names = history_columns(collection)
        block = read_block(collection, names, first, end, block_rows)
        if not block.rows:
            return None
        last = block.rows[-1][0]
        return _save(collection, block, first, last, names, previous)


def _save(
    collection: Collection, block: Block, first: int, last: int, names: list[str], previous: str
) -> Seal:
    seal = Seal(
        collection=collection.id,
        first=first,
        last=last,
        rows=len(block.rows),
        columns=names,
        row_marks=block.row_marks(),
        reason_marks=block.reason_marks(),
        digest=block.digest(collection.id, first, last, names, previous),
        previous=previous,
        sealed_at=datetime.now(UTC),
    )
    seal.signature = signatures_of(seal)[0]
    seal.save()
    return seal


def read_block(
    collection: Collection, names: Sequence[str], first: int, last: int, limit: int | None = None
) -> Block:
    """The rows from `first` to `last` with their reasons, as they stand now. Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(CANONICAL)
        cursor.execute(*digests_sql(collection, names, first, last, limit))
        found = cursor.fetchall()
        cursor.execute(*reasons_sql({batch for *_, batch in found if batch is not None}))
        reasons = cursor.fetchall()
    return Block(
        tuple((number, bytes(digest)) for number, digest, _ in found),
        tuple((batch, bytes(digest)) for batch, digest in reasons),
    )


def signatures_of(seal: Seal) -> list[str]:
    """HMAC-SHA-256 with the key of today and, for seals made before it was changed, those of before."""
    told = json.dumps(
        [
            seal.collection,
            seal.first,
            seal.last,
            seal.rows,
            list(seal.columns),
            seal.digest,
            seal.previous,
            hashlib.sha256(bytes(seal.row_marks)).hexdigest(),
            hashlib.sha256(bytes(seal.reason_marks)).hexdigest(),
            seal.sealed_at.astimezone(UTC).isoformat(),
        ]
    )
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac("casagis.history.seal", told, secret=key, algorithm="sha256").hexdigest() for key in keys
    ]


def _write_down(seals: Sequence[Seal]) -> None:
    """Each seal's digest into a file beside the database: without it, who removes the newest seals leaves no trace."""
    if not seals:
        return
    path = record_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(_as_record(seal)) + "\n" for seal in seals)


def _as_record(seal: Seal) -> dict[str, Any]:
    return {
        "collection": seal.collection,
        "last": seal.last,
        "digest": seal.digest,
        "sealed_at": seal.sealed_at.isoformat(timespec="seconds"),
    }


def record_path() -> Path:
    """One file a database; a database made anew under the same name has another number, so another file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname, oid FROM pg_database WHERE datname = current_database()")
        name, number = cursor.fetchone()
    return Path(settings.VAR) / "seals" / f"{name}-{number}.jsonl"


def written_down() -> list[dict[str, Any]]:
    """What `_write_down` wrote, oldest first; empty where there is no such file."""
    path = record_path()
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
