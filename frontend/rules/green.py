"""What the indicators of green say of themselves."""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _(
        "Green spaces are united first, so that a place under several of them counts once; invalid rings"
        " are repaired by 'linework'."
    ),
    _(
        "Plane areas in {crs} are divided by the areal scale at the centre of each zone: square metres"
        " on the ellipsoid."
    ),
    _("Inhabitants of the population grid's cells, shared by area where a cell lies in part inside."),
    _("Straight line of {distance_m} m to the boundary of a public green space of {min_area_ha} ha or more."),
    _(
        "Green spaces that overlap or share an edge are one space for the size test; touching in a point"
        " is not enough."
    ),
    _("Green outside the zone counts."),
    _(
        # xgettext: no-python-format
        "The reach is a buffer whose round corners have 32 segments a quarter: at most 0.03 % of the"
        " distance short."
    ),
    _("Straight line to the boundary of the green space; inside it the distance is 0."),
    _("Green spaces that overlap or share an edge are one space for the size test."),
    _(
        "Walking both ways on all streets but {street_classes}; streets are joined where they meet, end"
        " on or cross each other on the same level."
    ),
    _(
        "Walking distance: from the place straight to the nearest street ({snap_m} m at most), along the"
        " shortest way, and straight from the street to the entrance."
    ),
    _(
        "A green space with known entrances, street furniture of that kind within {beside_m} m of its"
        " boundary, has these alone."
    ),
    _(
        "Else its entrances are where a street or path crosses its boundary, and path ends within"
        " {tolerance_m} m of it; one without any has the points of its boundary, every {spacing_m} m,"
        " within {beside_m} m of the walking network (the rule of the Global Observatory of Healthy and"
        " Sustainable Cities)."
    ),
    _("People: {people}."),
    _(
        "People: {group} of the districts' census; within a district every group lives where all its"
        " inhabitants do, so that only differences between districts show."
    ),
    _("{origin}, {spread}; one level where the levels are not known"),
    _(
        "spread over the buildings of each zone by floor area; where there are none, spread evenly over"
        " the zone's area (points every {spacing_m} m)"
    ),
    _("spread over the buildings of each zone by floor area"),
    _("spread evenly over the zone's area (points every {spacing_m} m)"),
    _("inhabitants spread evenly over the zone's area"),
    _("population grid, cells shared between districts by area"),
    _("buildings by floor area, one level where not known"),
    _("Each unit counts by its inhabitants; units without any, or without a figure, are left out."),
    _(
        "Gini: 1 - sum of (X[i] + X[i-1]) (P[i] - P[i-1]) along the Lorenz curve, from 0 (all have the"
        " same) to 1."
    ),
    _(
        # xgettext: no-python-format
        "P90/P10: what the inhabitant at 90 % of the people has, from the least to the most, by what the"
        " one at 10 % has."
    ),
    _("Within a unit all inhabitants have the same, so that the true inequality is at least this."),
    _("Units: the districts."),
    _(
        "Units: the cells of the population grid, each with the public green inside it; a cell belongs"
        " to the district that its centre lies in."
    ),
    _(
        "Share of the inhabitants of those districts that have at least so much public green, overlaps"
        " counted once, per 1,000 inhabitants."
    ),
    _("Districts without inhabitants are left out."),
    _(
        "(open public space + land of streets, united) in built-up land, over built-up land: the variant"
        " 'within {built_m} m of a building' (not DEGURBA)."
    ),
    _("Streets by their width, where it is not known by class (assumption)."),
    _("at least {trees} trees within {distance_m} m of the building's walls"),
    _("the tree number {trees} from the building's middle is within {distance_m} m"),
    _(
        # xgettext: no-python-format
        "{share} % canopy in the district."
    ),
    _(
        "Canopy of a neighbourhood: crowns as circles, overlaps counted once, over its area; {unknown}"
        " of {trees} trees have no crown diameter and add nothing."
    ),
    _("Canopy of a neighbourhood: what of it lies above {above} in the vegetation index {raster} of {day}."),
    # xgettext: no-python-format
    _("The index has values on {known} % or more of each district; a district without any is not counted."),
    _("An index is no canopy: watered grass may lie above the line, and dry trees below."),
    _("Canopy: what is {from_m} m high or more in the canopy height model {raster} of {day}."),
    # xgettext: no-python-format
    _("The model has values on {known} % or more of each district; a district without any is not counted."),
    _(
        "A model tells what it takes for vegetation of that height: what it was made from, and how well, is"
        " told by its source."
    ),
    _("3, 30 and 300 at once"),
    _(
        "Every cell counts by the exact share of it that lies in the zone, in the raster's own grid"
        " ({crs}, cells of {cell}); cells without a value count neither above nor below the line."
    ),
    _("Above {named}."),
    _(
        "Mean over the {cells} cells of {cell_m} m that touch a district of the share of the whole cell that"
        " is green; the lines of the grid are whole multiples of the cell in {crs}."
    ),
    _("Points of the collection trees in the zone, by hectare on the ellipsoid."),
    _("Green spaces are united first, so that a place under several of them counts once."),
    _("public green over the people placed in the district"),
    _("People within {distance_m} m of public green of {min_area_ha} ha or more."),
    _("People in buildings with {trees} trees within {distance_m} m of the walls"),
    _(
        "Candidates: parcels of owner {owner_kinds} and use {land_uses}, of which {min_ha} ha or more is"
        " not public green yet; no slope is known."
    ),
    _(
        "Candidates: parcels of owner {owner_kinds} and use {land_uses}, of which {min_ha} ha or more is"
        " neither green yet, public or not, nor built on."
    ),
    _("No elevation is known, so slopes play no part."),
    _(
        # xgettext: no-python-format
        "Parcels steeper than {steep} % in the mean by the elevation {raster} are left out; {unknown} of"
        " unknown slope are not."
    ),
    _(
        "Slope: rise over run in percent, by central differences of the elevation's cells; of a zone the"
        " mean of its cells, each by the exact share of it inside, with cells without a value left out."
    ),
    _("Each is counted for itself: parcels side by side are not joined."),
    _(
        "People who have no public green of {min_ha} ha within {distance_m} m are newly served by a"
        " candidate within {distance_m} m."
    ),
    _(
        "The set for the budget is the maximum coverage problem, solved by HiGHS; its gap is to the best"
        " that could be."
    ),
    _("{cost} per m², by: {source}"),
)
WORDS = (
    _("population grid"),
    _("inhabitants of the districts' census"),
    _("women"),
    _("men"),
    _("aged-0-14"),
    _("aged-15-64"),
    _("aged-65-up"),
)
