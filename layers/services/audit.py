"""The audit as CSV: one line a change, written as it is read, with no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from layers.formats.separated import BYTE_ORDER_MARK, guard
from layers.formats.snapshot import Snapshot
from layers.policy import Access
from layers.queries.audit import AuditFilter, audit_sql
from layers.queries.versions import OPERATIONS, read_reason

CHUNK_CHARACTERS = 64 * 1024
HEADER = (
    "at", "batch", "transaction", "actor", "database_role", "door", "token", "unconditional", "comment",
    "collection", "feature_id", "external_id", "operation", "version", "changed",
)  # fmt: skip


def audit_chunks(accesses: Sequence[Access], asked: AuditFilter) -> Iterator[bytes]:
    """The file, piece by piece, from one snapshot of the database; a transaction of its own that ends with it."""
    snapshot = Snapshot()
    try:
        buffer = io.StringIO(newline="")
        buffer.write(BYTE_ORDER_MARK)
        writer = csv.writer(buffer)
        writer.writerow(HEADER)
        for rows in snapshot.read(audit_sql(accesses, asked)):
            writer.writerows(_cells(*row) for row in rows)
            if buffer.tell() > CHUNK_CHARACTERS:
                yield _taken(buffer)
        yield _taken(buffer)
    finally:
        snapshot.close()


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _cells(
    at: datetime,
    _event: int,
    batch: str | None,
    transaction: int,
    role: str,
    metadata: str | None,
    collection: str,
    feature_id: int,
    external_id: str | None,
    label: str,
    version: int,
    before: str | None,
    after: str | None,
) -> list[str]:
    reason = read_reason(metadata)
    told = [
        at.isoformat(),
        batch or "",
        transaction,
        reason.get("actor", ""),
        role,
        reason.get("door", "database"),
        reason.get("token", ""),
        "yes" if reason.get("unconditional") else "",
        reason.get("comment", ""),
        collection,
        feature_id,
        external_id,
        OPERATIONS[label],
        version,
        changed_json(before, after),
    ]
    return [guard(str(value)) or "" if value is not None else "" for value in told]


def changed_json(before: str | None, after: str | None) -> str:
    """{"field": [before, after]} of what differs."""
    old, new = (json.loads(text) if text else {} for text in (before, after))
    names = [*old, *(name for name in new if name not in old)]
    changed = {n: [old.get(n), new.get(n)] for n in names if old.get(n) != new.get(n)}
    return json.dumps(changed, ensure_ascii=False)
