"""manage.py says in one line what is wrong with the settings, and how to mend it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("environment", "arguments", "words"),
    [
        ({"CASAGIS_CITY": "atlantis"}, ["check"], "No city file for 'atlantis'; known: casablanca"),
        ({"DATABASE_URL": "mysql://x"}, ["check"], "DATABASE_URL must start with postgresql://"),
        (
            {"DATABASE_URL": "postgresql://127.0.0.1:1/none"},
            ["process", "compute-green-coverage"],
            "PostgreSQL does not answer",
        ),
    ],
)
def test_settings_that_cannot_work_are_told_in_one_line(environment, arguments, words):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert words in last
    assert "Traceback" not in done.stderr
