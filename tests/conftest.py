"""What every test shares: where the real test data is, and a frame in two lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from django.utils import translation
from shapely.geometry import MultiPolygon, box

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Tests read English; what a page says in French and Arabic is asked for by name."""
    with translation.override("en"):
        yield


@pytest.fixture
def shared_data() -> Path:
    """The folder of real test data; a test that needs it is skipped where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real test data at {SHARED_DATA}")
    return SHARED_DATA


def square(west: float, south: float, side: float = 0.01) -> MultiPolygon:
    return MultiPolygon([box(west, south, west + side, south + side)])


def frame(**columns: list) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry="geom", crs=4326)
