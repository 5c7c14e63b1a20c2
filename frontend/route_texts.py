"""The texts of the page of route plans, in the active language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.left_out_texts import closure_texts, left_out_texts
from frontend.texts import plural_forms
from frontend.week_texts import week_texts


def route_texts() -> dict[str, str]:
    """By the keys of frontend/ts/routes; `{name}` stands for a value that the script puts in."""
    parts = (
        _list,
        _form,
        _import,
        _area,
        _run,
        _figures,
        _crews,
        _facts,
        _compare,
        _move,
        _publish,
        _delete,
        _counted,
        left_out_texts,
        closure_texts,
        week_texts,
    )
    return {key: text for part in parts for key, text in part().items()}


def _counted() -> dict[str, str]:
    return {
        **plural_forms("routes.leftOut", lambda n: ngettext("{count} left out", "{count} left out", n)),
        **plural_forms("routes.stops", lambda n: ngettext("{count} stop", "{count} stops", n)),
        **plural_forms("routes.mayWait", lambda n: ngettext("{count} may wait", "{count} may wait", n)),
    }


def _list() -> dict[str, str]:
    return {
        "routes.list.title": _("Route plans"),
        "routes.list.new": _("New plan"),
        "routes.list.import": _("Import a plan"),
        "routes.list.empty": _("There is no plan yet. Make the first one."),
        "routes.list.cost": _("cost {cost}"),
        "routes.list.against": _("{percent} of km per task against nearest neighbour"),
        "routes.list.made": _("Made on {moment}"),
        "routes.plan.opened": _("Plan opened: {plan}"),
        "routes.plan.missing": _("This plan is gone, or not yours to see. Choose another one."),
        "routes.plan.again": _("New plan from this one"),
        "routes.tab.label": _("Parts of the plan"),
        "routes.tab.crews": _("Crews"),
        "routes.tab.compare": _("Compare"),
        "routes.tab.facts": _("Rules and data"),
        "routes.map.ofOther": _("{vehicle}, in the other plan"),
    }


def _form() -> dict[str, str]:
    return _form_work() | _form_rules()


def _form_work() -> dict[str, str]:
    """What is collected, when, where, and by which trucks."""
    return {
        "routes.form.title": _("Make a plan"),
        "routes.form.what": _("What and when"),
        "routes.form.date": _("Day of service"),
        "routes.form.kind.containers": _("Containers"),
        "routes.form.kind.kerbside": _("Kerbside, street by street"),
        "routes.form.kindHelp.containers": _("Trucks empty the containers that stand on the streets."),
        "routes.form.kindHelp.kerbside": _(
            "Trucks drive along every street and take what stands before the houses."
        ),
        "routes.form.fraction": _("Fraction"),
        "routes.form.dueOnly": _("Only containers that are due"),
        "routes.form.dueOnlyHelp": _("Those whose day it is, or that are fuller than the city’s threshold."),
        "routes.form.forecast": _("Also what will overflow, by forecast"),
        "routes.form.forecastHelp": _(
            "A container that is not due is emptied too, where that costs less than the overflow that it prevents."
        ),
        "routes.form.horizon": _("Days until the next service"),
        "routes.form.horizonHelp": _("Empty: each container’s next collection day, else seven days."),
        "routes.form.overflowCost": _("What an overflow costs"),
        "routes.form.overflowCostHelp": _("In the unit of the cost. Empty: the city’s own."),
        "routes.form.where": _("Where"),
        "routes.form.whereHelp": _(
            "Tick districts, draw an area, or both. Without any, the whole city is planned."
        ),
        "routes.form.fleet": _("Trucks"),
        "routes.form.fleetHelp": _(
            "Only the ticked ones are used. Those that do not take the fraction are greyed out."
        ),
    }


def _form_rules() -> dict[str, str]:
    """What the crews have to keep to, and how long is searched."""
    return {
        "routes.form.rules": _("Rules for the crews"),
        "routes.form.rulesHelp": _("An empty field sets no rule."),
        "routes.form.rest": _("Break, in minutes"),
        "routes.form.restHelp": _("Every crew rests so long, once in its shift."),
        "routes.form.restFrom": _("Break not before"),
        "routes.form.restUntil": _("Break begins by"),
        "routes.form.overtime": _("Overtime, at most, in minutes"),
        "routes.form.overtimeHelp": _("0: no crew stays longer than its shift."),
        "routes.form.spread": _("Balance: longest less shortest shift, in minutes"),
        "routes.form.spreadHelp": _("A small number makes the shifts alike, often for some more kilometres."),
        "routes.form.territories": _("Compact territories"),
        "routes.form.territoriesHelp": _("Each crew stays in its own part of the city."),
        "routes.form.fromPlan": _("Keep it familiar to"),
        "routes.form.fromPlanHelp": _("The search begins with that plan."),
        "routes.form.fromNone": _("No other plan"),
        "routes.form.familiar": _("Price of giving a street or container to another crew"),
        "routes.form.familiarHelp": _("In the unit of the cost; the higher, the more stays as it was."),
        "routes.form.search": _("Search"),
        "routes.form.seconds": _("Seconds of search per district"),
        "routes.form.secondsHelp": _("Longer finds cheaper plans; you can stop it and keep the best."),
        "routes.form.name": _("Title"),
        "routes.form.nameHelp": _("If you want to find it again by a name."),
        "routes.form.make": _("Make the plan"),
        "routes.form.leave": _("Back"),
    }


def _import() -> dict[str, str]:
    return {
        "routes.rest.ask": _("Plan the rest of the day…"),
        "routes.rest.title": _("The rest of the day: {plan}"),
        "routes.rest.about": _(
            "A new draft of what is left, from where the trucks are. This plan stays as it is. The last stop of each"
            " crew is that of the plan at this time: correct it where a crew is late or ahead."
        ),
        "routes.rest.now": _("Time now"),
        "routes.rest.nowHelp": _("In the city. Another time fills in how far the plan is by then."),
        "routes.rest.last": _("Served up to"),
        "routes.rest.nothing": _("Nothing yet"),
        "routes.rest.out": _("Out of service"),
        "routes.rest.do": _("Plan the rest"),
        "routes.import.title": _("Import a plan"),
        "routes.import.about": _(
            "Bring in the plan that crews drive today. It is driven on the streets of that day and checked; new plans"
            " can then be compared with it and begin with it."
        ),
        "routes.import.file": _("The plan’s file"),
        "routes.import.csv": _("CSV file"),
        "routes.import.csvHelp": _(
            "A row for each container or street, in any order. The first line names the columns:"
        ),
        "routes.import.tips": _(
            "item is the identifier of the container or street (one side: way/1:left). A row with kind tip and the"
            " disposal site as place says when a truck tips. Where a truck has none, its tippings are placed for it;"
            " all tip on their way home."
        ),
        "routes.import.do": _("Check and import"),
        "routes.import.working": _("The plan is driven and checked…"),
    }


def _area() -> dict[str, str]:
    return {
        "routes.area.draw": _("Draw an area on the map"),
        "routes.area.view": _("Take what the map shows"),
        "routes.area.clear": _("Without an area"),
        "routes.area.finish": _("Close the area"),
        "routes.area.takeBack": _("Undo the last corner"),
        "routes.area.drawing": _(
            "Touch the map for each corner; touch the first one again, or press Enter, to close the area."
        ),
        "routes.area.done": _("Only what lies in the area is planned."),
        "routes.area.tooFew": _("An area needs three corners."),
        "routes.area.none": _("The area is gone."),
    }


def _run() -> dict[str, str]:
    return {
        "routes.run.title": _("Searching for a plan"),
        "routes.run.progress": _("Progress of the search"),
        "routes.run.waiting": _("Waiting for its turn."),
        "routes.run.leave": _(
            "You may leave this page: the search goes on, and the plan will be in the list."
        ),
        "routes.run.finish": _("Stop and keep the best"),
        "routes.run.finishing": _("Asked to stop; the best plan will be kept."),
        "routes.run.cancel": _("Cancel the search"),
        "routes.run.cancelling": _("Asked to stop; nothing will be kept."),
        "routes.run.anew": _("Try again with other inputs"),
        "routes.chart.none": _("The cost appears here as soon as there is a first plan."),
        "routes.chart.summary": _(
            "Cost of the best plan: from {from} down to {to} ({change}), after {seconds} s."
        ),
        "routes.chart.seconds": _("{seconds} s"),
    }


def _figures() -> dict[str, str]:
    return {
        "routes.figure.cost": _("Cost"),
        "routes.figure.distance": _("Distance"),
        "routes.figure.duration": _("Hours of work"),
        "routes.figure.hours": _("Working time"),
        "routes.figure.overtime": _("Overtime"),
        "routes.figure.spread": _("Longest less shortest shift"),
        "routes.figure.litres": _("Fuel"),
        "routes.figure.co2": _("CO₂"),
        "routes.figure.load": _("Waste"),
        "routes.figure.vehicles": _("Trucks on the road"),
        "routes.figure.served": _("Served"),
        "routes.figure.unserved": _("Left out"),
        "routes.figure.tasks": _("Stops"),
        "routes.figure.tips": _("Tips"),
        "routes.figure.changeHelp": _(
            "In percent, for each task served: against nearest neighbour,"
            " where a truck always goes to the nearest next."
        ),
        "routes.unit.km": _("km"),
        "routes.unit.m": _("m"),
        "routes.unit.h": _("h"),
        "routes.unit.min": _("min"),
        "routes.unit.l": _("l"),
        "routes.unit.kg": _("kg"),
        "routes.unit.t": _("t"),
        "routes.verdict.better": _("better"),
        "routes.verdict.worse": _("worse"),
        "routes.verdict.same": _("the same"),
    }


def _crews() -> dict[str, str]:
    return {
        "routes.crew": _("Crew"),
        "routes.crew.caption": _("Crews of this plan"),
        "routes.crew.none": _("No truck drives in this plan."),
        "routes.crew.shift": _("Hours"),
        "routes.crew.balance": _("Balance"),
        "routes.crew.share": _("{share} of the longest shift"),
        "routes.crew.roadbook": _("Roadbook"),
        "routes.crew.roadbookOf": _("Roadbook of {vehicle}"),
        "routes.crew.open": _("Open"),
        "routes.print.do": _("Print all roadbooks"),
        "routes.print.progress": _("Progress of the printing"),
        "routes.print.cancel": _("Cancel the printing"),
        "routes.print.file": _("All roadbooks (PDF, {size} MB)"),
        "routes.print.done": _("Printed."),
        "routes.print.without": _("Without a roadbook: {vehicles}"),
        "routes.visits.of": _("The day of {vehicle}"),
        "routes.visits.hint": _(
            "Choose a stop to see why it is here; drag it onto another crew to see the price. Tick several to move"
            " them together; Shift ticks all between two."
        ),
        "routes.visits.tick": _("Tick {task}"),
        "routes.visits.ticked": _("Ticked stops"),
        "routes.visits.to": _("To crew"),
        "routes.visits.none": _("Untick all"),
    }


def _facts() -> dict[str, str]:
    return {
        "routes.leftOut.title": _("Left out"),
        "routes.leftOut.none": _("Nothing is left out."),
        "routes.leftOut.cures": _("What would serve them"),
        "routes.leftOut.what": _("What"),
        "routes.leftOut.why": _("Why"),
        "routes.leftOut.show": _("Show on the map"),
        "routes.leftOut.showOf": _("Show {id} on the map"),
        "routes.leftOut.notWorth": _("It is not worth the detour today"),
        "routes.leftOut.foreseen": _(
            "About {fill} full that day; risk of an overflow before its next service: {risk}."
        ),
        "routes.leftOut.fullOn": _("Likely full on {day}."),
        "routes.leftOut.notSoonFull": _("Not full in two months."),
        "routes.leftOut.forecast": _(
            "Of {optional} containers that were not due, {taken} are collected. Overflows that the plan prevents,"
            " by forecast: {prevented}; that may come where it leaves containers: {expected}."
        ),
        "routes.facts.rule": _("Rules and assumptions"),
        "routes.facts.inputs": _("Data that was read"),
        "routes.check.do": _("Check again by the data of today"),
        "routes.check.kept": _("Every rule is kept by the data of today."),
        "routes.check.broken": _("Rules broken"),
        "routes.check.changed": _("What is other than stored"),
        "routes.facts.checked": _("Checked independently on {moment}; faults found: {faults}."),
        "routes.facts.unchecked": _("Not checked yet."),
    }


def _compare() -> dict[str, str]:
    return {
        "routes.compare.with": _("Compare with"),
        "routes.compare.nearest": _("Nearest neighbour (always the nearest next)"),
        "routes.compare.choose": _("Choose a plan"),
        "routes.compare.onMap": _("Shown on the map"),
        "routes.compare.seen.this": _("This plan"),
        "routes.compare.seen.both": _("Both"),
        "routes.compare.seen.other": _("The other"),
        "routes.compare.figures": _("Figures of both plans"),
        "routes.compare.figure": _("Figure"),
        "routes.compare.difference": _("Difference"),
        "routes.compare.crews": _("Crew by crew: this plan / the other"),
    }


def _move() -> dict[str, str]:
    return {
        "routes.why.on": _("It is on {vehicle}."),
        "routes.why.position": _("Number {position} in its order."),
        "routes.why.cheapest": _(
            "Elsewhere it is no cheaper: on {vehicle}, the cheapest other crew, {cost}."
        ),
        "routes.why.cheaper": _("{vehicle} would be cheaper, by {cost}; a longer search may find it."),
        "routes.why.noOther": _("No other crew can take it."),
        "routes.why.alone": _(
            "No other vehicle was planned with these districts: none was free that day, or chosen."
        ),
        "routes.why.elsewhere": _("On another crew, the whole plan would change by"),
        "routes.why.move": _("Move…"),
        "routes.why.moveTo": _("Move to {vehicle}…"),
        "routes.move.asking": _("Asking what it costs on {vehicle}…"),
        "routes.move.title": _("Move {task} to {vehicle}?"),
        "routes.move.forbidden.one": _("It cannot go there: {reason}"),
        "routes.move.forbidden.all": _("They cannot all go there: {reason}"),
        "routes.move.kept.one": _(
            "A new draft is made, in which it stays on that crew. This plan stays as it is."
        ),
        "routes.move.kept.all": _(
            "A new draft is made, in which they stay on that crew. This plan stays as it is."
        ),
        "routes.move.do.one": _("Move it"),
        "routes.move.do.all": _("Move all"),
        "routes.move.leave": _("Leave it"),
        "routes.move.same": _("It is on {vehicle} already."),
        "routes.move.done": _("Moved to {vehicle}, in a new draft."),
        "routes.move.back": _("Back to the plan before"),
    }


def _publish() -> dict[str, str]:
    return {
        "routes.publish.do": _("Publish"),
        "routes.publish.again": _("Publish again"),
        "routes.publish.title": _("Publish {plan}?"),
        "routes.publish.replaces": _(
            "It replaces {plans}, which stays in the list and can be published again."
        ),
        "routes.publish.first": _("No plan of this day, kind and fraction is published yet."),
        "routes.publish.seen": _("Crews and the public see it at once."),
        "routes.publish.leave": _("Not now"),
        "routes.publish.done": _("Published: {plan}"),
    }


def _delete() -> dict[str, str]:
    return {
        "routes.delete.ask": _("Delete plan…"),
        "routes.delete.title": _("Delete {plan}?"),
        "routes.delete.effect": _("Its routes, stops and streets go, too. The history keeps them."),
        "routes.delete.do": _("Delete the plan"),
        "routes.delete.keep": _("Keep it"),
        "routes.delete.done": _("Deleted: {plan}"),
    }
