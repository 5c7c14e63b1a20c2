"""What a server pays for when it starts: the kernels' compiler is not part of it."""

import subprocess
import sys

from tests.conftest import ROOT

STARTED = """
import sys, django
django.setup()
import gis_core.asgi
from gis_core.jobs.registry import processes
assert "compute-green-coverage" in processes()
print("numba" in sys.modules)
"""


def test_server_with_all_processes_does_not_import_numba():
    told = subprocess.run(
        [sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip().splitlines()[-1] == "False"
