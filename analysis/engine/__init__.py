"""Where the parts of a large analysis are worked on: in this process, or by the workers of a Dask cluster."""

from analysis.engine.cluster import Cluster, NoCluster
from analysis.engine.here import Engine, Here, Work

__all__ = ["Cluster", "Engine", "Here", "NoCluster", "Work"]
