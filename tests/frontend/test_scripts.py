"""The TypeScript side: its types, its unit tests and its weight."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    not (shutil.which("npm") and (ROOT / "node_modules").is_dir()),
    reason="npm packages are not installed: npm ci",
)


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_hold() -> None:
    run("npm", "run", "--silent", "check")


def test_units_pass() -> None:
    run("npm", "test", "--silent")


def test_map_page_weighs_little(tmp_path: Path) -> None:
    run("node", "frontend/build.js", "--out", str(tmp_path))
    packed = {path.name: len(gzip.compress(path.read_bytes())) for path in tmp_path.iterdir()}
    assert packed["map.js"] < 120_000
    assert b"geoman" not in (tmp_path / "map.js").read_bytes()
    assert packed["edit.js"] < 130_000
    assert packed["site.css"] + packed["map.css"] < 25_000
    assert packed["cairo-arabic-wght-normal.woff2"] < 60_000


def test_lock_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
