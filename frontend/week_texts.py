"""The texts of a week of route plans, in the active language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.texts import plural_forms


def week_texts() -> dict[str, str]:
    """By the keys of frontend/ts/routes/week.ts."""
    return {
        "routes.week.whole": _("Plan a week"),
        "routes.week.wholeHelp": _(
            "A plan for each of the seven days from this day on, for all that has collection days."
        ),
        "routes.week.days": _("Weekdays"),
        "routes.week.choose": _("Choose the weekdays anew"),
        "routes.week.chooseHelp": _(
            "Each container or street is collected as often as now, on other days where that saves enough."
        ),
        "routes.week.apart": _("Least days between two collections"),
        "routes.week.price": _("Price of other weekdays"),
        "routes.week.priceHelp": _(
            "Money a week that each container or street with other weekdays than today's must save."
        ),
        "routes.week.label": _("Days of the week's plans"),
        "routes.week.publish": _("Publish the week"),
        "routes.week.effect": _(
            "The plans of all days replace what is published on them, and the weekdays are written to each container"
            " or street: all or nothing."
        ),
        "routes.week.done": _("The week is published."),
        **plural_forms(
            "routes.week.title",
            lambda n: ngettext("Publish the plan of {count} day?", "Publish the plans of {count} days?", n),
        ),
    }
