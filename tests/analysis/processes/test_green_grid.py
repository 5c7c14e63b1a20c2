"""compute-green-grid: shares in closed form in a COG; after edits the same as a fresh run, by the cells they touch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from django.conf import settings as django_settings

from analysis.air.cog import require_cog
from analysis.processes.green import ComputeGreenCoverage
from analysis.processes.green_grid import ComputeGreenGrid
from analysis.processes.green_update import UpdateGreenCoverage
from gis_core.errors import InvalidInput, JobDismissed, TooLarge
from layers.models import District, GreenSpace  # type: ignore[attr-defined]
from layers.queries.frames import read_frame
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.test_green import load

# Changes are told apart by transaction: each step is one of its own, as in a server.
pytestmark = pytest.mark.django_db(
    transaction=True, available_apps=["django.contrib.auth", "django.contrib.contenttypes", "layers"]
)
GREENS = [(10.0, 10.0, 300.0, 300.0), (100.0, 100.0, 300.0, 300.0), (610.0, 510.0, 50.0, 150.0)]


@pytest.fixture(autouse=True)
def city(tmp_path: Path, settings: Any) -> None:
    """Two districts of 400 × 800 m with two parks that overlap, and a private green space."""
    settings.MEDIA_ROOT = tmp_path
    load("districts", (0, 0, 400, 800), (400, 0, 400, 800), name_fr=["O", "E"], population=[100, 300])
    load("green-spaces", *GREENS, access=["public", "public", "private"])


def grid(**inputs: Any) -> dict[str, Any]:
    return json.loads(json.dumps(ComputeGreenGrid().run(inputs, Recorder())))


def stored() -> tuple[Path, np.ndarray, float]:
    """The file, its bands, and the m² of its cells."""
    row = read_frame("rasters", ["file", "kind"], equals={"kind": "green-share"})
    path = Path(django_settings.MEDIA_ROOT) / row["file"].iloc[0]
    with rasterio.open(path) as file:
        return path, file.read(masked=True), abs(file.transform.a * file.transform.e)


def test_shares_add_up_to_the_union_with_public_green_apart():
    answer = grid(cell_m=100)
    path, (everything, public), cell_m2 = stored()
    require_cog(path)
    union_m2 = 2 * 300 * 300 - 210 * 210
    assert public.sum() / 100 * cell_m2 == pytest.approx(union_m2, rel=2e-3)
    assert everything.sum() / 100 * cell_m2 == pytest.approx(union_m2 + 50 * 150, rel=2e-3)
    assert everything.max() == pytest.approx(100, abs=1e-3) and everything.min() == 0
    assert answer["cells"] == everything.count() and answer["raster"]["source"] == "synthetic"
    kept = read_frame("indicators", equals={"indicator": "green_share_pct", "variant": "grid"})
    assert kept["value"].iloc[0] == pytest.approx(float(everything.mean()), abs=1e-3)
    assert kept["rule"].iloc[0] == answer["rule"]
    assert json.loads(kept["inputs"].iloc[0])["green-spaces"]["features"] == 3


def test_update_gives_what_a_fresh_run_gives_by_the_touched_cells():
    ComputeGreenCoverage().run({"zones": ["districts"]}, Recorder())
    cells = grid(cell_m=50)["cells"]
    old = stored()[0]
    assert UpdateGreenCoverage().run({}, Recorder())["measured"]["cells"] == 0 and old.is_file()
    GreenSpace.objects.filter(external_id="green-spaces/1").delete()
    load("green-spaces", GREENS[0], GREENS[2], (480, 20, 90, 30), access=["public", "public", "private"])
    touched = UpdateGreenCoverage().run({}, Recorder())["measured"]["cells"]
    assert 0 < touched < cells / 2
    path, updated, _ = stored()
    assert path != old and not old.exists()
    grid(cell_m=50)
    fresh = stored()[1]
    assert np.array_equal(updated.mask, fresh.mask) and np.array_equal(updated.data, fresh.data)


def test_lost_file_and_moved_districts_are_measured_whole():
    ComputeGreenCoverage().run({"zones": ["districts"]}, Recorder())
    cells = grid()["cells"]
    stored()[0].unlink()
    assert UpdateGreenCoverage().run({}, Recorder())["measured"]["cells"] == cells
    load("districts", (0, 0, 400, 800), (400, 0, 900, 800), name_fr=["O", "E"], population=[100, 300])
    assert UpdateGreenCoverage().run({}, Recorder())["measured"]["cells"] > cells
    updated = stored()[1]
    grid()
    assert np.array_equal(updated.data, stored()[1].data)


def test_cancelled_or_refused_leaves_what_was():
    grid()
    path, before, _ = stored()
    with pytest.raises(JobDismissed):
        ComputeGreenGrid().run({"cell_m": 50}, Recorder(cancel_at=98))
    assert stored()[0] == path and np.array_equal(stored()[1], before)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with pytest.raises(TooLarge, match="larger"):
        grid(cell_m=0.5)
    District.objects.all().delete()
    with pytest.raises(InvalidInput, match="districts"):
        grid()
