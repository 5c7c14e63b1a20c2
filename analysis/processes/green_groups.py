"""The groups of people that the census tells of each district: women and men, and three ages."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.green.plane import Floats

COLUMNS = ("women", "aged_0_14", "aged_15_64", "aged_65_up")
MEN = "men"
GROUP_RULE = (
    "People: {group} of the districts' census; within a district every group lives where all its inhabitants do, so"
    " that only differences between districts show."
)


def group_shares(districts: pd.DataFrame) -> Mapping[str, Floats]:
    """Per group its share of each district's inhabitants, 0 to 1; NaN where the census does not tell.

    Groups that no district has are left out. districts: population and COLUMNS.
    """
    people = pd.to_numeric(districts["population"]).to_numpy(float)
    counts = {name: pd.to_numeric(districts[name]).to_numpy(float) for name in COLUMNS}
    counts[MEN] = people - counts["women"]
    shares = {name.replace("_", "-"): _share(count, people) for name, count in counts.items()}
    return {name: share for name, share in shares.items() if (share > 0).any()}


def _share(count: Floats, people: Floats) -> Floats:
    share = np.divide(count, people, out=np.full(len(people), np.nan), where=people > 0)
    return np.asarray(np.clip(share, 0, 1), dtype=np.float64)
