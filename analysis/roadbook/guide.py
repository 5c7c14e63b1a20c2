"""What the streets of a network are called, and where more than two of them meet."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analysis.network import Network
from analysis.roadbook.roadbook import LANGUAGES, Street
from analysis.roadbook.roundabouts import Roundabouts

JUNCTION_GRID_M = 0.01  # as in the network


class Guide:
    """One network with its names, for any number of routes.

    `streets` has a row per street with `external_id`, and of `name_fr`, `name_ar`, `name_en`, `street_class` what
    there is; a street of the network without a row has no name.
    """

    def __init__(self, network: Network, streets: pd.DataFrame) -> None:
        self.network = network
        columns = [c for c in (*(f"name_{code}" for code in LANGUAGES), "street_class") if c in streets]
        rows = streets.drop_duplicates("external_id").set_index("external_id")[columns]
        self._rows = rows.reindex(network.street_ids).fillna("")
        self.roundabouts = Roundabouts(network)
        self._streets: dict[int, Street] = {}

    def street(self, arc: int) -> Street:
        section = int(self.network.section[arc])
        if section not in self._streets:
            row = self._rows.iloc[section].to_dict()
            names = {code: str(row[f"name_{code}"]) for code in LANGUAGES if row.get(f"name_{code}")}
            self._streets[section] = Street(names, str(row.get("street_class", "")))
        return self._streets[section]

    def is_junction(self, arc: int) -> bool:
        """Whether more than two street ends meet where this arc ends, one-way or not."""
        end = 0 if self.network.backward[arc] else 1
        return bool(self._meeting[int(self.network.section[arc]), end] > 2)

    @cached_property
    def _meeting(self) -> npt.NDArray[np.int64]:
        """(sections, 2): how many street ends meet at the first and the last point of each section."""
        lines = self.network.lines
        ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
        xy = np.rint(np.column_stack([shapely.get_x(ends), shapely.get_y(ends)]) / JUNCTION_GRID_M)
        _, number, count = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
        return np.asarray(count[number.reshape(-1)].reshape(2, -1).T, dtype=np.int64)
