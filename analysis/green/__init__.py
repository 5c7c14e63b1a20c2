"""Green coverage and access to green: geometry series in, frozen dataclasses out, true on the ellipsoid."""

from analysis.green.access import Access, Homes, people_within, reach
from analysis.green.coverage import Coverage, cover
from analysis.green.indicator import Indicator, Subject
from analysis.green.patches import Patches
from analysis.green.plane import MetricCrs, NotMetric

__all__ = [
    "Access",
    "Coverage",
    "Homes",
    "Indicator",
    "MetricCrs",
    "NotMetric",
    "Patches",
    "Subject",
    "cover",
    "people_within",
    "reach",
]
