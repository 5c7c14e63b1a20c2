"""How full a container will be, the risk that it overflows before its next service, and what to pay to prevent it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt
from statistics import NormalDist

FULL = 1.0
UNRECORDED = (
    0.25  # a fall by so much of a container is an emptying that nobody wrote down, no error of a sensor
)
PRIOR_DAYS = 7.0  # what the usual rate weighs against a container's own observations


@dataclass(frozen=True)
class Observation:
    """A fill seen, or weighed when the container was emptied: `fill` is the share of the container (1.0: full) before
    it was emptied, `at_d` days since any fixed moment. A weighing of w kg is w / (litres × kg per litre)."""

    at_d: float
    fill: float
    emptied: bool = False


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


def estimate_rate(observations: Sequence[Observation], usual: Rate) -> Rate:
    """The container's own rate, drawn towards the `usual` one of its kind as long as little is known.

    Waste is taken to arrive as a Wiener process with drift (Whitmore, "Estimating degradation by a Wiener diffusion
    process", Lifetime Data Analysis 1, 1995): the increments between observations are independent, with mean and
    variance that grow with the days between them. Drift: all that came over all days. Variance: the mean of
    (increment - drift × days)² / days. The usual rate counts as PRIOR_DAYS more days and one more increment, so that
    no or one observation gives a forecast, too. Small falls are errors of a sensor and stay in; a fall by UNRECORDED or
    more is an emptying that nobody wrote down, and tells nothing. A rate is never negative.
    """
    came = _increments(observations)
    days = sum(time_d for time_d, _ in came)
    drift = (sum(fill for _, fill in came) + PRIOR_DAYS * usual.per_day) / (days + PRIOR_DAYS)
    drift = max(0.0, drift)
    squares = sum((fill - drift * time_d) ** 2 / time_d for time_d, fill in came)
    deviation = sqrt((squares + usual.deviation**2) / (len(came) + 1))
    return Rate(drift, deviation, days)


def _increments(observations: Sequence[Observation]) -> list[tuple[float, float]]:
    """Days between two observations, and what came meanwhile."""
    ordered = sorted(observations, key=_moment)
    pairs = [(b.at_d - a.at_d, b.fill - _left(a)) for a, b in pairwise(ordered)]
    return [(days, came) for days, came in pairs if days > 0 and came > -UNRECORDED]


def _moment(seen: Observation) -> tuple[float, bool]:
    """In the order of time; what is seen in the minute of an emptying was seen before it."""
    return seen.at_d, seen.emptied


def _left(seen: Observation) -> float:
    return 0.0 if seen.emptied else max(0.0, seen.fill)


def forecast_fill(observations: Sequence[Observation], at_d: float, usual: Rate) -> Fill:
    """The fill at a moment after the last observation, if nobody empties the container before.

    Its error holds the scatter of the days to come and that of the rate itself. Without any observation the container
    is taken to have been emptied PRIOR_DAYS ago: whoever knows better says so by an Observation.
    """
    rate = estimate_rate(observations, usual)
    unseen = Observation(at_d - PRIOR_DAYS, 0.0, emptied=True)
    last = max(observations, key=_moment, default=unseen)
    return _after(rate, _left(last), max(0.0, at_d - last.at_d))


def _after(rate: Rate, fill: float, days: float) -> Fill:
    scatter = days + days**2 / (rate.days + PRIOR_DAYS)
    return Fill(fill + rate.per_day * days, rate.deviation * sqrt(scatter))


def collection_prize(
    observations: Sequence[Observation], now_d: float, next_d: float, overflow_cost: float, usual: Rate
) -> float:
    """A task's prize: the money that emptying the container now saves, until it could be emptied next at `next_d`.

    `overflow_cost` is what one overflow costs the city (cleaning, complaints); the saving is that times the risk that
    goes away by emptying now. As in Mes, Schutten and Rivera, "Inventory routing for dynamic waste collection" (Waste
    Management 34, 2014), the container whose risk rises soonest is worth most.
    """
    risk = forecast_fill(observations, next_d, usual).overflow_risk
    emptied = [
        *observations,
        Observation(now_d, min(FULL, _expected(observations, now_d, usual)), emptied=True),
    ]
    return overflow_cost * max(0.0, risk - forecast_fill(emptied, next_d, usual).overflow_risk)


def _expected(observations: Sequence[Observation], now_d: float, usual: Rate) -> float:
    return forecast_fill(observations, now_d, usual).expected


def days_until_risk(
    observations: Sequence[Observation], usual: Rate, risk: float, *, most_d: int = 60
) -> float:
    """Whole days after the last observation until the risk of an overflow first exceeds `risk`; inf beyond `most_d`."""
    last_d = max((seen.at_d for seen in observations), default=0.0)
    return next(
        (
            float(day)
            for day in range(most_d + 1)
            if forecast_fill(observations, last_d + day, usual).overflow_risk > risk
        ),
        inf,
    )
