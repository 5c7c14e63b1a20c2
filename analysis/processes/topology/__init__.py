"""Topology tools as processes: a preview first, then the same change with the versions that were previewed."""

from analysis.processes.topology.areas import CutOverlap, FillGap, MoveBorder, SimplifyCoverage
from analysis.processes.topology.parts import MergeFeatures, PlanariseStreets, SplitFeatures

__all__ = [
    "CutOverlap",
    "FillGap",
    "MergeFeatures",
    "MoveBorder",
    "PlanariseStreets",
    "SimplifyCoverage",
    "SplitFeatures",
]
