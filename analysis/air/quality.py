"""What is wrong with an observation: told by a flag and a reason, never by dropping it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np
import pandas as pd


class Fault(StrEnum):
    """In the order in which one is told where several hold."""

    NOT_A_NUMBER = "not-a-number"
    NEGATIVE = "negative"
    DUPLICATE = "duplicate"
    FUTURE = "in-the-future"
    STUCK = "stuck"
    LATE = "late"


FLAGS = {
    Fault.NOT_A_NUMBER: "invalid",
    Fault.NEGATIVE: "invalid",
    Fault.DUPLICATE: "invalid",
    Fault.FUTURE: "invalid",
    Fault.STUCK: "suspect",
    Fault.LATE: "valid",
}


@dataclass(frozen=True)
class QualityRule:
    """Stuck: so many hours with one and the same value above zero. Late: received so long after it was observed.

    Assumptions, to be replaced by those of the network's own manual.
    """

    stuck_hours: int = 6
    late_after: timedelta = timedelta(hours=48)

    @property
    def text(self) -> str:
        late_h = self.late_after.total_seconds() / 3600
        return (
            "not a number, negative, a second value of one moment (the one received first counts), later than received:"
            f" invalid; the same value above zero for {self.stuck_hours} observations in a row over at least as many"
            f" hours: suspect; received more than {late_h:g} h after it was observed, and after newer ones of its"
            " series: valid, named late"
        )


def find_faults(observations: pd.DataFrame, rule: QualityRule | None = None) -> pd.DataFrame:
    """Columns flag and fault ("" where nothing is wrong), with the index of `observations`.

    observations: station, pollutant, observed_at and received_at (with time zone), value_ug_m3.
    """
    rule = rule or QualityRule()
    order = ["station", "pollutant", "observed_at", "received_at"]
    rows = observations.reset_index(drop=True).sort_values(order, kind="stable")
    value = pd.to_numeric(rows["value_ug_m3"], errors="coerce").to_numpy(dtype=np.float64)
    delay = rows["received_at"] - rows["observed_at"]
    found = {
        Fault.NOT_A_NUMBER: ~np.isfinite(value),
        Fault.NEGATIVE: value < 0,
        Fault.DUPLICATE: rows.duplicated(["station", "pollutant", "observed_at"]).to_numpy(),
        Fault.FUTURE: (delay < pd.Timedelta(0)).to_numpy(),
        Fault.STUCK: _stuck(rows, value, rule.stuck_hours),
        Fault.LATE: ((delay > rule.late_after) & _after_newer(rows)).to_numpy(),
    }
    fault = np.select(list(found.values()), [str(name) for name in found], default="")
    flag = [FLAGS[Fault(name)] if name else "valid" for name in fault]
    return (
        pd.DataFrame({"flag": flag, "fault": fault}, index=rows.index)
        .sort_index()
        .set_axis(observations.index)
    )


def _after_newer(rows: pd.DataFrame) -> pd.Series:
    """Whether a newer observation of the series was received before: what is brought in at once is not late."""
    newest_first = rows.iloc[::-1]
    series = [newest_first["station"], newest_first["pollutant"]]
    earliest = newest_first["received_at"].groupby(series, sort=False).cummin()
    before = earliest.groupby(series, sort=False).shift() < newest_first["received_at"]
    return before.iloc[::-1]


def _stuck(rows: pd.DataFrame, value: np.ndarray, hours: int) -> np.ndarray:
    """Rows of a run of equal values above zero that is long enough; duplicates of one moment count once."""
    series = rows["station"].astype(str) + "/" + rows["pollutant"].astype(str)
    changes = (series != series.shift()).to_numpy() | (value != np.concatenate([[np.nan], value[:-1]]))
    run = pd.Series(np.cumsum(changes), index=rows.index)
    moments = rows.groupby(run)["observed_at"]
    enough = moments.transform("nunique") >= hours
    lasting = moments.transform("max") - moments.transform("min") >= pd.Timedelta(hours=hours - 1)
    return np.asarray((enough & lasting).to_numpy() & (value > 0))
