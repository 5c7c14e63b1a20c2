"""The texts of the editor on the map page, in the active language; only who signed in gets them."""

from __future__ import annotations

from django.utils.translation import gettext as _


def editor_texts() -> dict[str, str]:
    """By the keys of frontend/ts/edit; `{name}` stands for a value that the script puts in."""
    return {**_panel(), **_tools(), **_form(), **_saving(), **_refusals(), **_history(), **_conflict()}


def _panel() -> dict[str, str]:
    return {
        "edit.title": _("Editor"),
        "edit.edit": _("Edit"),
        "edit.close": _("Close the editor"),
        "edit.layer": _("Layer to edit"),
        "edit.draw": _("Draw a new one"),
        "edit.placeMiddle": _("Put one in the middle"),
        "edit.placeMiddleHint": _("In the middle of the map; place it exactly by its coordinates"),
        "edit.pickHint": _(
            "Or touch a feature of this layer on the map, or choose one in the list of what is in this view."
        ),
        "edit.nothingOf": _("Nothing of “{title}” is here."),
        "edit.notYours": _("You may not edit this layer."),
        "edit.notLoaded": _("The editor could not be loaded: {reason} Try again."),
        "edit.drafts": _("Not saved yet, kept on this device"),
        "edit.draftOf": _("{name}, changed on {time}"),
        "edit.draftFound": _("You changed this on {time} and did not save it."),
        "edit.recover": _("Recover"),
        "edit.discard": _("Discard"),
        "edit.new": _("New"),
        "edit.number": _("No. {id}"),
    }


def _tools() -> dict[str, str]:
    return {
        "edit.tools": _("Tools"),
        "edit.reshape": _("Reshape"),
        "edit.move": _("Move"),
        "edit.moveHint": _("Drag it, or press the arrow keys here; with Shift ten times as far"),
        "edit.snap": _("Snap"),
        "edit.snapOn": _("Corners snap to the neighbours."),
        "edit.snapOff": _("Corners no longer snap."),
        "edit.undo": _("Undo"),
        "edit.redo": _("Redo"),
        "edit.delete": _("Delete"),
        "edit.finish": _("Finish"),
        "edit.takeBack": _("Take back a corner"),
        "edit.stopDrawing": _("Stop drawing"),
        "edit.drawingStarted": _("Drawing has begun."),
        "edit.drawing.point": _("Touch the place on the map."),
        "edit.drawing.line": _(
            "Touch the map for each corner; touch the last one again, or press Enter, to finish."
        ),
        "edit.drawing.area": _(
            "Touch the map for each corner; touch the first one again, or press Enter, to finish."
        ),
        "edit.hint.look": _("Choose Reshape to drag corners, or Move to drag the whole."),
        "edit.hint.reshape": _("Drag a corner; drag a small point between two corners to add one."),
        "edit.hint.move": _("Drag the whole shape on the map."),
        "edit.hint.point": _("Choose Move to drag the point to its place."),
    }


def _form() -> dict[str, str]:
    return {
        "edit.required": _("required"),
        "edit.notSet": _("not set"),
        "edit.listHint": _("several, with commas between"),
        "edit.readOnly": _("Facts that are kept by the service"),
        "edit.corners": _("Corners and coordinates"),
        "edit.cornersHint": _("Latitude, then longitude, in degrees."),
        "edit.cornersMore": _("The first {shown} of {total} corners are listed."),
        "edit.latitude": _("Latitude of corner {number}"),
        "edit.longitude": _("Longitude of corner {number}"),
        "edit.cornerAdd": _("Add a corner after corner {number}"),
        "edit.cornerAdded": _("Corner {number} was added."),
        "edit.cornerRemove": _("Remove corner {number}"),
        "edit.cornerRemoved": _("Corner {number} was removed."),
        "edit.shape": _("Shape"),
        "edit.why": _("Why this change"),
        "edit.whyHint": _("for the history, if you like"),
    }


def _saving() -> dict[str, str]:
    return {
        "edit.save": _("Save"),
        "edit.saving": _("Saving…"),
        "edit.cancel": _("Cancel"),
        "edit.saved": _("“{name}” is saved: version {version}."),
        "edit.deleted": _("“{name}” is deleted."),
        "edit.undone": _("Undone."),
        "edit.undoComment": _("Undo of version {version}"),
        "edit.takenTheirs": _("“{name}” is as the other person left it."),
        "edit.kept": _("Not saved yet; kept on this device at {time}."),
        "edit.notKept": _("Not saved yet, and this browser cannot keep it: save before you leave the page."),
        "edit.saveFirst": _("Save or cancel what you changed first."),
        "edit.leaveTitle": _("You changed something"),
        "edit.leaveText": _("It is not saved yet. A draft stays on this device only."),
        "edit.goOn": _("Go on editing"),
        "edit.keepDraft": _("Keep it as a draft"),
        "edit.discardChanges": _("Discard the changes"),
        "edit.deleteTitle": _("Delete “{name}”?"),
        "edit.deleteText": _(
            "It goes from the map for everybody. Its history stays, and it can be brought back."
        ),
    }


def _refusals() -> dict[str, str]:
    return {
        "edit.refused": _("Not saved: this breaks a rule"),
        "edit.repair": _("Use the repaired shape"),
        "edit.showPlace": _("Show on the map"),
        "edit.goToField": _("Go to the field"),
        "edit.signIn": _("Sign in"),
        "edit.trouble.401": _(
            "You are no longer signed in. Sign in, come back here and save again; nothing is lost."
        ),
        "edit.trouble.403": _("Not saved: you may not change this. {reason}"),
        "edit.trouble.404": _("It is no longer there. {reason}"),
        "edit.trouble.409": _("Not saved: something else stands in the way. {reason}"),
        "edit.trouble.428": _(
            "Not saved: it is not known which version was changed. Open it anew; your draft is kept."
        ),
        "edit.trouble.500": _(
            "The service failed and nothing was saved. What you typed is kept; try again later."
        ),
        "edit.trouble.network": _("The service cannot be reached. What you typed is kept; try again."),
        "edit.trouble.other": _("This did not work: {reason}"),
    }


def _history() -> dict[str, str]:
    return {
        "edit.history": _("History"),
        "edit.historyOf": _("History of {name}"),
        "edit.back": _("Back"),
        "edit.lastChange": _("Last changed by {who}, {time}"),
        "edit.version": _("version {number}"),
        "edit.operation.create": _("Creation"),
        "edit.operation.update": _("Change"),
        "edit.operation.delete": _("Deletion"),
        "edit.bySomebody": _("Somebody"),
        "edit.byDatabase": _("In the database"),
        "edit.unconditional": _("Written without a look at others' changes"),
        "edit.field": _("Field"),
        "edit.before": _("Before"),
        "edit.after": _("After"),
        "edit.nothingChanged": _("Nothing that you may see was changed."),
        "edit.shapeArea": _("The shape was changed: {before} m² before, {after} m² after."),
        "edit.shapeLength": _("The shape was changed: {before} m before, {after} m after."),
        "edit.shapeMoved": _("The place was changed."),
        "edit.key": _("What the lines mean"),
        "edit.key.before": _("before"),
        "edit.key.added": _("added"),
        "edit.key.removed": _("removed"),
        "edit.key.after": _("after"),
        "edit.restore": _("Bring this back"),
        "edit.restoreTitle": _("Bring version {number} back?"),
        "edit.restoreText": _(
            "It will be as it was on {time}, as a new version. Nothing is lost from the history."
        ),
        "edit.restoreComment": _("Version {number} brought back"),
        "edit.restored": _("“{name}” is brought back, as version {version}."),
        "edit.broughtBack": _("“{name}” is there again."),
        "edit.changes": _("Latest changes in this layer"),
        "edit.noChanges": _("None yet."),
    }


def _conflict() -> dict[str, str]:
    return {
        "conflict.title": _("Somebody else changed this too"),
        "conflict.who": _("By {who}, {time}"),
        "conflict.unconditional": _(
            "That was a program that does not look at others' changes. Check with care what it wrote."
        ),
        "conflict.was": _("Before both: {value}"),
        "conflict.mine": _("Yours"),
        "conflict.theirs": _("Theirs"),
        "conflict.base": _("Before both"),
        "conflict.myShape": _("The shape that you drew"),
        "conflict.theirShape": _("The shape that is saved"),
        "conflict.picture": _("Three shapes over each other: before both, theirs and yours"),
        "conflict.settled": _("Needs no question"),
        "conflict.choose": _("Choose one side for each, then save."),
        "conflict.save": _("Save merged"),
        "conflict.takeTheirs": _("Give mine up"),
        "conflict.later": _("Not now"),
        "conflict.deletedTitle": _("Somebody else deleted this"),
        "conflict.bringBack": _("Bring it back with my changes"),
        "conflict.discardMine": _("Let it go"),
    }
