"""Loaded before Django: the tests stand in Casablanca, whatever city script/demo loaded last."""

import os

os.environ.setdefault("CASAGIS_CITY", "casablanca")
# No test ends PostgreSQL itself, so no commit of the tests or of their servers need wait for the disk (8 ms each).
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")
