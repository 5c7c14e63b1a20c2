"""How full a container will be, the risk that it overflows before its next service, and what to pay to prevent it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf, nan, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FULL = 1.0
UNRECORDED = (
    0.25  # a fall by so much of a container is an emptying that nobody wrote down, no error of a sensor
)
PRIOR_DAYS = 7.0  # what the usual rate weighs against a container's own observations
SHORTEST_D = 0.25  # in less, the error of a sensor or of a density is more than what has come


@dataclass(frozen=True)
class Observation:
    """A fill seen, or weighed when the container was emptied: `fill` is the share of the container (1.0: full) before
    it was emptied, nan where nobody looked, `at_d` days since any fixed moment. A weighing of w kg is
    w / (litres × kg per litre)."""

    at_d: float
    fill: float = nan
    emptied: bool = False


@dataclass(frozen=True)
class Filling:
    """What the observations of a container, or of several, tell: in `stretches` of `days` in all, `came` shares of a
    container came; `squares` is the sum of their squares, each by its days. `left` is what was in it after the last
    observation at `last_d` (None: it was never looked at)."""

    stretches: int = 0
    days: float = 0.0
    came: float = 0.0
    squares: float = 0.0
    last_d: float | None = None
    left: float = 0.0

    @classmethod
    def of(cls, observations: Sequence[Observation]) -> Filling:
        """Of one container."""
        seen = list(observations)
        return fillings(
            np.zeros(len(seen), dtype=np.int64),
            np.array([o.at_d for o in seen], dtype=np.float64),
            np.array([o.fill for o in seen], dtype=np.float64),
            np.array([o.emptied for o in seen], dtype=np.bool_),
            count=1,
        )[0]

    def scatter(self, drift: float) -> float:
        """The sum of (came - drift × days)² / days over the stretches."""
        return max(0.0, self.squares - 2 * drift * self.came + drift**2 * self.days)


@dataclass(frozen=True)
class Rate:
    """Shares of the container per day: mean, standard deviation of one day's filling, days observed."""

    per_day: float
    deviation: float
    days: float = 0.0


@dataclass(frozen=True)
class Fill:
    """Expected share (1.0: full; more: it lies beside) with its standard error."""

    expected: float
    error: float

    @property
    def overflow_risk(self) -> float:
        """The probability (0 to 1) that more has come than the container holds."""
        if self.error <= 0:
            return float(self.expected > FULL)
        return 1.0 - NormalDist(self.expected, self.error).cdf(FULL)


@dataclass(frozen=True)
class Outlook:
    """A container that held `left` at `last_d` and fills by `rate`, as long as nobody empties it."""

    rate: Rate
    last_d: float
    left: float

    def at(self, at_d: float) -> Fill:
        """Its error holds the scatter of the days to come and that of the rate itself."""
        days = max(0.0, at_d - self.last_d)
        scatter = days + days**2 / (self.rate.days + PRIOR_DAYS)
        return Fill(self.left + self.rate.per_day * days, self.rate.deviation * sqrt(scatter))

    def emptied(self, at_d: float) -> Outlook:
        return replace(self, last_d=at_d, left=0.0)


def fillings(
    container: npt.NDArray[np.int64],
    at_d: Floats,
    fill: Floats,
    emptied: npt.NDArray[np.bool_],
    *,
    count: int,
) -> list[Filling]:
    """Per container (0 to count - 1) what its observations tell, given as columns in any order.

    Small falls are errors of a sensor and stay in; a fall by UNRECORDED or more is an emptying that nobody wrote down,
    and tells nothing; nor does an emptying that nobody weighed, but for what comes after it. What is seen in the minute
    of an emptying was seen before it.
    """
    order = np.lexsort((emptied, at_d, container))
    container, at_d, fill, emptied = container[order], at_d[order], fill[order], emptied[order]
    left = np.where(emptied, 0.0, np.maximum(0.0, fill))
    days, came = np.diff(at_d), fill[1:] - left[:-1]
    tells = (container[1:] == container[:-1]) & (days >= SHORTEST_D) & (came > -UNRECORDED)
    own, days, came = container[1:][tells], days[tells], came[tells]
    sums = [np.bincount(own, values, count) for values in (np.ones(len(own)), days, came, came**2 / days)]
    last = np.searchsorted(container, np.arange(count), side="right") - 1
    known = (last >= 0) & (container[last] == np.arange(count)) if len(container) else np.zeros(count, bool)
    return [
        Filling(int(n), float(d), float(c), float(s), *((float(at_d[at]), float(left[at])) if seen else ()))
        for n, d, c, s, at, seen in zip(*sums, last, known, strict=True)
    ]


def usual_rate(fillings: Iterable[Filling]) -> Rate | None:
    """That of many containers taken together; how they differ from each other is in its deviation. None: they tell
    nothing."""
    known = [filling for filling in fillings if filling.stretches]
    if not known:
        return None
    days = sum(filling.days for filling in known)
    drift = max(0.0, sum(filling.came for filling in known) / days)
    scatter = sum(filling.scatter(drift) for filling in known) / sum(filling.stretches for filling in known)
    return Rate(drift, sqrt(scatter), days)


def estimate_rate(filling: Filling, usual: Rate) -> Rate:
    """The container's own rate, drawn towards the `usual` one of its kind as long as little is known.

    Waste is taken to arrive as a Wiener process with drift (Whitmore, "Estimating degradation by a Wiener diffusion
    process", Lifetime Data Analysis 1, 1995): the increments between observations are independent, with mean and
    variance that grow with the days between them. Drift: all that came over all days. Variance: the mean of
    (increment - drift × days)² / days. The usual rate counts as PRIOR_DAYS more days and one more increment, so that
    no or one observation gives a forecast, too. A rate is never negative.
    """
    drift = max(0.0, (filling.came + PRIOR_DAYS * usual.per_day) / (filling.days + PRIOR_DAYS))
    variance = (filling.scatter(drift) + usual.deviation**2) / (filling.stretches + 1)
    return Rate(drift, sqrt(variance), filling.days)


def outlook(filling: Filling, usual: Rate, now_d: float) -> Outlook:
    """Without any observation the container is taken to have been emptied PRIOR_DAYS before now: whoever knows better
    says so by an Observation."""
    rate = estimate_rate(filling, usual)
    if filling.last_d is None:
        return Outlook(rate, now_d - PRIOR_DAYS, 0.0)
    return Outlook(rate, filling.last_d, filling.left)


def collection_prize(coming: Outlook, now_d: float, next_d: float, overflow_cost: float) -> float:
    """A task's prize: the money that emptying the container now saves, until it could be emptied next at `next_d`.

    `overflow_cost` is what one overflow costs the city (cleaning, complaints); the saving is that times the risk that
    goes away by emptying now. As in Mes, Schutten and Rivera, "Inventory routing for dynamic waste collection" (Waste
    Management 34, 2014), the container whose risk rises soonest is worth most.
    """
    return overflow_cost * risk_saved(coming, now_d, next_d)


def risk_saved(coming: Outlook, now_d: float, next_d: float) -> float:
    """The probability of an overflow until `next_d` that goes away by emptying now."""
    left = coming.at(next_d).overflow_risk
    return max(0.0, left - coming.emptied(now_d).at(next_d).overflow_risk)


def days_until_risk(coming: Outlook, from_d: float, risk: float, *, most_d: int = 60) -> float:
    """Whole days after `from_d` until the risk of an overflow first exceeds `risk`; inf beyond `most_d`."""
    return next(
        (float(day) for day in range(most_d + 1) if coming.at(from_d + day).overflow_risk > risk), inf
    )
