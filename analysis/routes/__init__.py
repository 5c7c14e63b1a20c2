"""Collection routes: a RouteProblem, its RoutePlan, a plan to compare with, an independent check. Pure: no Django."""

from analysis.routes.budget import KEEP, Budget, OnProgress, Progress, SolveCancelled
from analysis.routes.check import check_plan
from analysis.routes.cures import Cure, explain_infeasible
from analysis.routes.fleet import Demand, Zone, share_fleet
from analysis.routes.greedy import nearest_neighbour
from analysis.routes.plan import (
    Halt,
    Refusal,
    Rest,
    Route,
    RoutePlan,
    Serve,
    Tip,
    Unserved,
    Visit,
    VisitKind,
    drive,
)
from analysis.routes.problem import (
    Break,
    Costs,
    DisposalSite,
    NoVehicle,
    RouteProblem,
    RoutingError,
    Task,
    Vehicle,
    Way,
    container,
)
from analysis.routes.solver import solve

__all__ = [
    "KEEP",
    "Break",
    "Budget",
    "Costs",
    "Cure",
    "Demand",
    "DisposalSite",
    "Halt",
    "NoVehicle",
    "OnProgress",
    "Progress",
    "Refusal",
    "Rest",
    "Route",
    "RoutePlan",
    "RouteProblem",
    "RoutingError",
    "Serve",
    "SolveCancelled",
    "Task",
    "Tip",
    "Unserved",
    "Vehicle",
    "Visit",
    "VisitKind",
    "Way",
    "Zone",
    "check_plan",
    "container",
    "drive",
    "explain_infeasible",
    "nearest_neighbour",
    "share_fleet",
    "solve",
]
