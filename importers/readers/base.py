"""What every reader takes and gives: a file in, one layer of it out, exactly as it stands there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from layers.services.checks import RowIssue


@dataclass(frozen=True)
class ReadOptions:
    """`workspace` is a folder that may be filled; `max_bytes` limits what an archive may unpack to."""

    workspace: Path
    max_bytes: int
    layer: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class SourceTable:
    """One layer as the file has it: row i of `values` and geometry i belong together; row numbers count from 1.

    geometries: shapely objects or None, in the file's own coordinates; None for a layer without any.
    crs: what the file says (a pyproj.CRS), or None. `issues` are rows that could not be read.
    """

    name: str
    values: pd.DataFrame
    geometries: np.ndarray | None
    crs: Any = None
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()
    issues: tuple[RowIssue, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.values)


class Reader(Protocol):
    """One family of formats. Raises InvalidInput, naming the file and the cure, for a file it cannot read."""

    suffixes: frozenset[str]

    def read(self, path: Path, options: ReadOptions) -> SourceTable: ...
