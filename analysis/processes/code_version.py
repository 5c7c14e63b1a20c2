"""Which program computed: the version of the package, and its commit where that is known."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

from django.conf import settings

COMMIT_DIGITS = 12


@cache
def code_version() -> str:
    """`0.1.0+1a9351b0f2c4`. The commit is what CASAGIS_COMMIT says, or the one that the program's .git stands at."""
    commit = os.environ.get("CASAGIS_COMMIT") or _commit_of(settings.ROOT)
    return f"{_package_version()}+{commit[:COMMIT_DIGITS]}" if commit else _package_version()


def _package_version() -> str:
    try:
        return metadata.version("casagis")
    except metadata.PackageNotFoundError:  # run from its sources
        with (settings.ROOT / "pyproject.toml").open("rb") as file:
            return str(tomllib.load(file)["project"]["version"])


def _commit_of(root: Path) -> str:
    """Read from the files of .git, without running git; empty where there is none."""
    try:
        git = root / ".git"
        if git.is_file():  # a worktree names its folder
            git = root / git.read_text(encoding="ascii").removeprefix("gitdir: ").strip()
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head
        shared = git / "commondir"
        common = git / shared.read_text(encoding="ascii").strip() if shared.exists() else git
        return _resolve(common, head.removeprefix("ref: "))
    except OSError:
        return ""


def _resolve(git: Path, ref: str) -> str:
    loose = git / ref
    if loose.exists():
        return loose.read_text(encoding="ascii").strip()
    packed = (git / "packed-refs").read_text(encoding="ascii").splitlines()
    return next((line.split()[0] for line in packed if line.endswith(f" {ref}")), "")
