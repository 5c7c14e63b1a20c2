"""Check the history against its seals, its own order and the features as they stand; name what was tampered with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Any

from django.db import connection, transaction

from layers.definitions import Collection
from layers.models import Seal
from layers.queries.seals import broken_order_sql, differing_sql, history_columns, unsealed_sql
from layers.registry import COLLECTIONS
from layers.services.seals import (
    MARK_BYTES,
    Block,
    read_block,
    read_reason_marks,
    read_row_marks,
    signatures_of,
    written_down,
)

MOST_NAMED = 1000  # of one kind in one collection
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Finding:
    """Something that the service itself never does. `rows` are pgh_ids of the history, `features` their ids."""

    collection: str
    kind: str
    told: str
    rows: tuple[int, ...] = ()
    features: tuple[int, ...] = ()
    batch: str = ""


@dataclass
class Verification:
    """What was checked. `unsealed` counts rows newer than the last seal: not wrong, only not sealed yet."""

    findings: list[Finding] = field(default_factory=list)
    seals: int = 0
    rows: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None


def verify_history(
    collections: Iterable[Collection] | None = None, *, on_progress: Progress = lambda *_: None
) -> Verification:
    """Everything that can be told from the database, the server's key and the record of seals beside it."""
    chosen = tuple(COLLECTIONS.values() if collections is None else collections)
    found = Verification()
    for place, collection in enumerate(chosen):
        start, share = 100 * place / len(chosen), 100 / len(chosen)
        _check_collection(
            collection,
            found,
            lambda part, told, start=start, share=share: on_progress(start + part * share, told),
        )
    found.findings += _missing_from_record({c.id for c in chosen})
    return found


def _check_collection(collection: Collection, found: Verification, on_progress: Progress) -> None:
    seals = list(
        Seal.objects.filter(collection=collection.id).defer("row_marks", "reason_marks").order_by("last")
    )
    found.findings += _check_chain(collection, seals)
    for number, seal in enumerate(seals):
        on_progress(number / (len(seals) + 1), f"{collection.id}: {seal.first} to {seal.last}")
        found.findings += _check_seal(collection, seal)
        found.seals += 1
        found.rows += seal.rows
    on_progress(len(seals) / (len(seals) + 1), f"{collection.id}: features and versions")
    found.findings += [*_check_order(collection), *_check_features(collection)]
    count, since = _one(unsealed_sql(collection, seals[-1].last if seals else 0))
    found.unsealed += count
    found.unsealed_since = min(filter(None, (found.unsealed_since, since)), default=None)


def _check_chain(collection: Collection, seals: Sequence[Seal]) -> Iterator[Finding]:
    """Blocks follow each other without a hole, each with the digest of the one before."""
    last, digest = 0, ""
    for seal in seals:
        if seal.first != last + 1:
            told = f"The seal over rows {last + 1} to {seal.first - 1} is missing."
            yield Finding(collection.id, "seal missing", told)
        elif seal.previous != digest:
            told = f"The seal over rows {seal.first} to {seal.last} does not follow from the one before it."
            yield Finding(collection.id, "chain broken", told)
        last, digest = seal.last, seal.digest


def _check_seal(collection: Collection, seal: Seal) -> Iterator[Finding]:
    if not any(compare_digest(seal.signature, signature) for signature in signatures_of(seal)):
        told = (
            f"The seal over rows {seal.first} to {seal.last} was changed, or made with another key:"
            " its signature is wrong."
        )
        yield Finding(collection.id, "seal altered", told)
    gone = sorted(set(seal.columns) - set(history_columns(collection)))
    if gone:
        told = f"Rows {seal.first} to {seal.last} cannot be checked: the history lost {', '.join(gone)}."
        yield Finding(collection.id, "column removed", told)
        return
    with transaction.atomic():
        block = read_block(collection, seal.columns, seal.first, seal.last)
    if seal.digest != block.digest(collection.id, seal.first, seal.last, seal.columns, seal.previous):
        yield from _named(collection, seal, block)


def _named(collection: Collection, seal: Seal, block: Block) -> Iterator[Finding]:
    """Which rows and reasons of a block are not what was sealed, by their marks."""
    found = [*_rows_named(collection, seal, block), *_reasons_named(collection, seal, block)]
    told = f"Rows {seal.first} to {seal.last} are not what was sealed; the seal does not tell which."
    yield from found or [Finding(collection.id, "block altered", told)]


def _rows_named(collection: Collection, seal: Seal, block: Block) -> Iterator[Finding]:
    sealed = read_row_marks(bytes(seal.row_marks))
    stands = {number: digest[:MARK_BYTES] for number, digest in block.rows}
    kinds = {
        "row changed": [n for n in sealed if n in stands and stands[n] != sealed[n]],
        "row removed": [n for n in sealed if n not in stands],
        "row slipped in": [n for n in stands if n not in sealed],
    }
    where = f"the block {seal.first} to {seal.last}, sealed {seal.sealed_at:%Y-%m-%d %H:%M}"
    for kind, rows in kinds.items():
        if rows:
            yield Finding(collection.id, kind, f"{kind}: {_list(rows)} in {where}.", rows=tuple(rows))


def _reasons_named(collection: Collection, seal: Seal, block: Block) -> Iterator[Finding]:
    sealed = read_reason_marks(bytes(seal.reason_marks))
    stands = {batch: digest[:MARK_BYTES] for batch, digest in block.reasons}
    for batch in sorted(sealed.keys() | stands.keys()):
        if sealed.get(batch) != stands.get(batch):
            how = "changed" if batch in sealed and batch in stands else "removed"
            how = how if batch in sealed else "slipped in"
            told = f"The reason of batch {batch} was {how}."
            yield Finding(collection.id, f"reason {how}", told, batch=str(batch))


def _check_order(collection: Collection) -> Iterator[Finding]:
    for feature, row, label, version, label_before, version_before in _all(
        broken_order_sql(collection, MOST_NAMED)
    ):
        before = f"{label_before} of version {version_before}" if label_before else "nothing"
        step = f"row {row} ({label} of version {version}) follows {before}"
        told = f"Feature {feature}: {step}; a row is missing or too many."
        yield Finding(collection.id, "version gap", told, rows=(row,), features=(feature,))


def _check_features(collection: Collection) -> Iterator[Finding]:
    """A change made while the triggers were off shows here."""
    for feature, stands, label in _all(differing_sql(collection, MOST_NAMED)):
        if not stands:
            how = "was removed, and its history does not know"
        elif label is None:
            how = "has no history"
        elif label == "delete":
            how = "stands in the table, but its history ends with its deletion"
        else:
            how = "is not what its last version says"
        yield Finding(collection.id, "feature differs", f"Feature {feature} {how}.", features=(feature,))


def _missing_from_record(chosen: set[str]) -> Iterator[Finding]:
    """Seals that were made, as the record beside the database tells, and are not there any more."""
    stand = set(Seal.objects.values_list("collection", "last", "digest"))
    for line in written_down():
        if line["collection"] in chosen and (line["collection"], line["last"], line["digest"]) not in stand:
            told = f"The seal of {line['sealed_at']} that ends with row {line['last']} is missing or was replaced."
            yield Finding(line["collection"], "seal missing", told)


def _list(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:20]))
    return shown if len(rows) <= 20 else f"{shown} and {len(rows) - 20} more"


def _all(query: tuple[Any, list[Any]]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return list(cursor.fetchall())


def _one(query: tuple[Any, list[Any]]) -> tuple[Any, ...]:
    (row,) = _all(query)
    return row
