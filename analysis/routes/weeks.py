"""On which days of a week something may be collected, and which of these patterns a search over all days chose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations, pairwise

from analysis.routes.plan import RoutePlan

WEEK = 7
Days = tuple[int, ...]


def longest_gap(days: Collection[int]) -> int:
    """Most days between two collections, when the same weekdays (1 = Monday) return every week; 7 for none."""
    return max(_gaps(days), default=WEEK)


def patterns(times: int, weekdays: Iterable[int], apart_days: int) -> tuple[Days, ...]:
    """The ways to collect so many times a week on these weekdays, each two collections so many days apart, the last
    of a week and the first of the next as well; in order."""
    chosen = combinations(sorted(set(weekdays)), times)
    return tuple(days for days in chosen if min(_gaps(days), default=0) >= apart_days)


def chosen_days(plan: RoutePlan, item_of: Mapping[str, str], week: Days) -> dict[str, Days]:
    """By item the weekdays on which the plan serves it; day 0 of the plan is `week[0]`.

    Both sides of a street are one item, with one pattern: that of the side first in the alphabet.
    """
    served: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for route in plan.routes:
        for visit in route.served:
            served[item_of[visit.id]][visit.id].append(week[route.day])
    return {item: tuple(sorted(tasks[min(tasks)])) for item, tasks in served.items()}


def _gaps(days: Collection[int]) -> list[int]:
    ordered = sorted(set(days))
    around = [*ordered, *(day + WEEK for day in ordered[:1])]
    return [after - before for before, after in pairwise(around)]
