"""What indicators are called on pages; one that is not here is shown by its id."""

from django.utils.translation import gettext_lazy as _

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
}
