"""Why a process of collection refuses: what is wrong, and what to do about it."""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("Something broke that is not your input; the server's log says what, under this job's number."),
    _("The worker was ended while it ran this job; nothing was changed. Start it again."),
    _("forecast: only containers have a fill; leave it out for a kerbside plan."),
    _("forecast: due_only=false collects everything anyway; ask for one of the two."),
    _("date='{text}': give a day as 2026-11-23."),
    _("area: give a GeoJSON polygon."),
    _("area: give a GeoJSON polygon whose border does not cross itself."),
    _("{input}='{text}': give a time as 12:30."),
    _("No container of fraction {fraction} is due on {day}: {cure}."),
    _("No container of fraction {fraction} is due on {day} in this area: {cure}."),
    _("No container of fraction {fraction} is due on {day} in {districts}: {cure}."),
    _("The city file of {city} has no density of '{fraction}' ([waste] density_kg_per_l)."),
    _("There is no district '{district}'. Known: {districts}."),
    _("There are no streets: load a city, or import some into streets."),
    _(
        "No street is collected on {day}: choose {other}, give streets collection_days, or set "
        "due_only=false."
    ),
    _(
        "No street is collected on {day} in this area: choose {other}, give streets collection_days, "
        "or set due_only=false."
    ),
    _(
        "No street is collected on {day} in {districts}: choose {other}, give streets collection_days, "
        "or set due_only=false."
    ),
    _(
        "This vehicle may drive on none of the {streets} streets given ({closed}); check class, "
        "access, limits and road conditions."
    ),
    _("Vehicle {vehicle} is at depot '{depot}', which does not exist."),
    _("There is no vehicle '{vehicle}'. Known: {vehicles}."),
    _(
        "The {place_kind} '{id}' lies {metres} m from the nearest drivable street ({reason}; at most "
        "{most} m): move it, or open a street to it."
    ),
    _(
        "The {place_kind} '{id}' is cut off from the other streets by {closures}: end these road conditions "
        "or change their hours, plan another day, choose vehicles that may pass, or move it."
    ),
    _("There is no depot: add one to depots."),
    _("There is no disposal site: add one to disposal-sites."),
    _("The fleet has no vehicle: add some to vehicles."),
    _("No vehicle of the fleet takes {fraction}: add it to the fractions of one in vehicles."),
    _("Every vehicle already drives a published route of other districts that day: add vehicles."),
    _("rest_until lies before rest_from and no shift goes over midnight; give the later time as rest_until."),
    _("rest_from: every shift has ended by then; let the break begin within the shifts."),
    _("rest_min: the break is as long as the longest shift; make it shorter."),
    _("Depot '{depot}' has a fleet of no vehicle; add one, or choose another depot."),
    _("The shift of vehicle '{vehicle}' ends before it starts."),
    _("Vehicle {vehicle} is {metres} m from the nearest street."),
    _(
        "No plan was found whose shifts differ by at most {minutes} min; {least} min can be kept. "
        "Allow that much, or give the search more time."
    ),
    _(
        "{lists} different price lists for {places} places need more than {gb} GB: plan fewer "
        "districts at once, or give vehicles the same prices."
    ),
    _("The data of the plan were changed while it was made; nothing was stored. Run it again."),
    _(
        "{task} is collected {times} times a week, for which weekdays {weekdays} with {apart} days "
        "between have no room: allow more weekdays, or fewer days between."
    ),
    _("Nothing here has collection days: give the streets or containers collection_days."),
    _("There is no plan '{plan}' in {collection}."),
    _("There is no week '{week}' in route-plans."),
    _("The plan has no task '{task}'."),
    _("The plan has no vehicle '{vehicle}'."),
    _("The plan has no vehicle '{vehicle}'. It has: {vehicles}."),
    _("The plan has no container or street '{task}', or it is not in the data any more."),
    _("Nothing of plan {plan} is in the data any more; optimise again."),
    _("Plan {plan} holds no longer; optimise again."),
    _("No street leads to what these districts have to serve."),
    _("Everything of the plan is done; there is nothing left to plan."),
    _("done: the plan does not serve '{task}'."),
    _("Every vehicle that could serve {districts} is out of service: optimise its districts with others."),
    _("The shift of vehicle {vehicle} is over; name it in out, or allow overtime."),
    _(
        "Vehicle {vehicle} has a published route of other districts, kind or fraction that day; plan "
        "again without it, or publish a plan of those that does without it."
    ),
    _(
        "Plan {plan} is published: crews and the public follow it. Publish another plan in its place, "
        "then delete it."
    ),
    _("No route of plan {plan} has a roadbook. Plan its day again (optimize-routes)."),
    _("A forecast would tell of {collections}, which you may not see."),
    _("Name the containers or districts whose fill you want to know."),
    _("There is no container '{container}' of this fraction that you may see."),
)
# Titles of problems, and values of the sentences above.
WORDS = (
    _("Invalid input"),
    _("Conflict"),
    _("Not found"),
    _("Rules are broken"),
    _("Not available"),
    _("Internal error"),
    _("Worker ended"),
    _("there is none at all; import some into waste-containers first"),
    _("choose another day or fraction, or set due_only=false"),
    _("choose a larger area, another day or fraction, or set due_only=false"),
    _("another day"),
    _("a larger area, another day"),
    _("depot"),
    _("disposal site"),
)
