""".env.example lists exactly the environment variables that the code, the scripts and the containers read."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("gis_core", "layers", "tiles", "importers", "analysis", "frontend")
IN_PYTHON = re.compile(r"""(?:environ(?:\.get\(|\[)|getenv\(|_flag\()\s*["']([A-Z][A-Z0-9_]*)["']""")
IN_SHELL = re.compile(r"\$\{([A-Z][A-Z0-9_]*)")
OF_BASH = {"BASH_SOURCE", "BASH_REMATCH"}


def names_read() -> set[str]:
    python = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    shell = [*(ROOT / "script").iterdir(), ROOT / ".ci" / "run", ROOT / "docker" / "compose.yaml"]
    return (_found(IN_PYTHON, python) | _found(IN_SHELL, shell)) - OF_BASH


def _found(pattern: re.Pattern[str], paths: list[Path]) -> set[str]:
    return {
        name for path in paths if path.is_file() for name in pattern.findall(path.read_text(encoding="utf-8"))
    }


def test_env_example_lists_exactly_what_is_read() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^# ([A-Z][A-Z0-9_]*)=", example, re.MULTILINE)) == names_read()


def test_names_read_sees_flags_and_scripts() -> None:
    assert {"CASAGIS_DEBUG", "CASAGIS_WORKERS", "DATABASE_URL"} <= names_read()
