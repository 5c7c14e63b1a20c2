"""What indicators are called on pages; one that is not here is shown by its id."""

import re

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from layers.catalog.air_observations.model import Pollutant

TITLES = {
    "green_area_m2": _("All green, overlaps counted once"),
    "green_public_area_m2": _("Public green, overlaps counted once"),
    "green_share_pct": _("Share of green"),
    "green_m2_per_inhabitant": _("Public green per inhabitant"),
    "green_within_300_m_pct": _("Inhabitants within 300 m of public green"),
    "green_gini": _("Inequality of public green (Gini)"),
    "green_p90_p10": _("Public green of the best served tenth by that of the worst served (P90/P10)"),
    "green_below_threshold_pct": _("Inhabitants with less public green than the threshold"),
    "ndvi_mean": _("Mean vegetation index (NDVI)"),
    "vegetation_share_pct": _("Share of vegetation"),
    "canopy_share_pct": _("Share of dense vegetation (canopy, estimated)"),
    "trees_per_ha": _("Trees per hectare"),
    "green_access_line_pct": _("People near public green, straight line"),
    "green_access_walk_pct": _("People near public green, on foot"),
    "sdg_11_7_1_access_pct": _("People within 400 m on foot of open public space (SDG 11.7.1)"),
    "sdg_11_7_1_open_space_pct": _("Open public space and streets of built-up land (SDG 11.7.1)"),
    "angst_2_ha_pct": _("People near green of 2 ha (ANGSt)"),
    "angst_20_ha_pct": _("People near green of 20 ha (ANGSt)"),
    "angst_100_ha_pct": _("People near green of 100 ha (ANGSt)"),
    "angst_500_ha_pct": _("People near green of 500 ha (ANGSt)"),
    "ags_doorstep_pct": _("People with green at the doorstep (AGS)"),
    "ags_local_pct": _("People with local green (AGS)"),
    "ags_neighbourhood_pct": _("People with green in the neighbourhood (AGS)"),
    "ags_wider_neighbourhood_pct": _("People with green in the wider neighbourhood (AGS)"),
    "ags_district_pct": _("People with green of the district (AGS)"),
    "ags_subregional_pct": _("People with green of the region (AGS)"),
    "ags_capacity_pct": _("People in districts with enough green for each 1,000 inhabitants (AGS)"),
    "rule_3_pct": _("People with three trees near (3-30-300)"),
    "rule_30_pct": _("People in districts with enough canopy (3-30-300)"),
    "rule_300_pct": _("People within 300 m of green (3-30-300)"),
    "rule_3_30_300_pct": _("People with all three of 3-30-300"),
}
_OF_AIR = re.compile(r"(exposure|above)_(\w+?)_(ug_m3|limit_pct)")


def title_of(indicator: str) -> str:
    """In the active language; indicators of air are named after their pollutant."""
    found = _OF_AIR.fullmatch(indicator)
    if not found or found[2] not in Pollutant.values:
        return str(TITLES.get(indicator, indicator))
    pollutant = {"pollutant": Pollutant(found[2]).label}
    if found[1] == "exposure":
        return _t("What inhabitants breathe, mean: %(pollutant)s") % pollutant
    return _t("Inhabitants above the limit: %(pollutant)s") % pollutant
