from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from layers.formats.catalog import FORMATS

ROWS = 40_000
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peaks are read from Linux's /proc")
@pytest.mark.usefixtures("django_db_setup")
def test_a_whole_layer_streams_in_bounded_memory(tmp_path):
    """40,000 parcels are 140 MB as rows of Python values: none of it may be held at once (docs/decisions say more)."""
    given = connection.settings_dict
    query = f"host={given['HOST']}&port={given['PORT'] or 5432}"
    address = f"postgresql://{given['USER']}:{given['PASSWORD']}@/{given['NAME']}?{query}"
    environment = {
        "DATABASE_URL": address,
        "CASAGIS_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "gis_core.settings",
    }
    said = subprocess.run(
        [sys.executable, "-m", "tests.layers.formats.memory", str(ROWS)],
        env=os.environ | environment, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    measured = {line["format"]: line for line in map(json.loads, said.stdout.splitlines())}
    assert list(measured) == list(FORMATS)
    assert {name: line["added_mb"] for name, line in measured.items() if line["added_mb"] > 60} == {}
    assert all(line["bytes"] > 1_000_000 for line in measured.values())
    assert list((tmp_path / "downloads").iterdir()) == []
