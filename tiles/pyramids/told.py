"""How far a job over many tiles is, in words."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _t

TOLD_EVERY = 50  # tiles


def progress_told(done: int, total: int, size: int) -> str:
    return _t("%(done)s of %(total)s tiles, %(size)s") % {
        "done": f"{done:,}",
        "total": f"{total:,}",
        "size": filesizeformat(size),
    }
