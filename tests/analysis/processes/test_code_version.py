"""Which program computed: read from files, as git leaves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.processes.code_version import _commit_of, code_version

COMMIT = "1a9351b0f2c4" + "0" * 28


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="ascii")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("worktree", [False, True])
def test_commit_of_a_branch(tmp_path: Path, packed: bool, worktree: bool) -> None:
    git = tmp_path / "repository" / ".git"
    root, head = (tmp_path / "repository", git)
    if worktree:
        root, head = tmp_path / "worktree", git / "worktrees" / "one"
        write(root / ".git", f"gitdir: {head}")
        write(head / "commondir", "../..")
    write(head / "HEAD", "ref: refs/heads/main")
    if packed:
        write(git / "packed-refs", f"# pack-refs with: peeled\n{COMMIT} refs/heads/main")
    else:
        write(git / "refs" / "heads" / "main", COMMIT)
    assert _commit_of(root) == COMMIT


def test_detached_head_and_no_repository(tmp_path: Path) -> None:
    assert _commit_of(tmp_path) == ""
    write(tmp_path / ".git" / "HEAD", COMMIT)
    assert _commit_of(tmp_path) == COMMIT


def test_commit_of_the_installation_comes_first(monkeypatch) -> None:
    code_version.cache_clear()
    monkeypatch.setenv("CASAGIS_COMMIT", "abcdef0123456789")
    assert code_version() == "0.1.0+abcdef012345"
    code_version.cache_clear()
