"""What grids, indices, alerts and exposure of air say of themselves."""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _(
        "not a number, negative, a second value of one moment (the one received first counts), later"
        " than received: invalid; the same value above zero for {observations} observations in a row"
        " over at least as many hours: suspect; received more than {late_h} h after it was observed, and"
        " after newer ones of its series: valid, named late"
    ),
    _(
        "Mean of the valid observations of each station from the start of the period until before its"
        " end; negative values are left out and counted; {mobile}."
    ),
    _("what moving sensors measured is put together by sensor and square of 100 m"),
    _(
        "Between stations, in {crs}: inverse distance weighting with power 2, or ordinary kriging with a"
        " variogram fitted to the stations (weights pairs / distance²), both with all stations; unless"
        " one is asked for, the one with the smaller error."
    ),
    _("Error: each station estimated from all the others (leave one out)."),
    _("IDW, power 2, {stations} stations; leave-one-out RMSE {rmse} µg/m³"),
    _(
        "ordinary kriging, {variogram}, {stations} stations; leave-one-out RMSE {rmse} µg/m³; band 2 is"
        " the standard error"
    ),
    _("No spatial pattern."),
    _(
        # xgettext: no-python-format
        "Each pollutant by the mean of its hours before the moment ({hours}), valid observations only,"
        " missing with fewer than 75 % of them; the level of a station is its worst pollutant's, that of"
        " the city its worst station's."
    ),
    _(
        "Population-weighted mean: sum of inhabitants times concentration over the sum of inhabitants"
        " whose air is known; people: {people}, in the districts; concentration: that of the cell where"
        " they live; above: more than the limit, compared with the mean of the grid's period."
    ),
    _(
        # xgettext: no-python-format
        "Running means of each station over the hours of the limit, valid observations only, with at"
        " least 75 % of the hours; an alert lasts while the mean of any station of the district is above"
        " the limit."
    ),
    _("A station outside all districts stands for the whole city."),
)
