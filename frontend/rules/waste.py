"""What plans of collection say of how they were made."""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("capacity_l x fill_pct / 100 x density; a container of unknown fill counts as full"),
    _("collection day, or fill_pct at least due_fill_pct"),
    _("assumptions of the city file of {city} ([waste]), to be replaced by weighings"),
    _("capacity_l x expected fill x density"),
    _("see forecast"),
    _("waste_kg_day of the street, or kg_per_m_day x its length, x days since the last collection"),
    _(
        "waste_kg_day of the street where it was measured; else the inhabitants of each cell or"
        " district, spread along its streets by length, x kg_per_inhabitant_day; x days since the last"
        " collection"
    ),
    _("the street's collection_days hold the weekday"),
    _("collection_side, else up to {narrow_m} m wide or {lanes} lanes, else a small street"),
    _("assumptions, or the city file of {city} ([waste]); to be replaced by weighings and tracks"),
    _("the city file of {city}, no source given"),
    _(
        "drivable streets with one-way, access and turn restrictions; containers are served from their"
        " kerb, no turning round but at dead ends; each zone on the network of its largest vehicle, and"
        " what only smaller vehicles reach in zones of theirs"
    ),
    _("nearest neighbour: the same work, vehicles, shifts and tipping, always the nearest next"),
    _("nearest neighbour over what is due alone"),
    _("kilometres per container or street served, against the comparison"),
    _("litres_per_km x kilometres + litres_per_service_h x hours of serving"),
    _("burnt in the engine only: IPCC 2006 default of diesel, 74.1 kg CO2/GJ, at about 36 MJ/litre"),
    _("assumptions, or [waste.fuel] of the city file of {city}; compare with fuel bills"),
    _("what was last in it + its own rate x days, taken at noon of the day, if nobody empties it before"),
    _(
        "Wiener process with drift by the readings and weighings of the last history_days days; the"
        " usual rate of the fraction's containers in the district (with least_days of container days,"
        " else of all that were read, else the assumed one) counts as seven days more"
    ),
    _("kg / (capacity_l x density): what was in the container when it was emptied"),
    _("a collection day that passed since the last reading or emptying was kept"),
    _(
        "collection day, expected fill at least due_fill_pct, or risk of an overflow by that noon at"
        " least high_risk"
    ),
    _("overflow_cost x the risk of an overflow until the next service that goes away by emptying"),
    _("horizon_days after the day; without it the next collection day, else after seven days"),
    _(
        "streets: kilograms a day x days since the last collection by the week's days, which return"
        " every week; containers fill evenly, and are full after the longest gap between their present"
        " days"
    ),
    _(
        "chosen by a search over all days with mean loads, by district all or none: only if they save"
        " more than day_price for each container or street that changes; a heuristic, not proved best"
    ),
    _("the present collection_days"),
    _("each day is then planned and checked by itself, with its own loads"),
    _("A vehicle of at least {kg} kg and {m3} m³."),
    _("A vehicle for {fraction}."),
    _("A disposal site that takes {fraction} and that trucks can reach."),
    _("A way to {tasks} place(s) and back that this fleet may drive."),
    _("A shift {minutes} min longer."),
    _("A window that closes {minutes} min later, or a vehicle that starts as much earlier."),
    _("Leave for one of the vehicles {vehicles} to serve it."),
    _("{hours} more vehicle hours: {shifts} more shift(s) like that of {vehicle}."),
)
