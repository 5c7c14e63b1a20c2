"""Our own search for streets, tipping and several days: ruin and recreate on tasks, directions implied. Loads numba."""

from __future__ import annotations

from analysis.routes.search.course import search

__all__ = ["search"]
