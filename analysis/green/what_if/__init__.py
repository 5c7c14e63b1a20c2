"""What if: the change of every green indicator by an imagined change of the city, in a fraction of a second."""

from analysis.green.what_if.change import Outcome, idle_doors, what_if
from analysis.green.what_if.operations import Convert, Draw, Edit, Erase, Open, Operation, Plant, Remove
from analysis.green.what_if.state import CityState, Figures, Greens, Reach, polygons_of, prepare

__all__ = [
    "CityState",
    "Convert",
    "Draw",
    "Edit",
    "Erase",
    "Figures",
    "Greens",
    "Open",
    "Operation",
    "Outcome",
    "Plant",
    "Reach",
    "Remove",
    "idle_doors",
    "polygons_of",
    "prepare",
    "what_if",
]
