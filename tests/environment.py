"""Loaded before Django: the tests stand in Casablanca, whatever city script/demo loaded last."""

import os

os.environ.setdefault("CASAGIS_CITY", "casablanca")
