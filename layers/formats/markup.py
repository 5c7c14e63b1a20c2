"""Text that is safe inside XML 1.0."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SPECIAL = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


def escape(text: str) -> str:
    """For content and for attributes in double quotes. What XML cannot hold becomes U+FFFD."""
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], "\ufffd"), text)


def valid(text: str) -> str:
    """For a writer that escapes by itself: what XML cannot hold becomes U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text)
