"""What changed where, as far as this process knows: whether what was drawn at some state is still true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from tiles.grids import Bounds
from tiles.states import NOTHING_YET

MOST_CHANGES = 20_000  # of one collection; who comes with an older state gets everything anew
# Collections, the revision of each up to which everything is known, and their moments.
Known = tuple[list[str], list[int], list[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """`bounds` in EPSG:3857 hold old and new geometry; None is everywhere, and turned-round ones are nowhere."""

    revision: int
    state: str
    bounds: Bounds | None

    def touches(self, bounds: Bounds | None) -> bool:
        """None asks about everywhere."""
        mine = self.bounds
        if mine is None:
            return True
        if bounds is None:
            return mine.min_x <= mine.max_x
        return (
            mine.min_x <= bounds.max_x
            and bounds.min_x <= mine.max_x
            and mine.min_y <= bounds.max_y
            and bounds.min_y <= mine.max_y
            and mine.min_x <= mine.max_x
        )


@dataclass
class _Log:
    """One collection: where it stands, the changes that led there, and the states that can be looked back to."""

    revision: int = 0
    state: str = NOTHING_YET
    states: dict[str, int] = field(default_factory=lambda: {NOTHING_YET: 0})
    changes: list[Change] = field(default_factory=list)

    def since(self, state: str) -> list[Change] | None:
        """The changes after a state, the newest first; None for a state that it does not reach back to."""
        if state not in self.states:
            return None
        known, found = self.states[state], []
        for change in reversed(self.changes):
            if change.revision <= known:
                break
            found.append(change)
        return found

    def learn(self, revision: int, state: str, changes: Sequence[Change]) -> None:
        """`changes` are later than what is known; what was before a revision missing among them is forgotten."""
        noted = {change.revision for change in changes}
        base = revision
        while base in noted:
            base -= 1
        if base != self.revision or (base == revision and state not in self.states):
            self.states = {NOTHING_YET: 0} if base == 0 else {}
            self.changes = []
        found = [change for change in changes if change.revision > base]
        self.changes += found
        self.states |= {change.state: change.revision for change in found}
        self.states[state], self.state, self.revision = revision, state, revision
        if len(self.changes) > MOST_CHANGES:
            self._forget_half()

    def _forget_half(self) -> None:
        oldest = self.changes[len(self.changes) // 2].revision
        self.changes = [change for change in self.changes if change.revision > oldest]
        self.states = {state: revision for state, revision in self.states.items() if revision >= oldest}


_EMPTY = _Log()
_numbers = count(1)  # of all ledgers that this process ever has


class Ledger:
    """`number` rises with everything that is learnt: what was found true at a number is true while it lasts.

    A state is a text as tiles.states.STATE makes it, of the same collections in the same order.
    """

    def __init__(self) -> None:
        self.number = next(_numbers)
        self._logs: dict[str, _Log] = {}

    def unchanged_since(self, collections: Sequence[str], state: str, bounds: Bounds | None) -> bool:
        """Whether nothing that meets `bounds` (None: anything anywhere) changed since `state`. False also where the
        ledger does not reach back so far."""
        moments = state.split("-")
        if len(moments) != len(collections):
            return False
        for collection, moment in zip(collections, moments, strict=True):
            log = self._logs.get(collection, _EMPTY)
            if moment == log.state:
                continue
            changes = log.since(moment)
            if changes is None or any(change.touches(bounds) for change in changes):
                return False
        return True

    def changes_since(self, collection: str, moment: str) -> list[Change] | None:
        """The newest first; None where the ledger does not reach back so far."""
        return self._logs.get(collection, _EMPTY).since(moment)

    def state_of(self, collections: Iterable[str]) -> str:
        return "-".join(self._logs.get(collection, _EMPTY).state for collection in collections)

    def revision_of(self, collection: str) -> int:
        return self._logs.get(collection, _EMPTY).revision

    def known(self) -> Known:
        logs = self._logs.values()
        return list(self._logs), [log.revision for log in logs], [log.state for log in logs]

    def learn(self, collection: str, revision: int, state: str, changes: Sequence[Change]) -> None:
        self._logs.setdefault(collection, _Log()).learn(revision, state, changes)
        self.number = next(_numbers)

    def forget(self) -> None:
        """Start anew from what the database says next."""
        self._logs.clear()
        self.number = next(_numbers)
