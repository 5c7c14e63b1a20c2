"""Collection routes: a RouteProblem, its RoutePlan, a plan to compare with, an independent check. Pure: no Django."""

from analysis.routes.check import check_plan
from analysis.routes.fleet import Demand, Zone, share_fleet
from analysis.routes.greedy import nearest_neighbour
from analysis.routes.plan import Refusal, Route, RoutePlan, Unserved, Visit, VisitKind, drive
from analysis.routes.problem import (
    Costs,
    DisposalSite,
    NoVehicle,
    RouteProblem,
    RoutingError,
    Stop,
    Vehicle,
)
from analysis.routes.solver import Budget, Progress, SolveCancelled, solve

__all__ = [
    "Budget",
    "Costs",
    "Demand",
    "DisposalSite",
    "NoVehicle",
    "Progress",
    "Refusal",
    "Route",
    "RoutePlan",
    "RouteProblem",
    "RoutingError",
    "SolveCancelled",
    "Stop",
    "Unserved",
    "Vehicle",
    "Visit",
    "VisitKind",
    "Zone",
    "check_plan",
    "drive",
    "nearest_neighbour",
    "share_fleet",
    "solve",
]
