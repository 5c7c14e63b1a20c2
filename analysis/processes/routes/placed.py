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


def item_of(task: str) -> str:
    """The container or street of a task: a side's id is its street's with the side behind."""
    return task.removesuffix(":left").removesuffix(":right")


def side_of(task: str) -> str:
    return next((side for side in ("left", "right") if task.endswith(f":{side}")), "both")
