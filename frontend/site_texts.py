"""The texts of the page of best sites, in the active language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.texts import plural_forms


def site_texts() -> dict[str, str]:
    """By the keys of frontend/ts/sites; `{name}` stands for a value that the script puts in."""
    return {
        "sites.adds": _("Adds"),
        "sites.alone": _("Alone"),
        "sites.best": _("No other choice serves more."),
        "sites.chosen": _("Chosen sites, in order"),
        "sites.computed": _("Computed {date}."),
        "sites.cost": _("Cost"),
        "sites.gap": _("The best possible choice serves at most {gap} % more."),
        "sites.greedy": _("Taking the best for its money, one after another, would serve {people}."),
        "sites.none": _("No site that the budget pays serves anybody new; see the other candidates."),
        "sites.others": _("Other candidates"),
        "sites.perMillion": _("Per million"),
        "sites.served": _(
            "{people} of the {without} people without green near would get it ({share} %), for {cost}."
        ),
        "sites.site": _("Site"),
        "sites.together": _("Together"),
        **plural_forms(
            "sites.try",
            lambda n: ngettext("Try {count} site as a scenario", "Try {count} sites as a scenario", n),
        ),
    }
