"""Analyses of a whole collection in parts of neighbours, each of which reads what it needs, here or on a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from django.conf import settings

from analysis.engine import Cluster, Engine, Here, NoCluster
from analysis.processes.remote import ZonesPart, remote
from gis_core.errors import Unavailable
from layers.queries.parts import split_collection

PART_ROWS = 20_000


def on_workers() -> bool:
    """Whether ANALYSIS_ENGINE sends analyses of a whole collection to a Dask cluster."""
    return bool(settings.ANALYSIS_ENGINE == "dask")


def measure_by_parts(
    work: str,
    collection: str,
    asked: Mapping[str, Any] | None = None,
    *,
    part_rows: int = PART_ROWS,
    on_progress: Callable[[float], None] = lambda _: None,
) -> pd.DataFrame:
    """What the function named `work` (ZonesPart -> frame with the index `id`) makes of all features, ordered by id.

    Raises Unavailable where no cluster answers.
    """
    parts = [
        ZonesPart(collection, part.ids, part.bbox.as_tuple(), settings.CITY.metric_crs, dict(asked or {}))
        for part in split_collection(collection, part_rows)
    ]
    try:
        tables = _engine().run(remote(work), parts, on_progress)
    except NoCluster as error:
        raise Unavailable(str(error)) from error
    return pd.concat(tables).sort_index() if tables else pd.DataFrame()


def _engine() -> Engine:
    return Cluster(settings.ANALYSIS_SCHEDULER) if on_workers() else Here()
