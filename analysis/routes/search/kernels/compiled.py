"""How kernels are compiled: once per machine, releasing the GIL, counting no references (none of them allocates)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numba

HERE = Path(__file__).parent
config: Any = numba.config

if (
    config.CACHE_DIR
):  # numba looks at the caller's file alone; another version of any kernel needs a folder of its own
    _sources = b"".join(file.read_bytes() for file in (*sorted(HERE.glob("*.py")), HERE.parent / "model.py"))
    config.CACHE_DIR = str(Path(config.CACHE_DIR) / sha256(_sources).hexdigest()[:12])

_options: Any = {"cache": True, "nogil": True, "forceinline": True, "_nrt": False}
compiled: Any = numba.njit(
    **_options
)  # counting takes most of the time, handing sixty arrays on a third of the rest
