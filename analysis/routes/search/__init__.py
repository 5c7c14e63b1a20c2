"""Our own search for arc routing with tipping sites and several days: ruin and recreate on tasks, directions implied."""

from __future__ import annotations

from analysis.routes.search.course import search

__all__ = ["search"]
