"""Tools that keep borders shared: shapes on a grid in, a plan of changes out; nothing is written here."""

from analysis.topology.coverage import simplify_coverage
from analysis.topology.gap import fill_gap, gap_parts
from analysis.topology.grid import Scene, area_m2, length_m, to_degrees, to_grid
from analysis.topology.merge import merge
from analysis.topology.overlap import cut_overlap
from analysis.topology.plan import Fault, Note, Plan, Remark, TopologyError
from analysis.topology.planar import planarise
from analysis.topology.shared_border import move_border
from analysis.topology.split import split

__all__ = [
    "Fault",
    "Note",
    "Plan",
    "Remark",
    "Scene",
    "TopologyError",
    "area_m2",
    "cut_overlap",
    "fill_gap",
    "gap_parts",
    "length_m",
    "merge",
    "move_border",
    "planarise",
    "simplify_coverage",
    "split",
    "to_degrees",
    "to_grid",
]
