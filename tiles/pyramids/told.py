"""Numbers of tiles in words."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _t

TOLD_EVERY = 50  # tiles


def grouped(number: int) -> str:
    """As it is written in the active language: 2 725, or 2,725."""
    return str(number_format(number, use_l10n=True, force_grouping=True))


def progress_told(done: int, total: int, size: int) -> str:
    return _t("%(done)s of %(total)s tiles, %(size)s") % {
        "done": grouped(done),
        "total": grouped(total),
        "size": filesizeformat(size),
    }
