"""An alert of air quality in sentences, in the language that is active: for the feed and for mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from layers.base import made_up
from layers.policy import Access
from layers.queries.alerts import Alert


@dataclass(frozen=True)
class Telling:
    """An alert in words; what may not be read, or is not known, is left unsaid."""

    alert: Alert
    place: str
    access: Access

    @property
    def title(self) -> str:
        over = self.alert.get("ended_at") is not None
        text = (
            _("%(place)s: %(what)s below the limit again")
            if over
            else _("%(place)s: %(what)s above the limit")
        )
        return text % {"place": self.place, "what": self._label("pollutant") or _("Air quality")}

    @property
    def summary(self) -> str:
        hours = {"hour": _("an hour"), "8h": _("8 hours"), "day": _("a day")}
        mean = hours.get(self.alert.get("averaging", ""))
        sentences = (
            self._say(_("From %(started_at)s until %(ended_at)s.")) or self._say(_("Since %(started_at)s.")),
            self._say(_("Highest mean over %(mean)s: %(value_ug_m3)s µg/m³."), mean=mean),
            self._say(_("Limit: %(limit_ug_m3)s µg/m³ (%(limit_source)s).")),
            self._say(_("Station: %(station)s.")),
            _("Demo data, made up.") if made_up([self.alert.get("source")]) else "",
        )
        return " ".join(sentence for sentence in sentences if sentence)

    def _say(self, text: str, **more: str | None) -> str:
        """Nothing where one of the values is missing."""
        values = {
            name: _text(value) for name, value in {**self.alert, **more}.items() if value not in (None, "")
        }
        try:
            return text % values
        except KeyError:
            return ""

    def _label(self, name: str) -> str:
        field, value = self.access.collection.field(name), self.alert.get(name)
        return field.label(value) if field is not None and value else ""


def _text(value: Any) -> str:
    """A moment in the city's zone; a number with a decimal where it has one."""
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return (
        formats.number_format(f"{value:.1f}".removesuffix(".0")) if isinstance(value, float) else str(value)
    )
