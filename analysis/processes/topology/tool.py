"""What all topology tools do alike: read, plan, preview by a dry run of the very edits, and apply them in one batch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from analysis.processes.topology.answer import changes_of, edits_of, totals_of
from analysis.processes.topology.surroundings import Surroundings
from analysis.processes.topology.words import REMARKS, fault_sentence, sentence
from analysis.topology import Plan, TopologyError, to_grid
from gis_core.actors import Actor, actor_named
from gis_core.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RulesBroken,
)
from gis_core.jobs.process import Context, Input, Output
from layers.policy import Access, access_to, require_write
from layers.registry import COLLECTIONS, get_collection
from layers.services.conflicts import conflict_of
from layers.services.edit import Applied, Edit, Patch, apply_edits
from layers.services.rows import lock_rows

ID = {"type": ["integer", "string"], "pattern": "^[0-9]+$"}
IDS = {"type": "array", "items": ID, "minItems": 1, "maxItems": 5000}


def geometry_schema(*types: str) -> dict[str, Any]:
    return {
        "type": "object",
        "format": "geojson-geometry",
        "required": ["type", "coordinates"],
        "properties": {"type": {"enum": list(types)}, "coordinates": {"type": "array"}},
    }


def common_inputs(kinds: tuple[str, ...], *, ids: Input | None = None) -> tuple[Input, ...]:
    """Collection and features, first; `kinds` are the geometry types that the tool works on."""
    choices = [{"const": c.id, "title": c.title} for c in COLLECTIONS.values() if c.geometry_type in kinds]
    return (
        Input("collection", _("Collection"), {"type": "string", "oneOf": choices}, required=True),
        ids or Input("ids", _("Features (numbers)"), IDS, required=True),
    )


APPLYING = (
    Input(
        "apply",
        _("Apply"),
        {"type": "boolean", "default": False},
        _("Without it nothing is changed: the answer is a preview."),
    ),
    Input(
        "versions",
        _("Versions of the preview"),
        {"type": "object", "additionalProperties": {"type": "integer"}},
        _("As the preview gave them. Where one moved on, nothing is applied."),
    ),
    Input("comment", _("Reason of the change"), {"type": "string", "maxLength": 2000}),
)
OUTPUTS = (
    Output("collection", _("Collection"), {"type": "string"}),
    Output("applied", _("Applied"), {"type": "boolean"}),
    Output("batch", _("Batch of the history"), {"type": ["string", "null"]}),
    Output("changes", _("Changed features")),
    Output("totals", _("Before and after")),
    Output("notes", _("Notes"), {"type": "array", "items": {"type": "string"}}),
    Output("problems", _("Rules that the change would break"), {"type": "array"}),
    Output("versions", _("Versions that the preview was made from")),
)


@dataclass(frozen=True)
class Request:
    """The inputs, typed; `versions` by id."""

    access: Access
    ids: tuple[int, ...]
    apply: bool
    versions: Mapping[int, int]
    comment: str
    given: Mapping[str, Any]

    @classmethod
    def of(cls, inputs: Mapping[str, Any], actor: Actor) -> Request:
        """Raises NotFound, NotAuthenticated, NotAllowed; PreconditionRequired to apply without a preview."""
        access = access_to(actor, get_collection(inputs["collection"]))
        require_write(access)
        if inputs.get("apply") and not inputs.get("versions"):
            raise PreconditionRequired(
                _t("Preview first, then apply with the versions that the preview gave.")
            )
        versions = {int(id): int(version) for id, version in (inputs.get("versions") or {}).items()}
        ids = tuple(int(id) for id in inputs.get("ids") or ())
        wants = bool(inputs.get("apply"))
        return cls(access, ids, wants, versions, inputs.get("comment") or "", inputs)

    @property
    def actor(self) -> Actor:
        return self.access.actor

    def number(self, name: str, default: float) -> float:
        value = self.given.get(name)
        return default if value is None else float(value)

    def drawing(self, name: str) -> BaseGeometry:
        """A GeoJSON geometry on the grid. Raises InvalidInput."""
        try:
            shape = shapely.from_geojson(json.dumps(self.given[name]))
        except (shapely.errors.GEOSException, ValueError):
            shape = None
        places = np.empty((0, 2)) if shape is None else shapely.get_coordinates(shape)
        if not len(places) or not (np.isfinite(places) & (np.abs(places) <= (180, 90))).all():
            told = _t("%(name)s is no GeoJSON geometry in longitude and latitude.") % {"name": name}
            raise InvalidInput(told)
        return to_grid(shape)


class TopologyTool:
    """A process: `look` reads what the tool needs, `plan` works the change out. Subclasses name their inputs."""

    id: str
    role = "planner"
    quick = True
    outputs = OUTPUTS

    def look(self, request: Request) -> Surroundings:
        raise NotImplementedError

    def plan(self, request: Request, around: Surroundings) -> Plan:
        """Raises TopologyError."""
        raise NotImplementedError

    def notes(self, request: Request, around: Surroundings, plan: Plan) -> Iterator[str]:
        """Sentences beside the plan's own."""
        yield from ()

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """No word about progress after the edits: a job cancelled then would have changed something."""
        request = Request.of(inputs, actor_named(context.actor))
        context.progress(0, _t("Reading features"))
        with _steady(request):
            around = self.look(request)
            context.progress(20, _t("Working out the change"))
            with _in_words():
                plan = self.plan(request, around)
            notes = [*_sentences(plan), *self.notes(request, around, plan)]
            versions = around.versions({*plan.touched, *plan.used, *request.ids})
            _require_previewed(request, versions)
            context.progress(60, _t("Checking rules and rights"))
            applied, problems = _carry_out(request, edits_of(request.access.collection.id, plan, versions))
        changes = changes_of(plan, around, applied.edits if applied and request.apply else None)
        return {
            "collection": request.access.collection.id,
            "applied": request.apply,
            "batch": str(applied.batch) if applied and request.apply else None,
            "changes": changes,
            "totals": totals_of(changes),
            "notes": notes,
            "problems": problems,
            "versions": {str(id): version for id, version in versions.items()},
        }


@contextmanager
def _steady(request: Request) -> Iterator[None]:
    """To apply: one transaction, in which no previewed feature can change any more. Raises PreconditionFailed."""
    if not request.apply:
        yield
        return
    with transaction.atomic():
        rows = {row.id: row for row in lock_rows(request.access, sorted(request.versions)) if row.readable}
        for id, version in request.versions.items():
            row = rows.get(id)
            if row is None or row.version != version:
                raise _stale(request, id, version, row)
        yield


def _stale(request: Request, id: int, version: int, row: Any) -> PreconditionFailed | NotFound:
    collection = request.access.collection.id
    found = conflict_of(request.access, id, version, Patch(collection, id, {}, version), row)
    if row is None and found.extra["base"] is None:
        return NotFound(f"{collection} has no feature {id}.")
    told = _t("Feature %(id)s changed after the preview; nothing was applied. Preview again.") % {"id": id}
    return PreconditionFailed(told, **{**found.extra, "id": id})


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except TopologyError as error:
        raise InvalidInput(fault_sentence(error), fault=str(error.fault)) from error


def _require_previewed(request: Request, versions: Mapping[int, int]) -> None:
    """Raises Conflict when the change now reaches features that the preview did not show."""
    if request.apply and (new := sorted(set(versions) - set(request.versions))):
        told = _t("The change now reaches feature %(ids)s, which the preview did not. Preview again.")
        raise Conflict(told % {"ids": ", ".join(map(str, new))}, ids=new)


def _carry_out(request: Request, edits: list[Edit]) -> tuple[Applied | None, list[Any]]:
    """The edits, applied or tried out, and the rules that they would break."""
    try:
        done = apply_edits(
            request.actor, edits, comment=request.comment, door="process", dry_run=not request.apply
        )
        return done, []
    except RulesBroken as error:
        if request.apply:
            raise
        return None, list(error.extra.get("errors", ()))  # type: ignore[call-overload]


def _sentences(plan: Plan) -> list[str]:
    return [sentence(REMARKS[note.remark], note.told) for note in plan.notes]
