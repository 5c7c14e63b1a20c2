"""Places, tasks and keys: what containers and streets have in common."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.network import Unreachable
from analysis.network.places import Place
from analysis.routes import Task


@dataclass(frozen=True, eq=False)
class Placed:
    """Places on the network in the order of their matrix rows, the tasks at them, and what no truck reaches."""

    places: tuple[Place, ...]
    tasks: tuple[Task, ...]
    missed: tuple[Unreachable, ...]


def keys(frame: pd.DataFrame) -> pd.Series:
    """The external_id, or "id:7" where a row has none."""
    return frame["external_id"].where(frame["external_id"].notna(), "id:" + frame["id"].astype(str))
