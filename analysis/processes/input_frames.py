"""Frames that a process reads, with a record of what it read: features and revision of each collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gis_core.geometry import BBox
from layers.queries.frames import count_rows, read_frame
from layers.queries.revisions import revision_of


class InputFrames:
    """Reads frames in one CRS; `record` is what an auditor needs to read the same again."""

    def __init__(self, srid: int) -> None:
        self.srid = srid
        self.record: dict[str, dict[str, int]] = {}

    def read(
        self,
        collection_id: str,
        names: Sequence[str] = (),
        *,
        bbox: BBox | None = None,
        equals: Mapping[str, object] | None = None,
        ids: Sequence[int] | None = None,
    ) -> pd.DataFrame:
        """As layers.queries.frames.read_frame. The revision is taken first: the frame is never older than it."""
        revision = revision_of(collection_id)
        frame = read_frame(collection_id, names, bbox=bbox, srid=self.srid, equals=equals, ids=ids)
        features = len(frame) if ids is None else count_rows(collection_id)  # a part stands for what it is of
        self.record[collection_id] = {"features": features, "revision": revision}
        return frame

    def note(self, collection_id: str) -> None:
        """Record a collection that others read, such as workers."""
        revision = revision_of(collection_id)
        self.record[collection_id] = {"features": count_rows(collection_id), "revision": revision}

    def of(self, collection_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The record of some of the collections, as far as they were read."""
        return {name: dict(self.record[name]) for name in collection_ids if name in self.record}


def plain(row: Mapping[Any, Any], *, whole: Sequence[str] = ()) -> dict[str, Any]:
    """JSON-ready: missing values are None; numbers of the columns `whole` are integers."""
    found = {name: None if pd.isna(value) else value for name, value in row.items()}
    return {
        name: int(value) if name in whole and value is not None else value for name, value in found.items()
    }
