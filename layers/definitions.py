"""What a layer is made of: Collection, Field, Style and Layer, all frozen. A catalogue folder declares them once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.permissions import Role
from layers.base import FeatureModel

# Kept by the database or by us: never written by a client, and not part of a feature's own properties.
INTERNAL = frozenset({"id", "geom", "geom_3857", "search_key"})
STAMPS = frozenset({"version", "created_at", "updated_at"})
_UNITS = {
    "m": "m", "m2": "m²", "m3": "m³", "km": "km", "kmh": "km/h", "kg": "kg", "kg_day": "kg/d", "t": "t", "l": "L",
    "pct": "%", "min": "min", "s": "s", "ug_m3": "µg/m³",
}  # fmt: skip


class Group(StrEnum):
    """How the layer switch groups layers."""

    ADMINISTRATION = "administration"
    GREEN = "green"
    WASTE = "waste"
    STREET = "street"
    AIR = "air"
    BASE = "base"

    @property
    def title(self) -> str:
        return _GROUP_TITLES[self]


_GROUP_TITLES = {
    Group.ADMINISTRATION: _("Administration"),
    Group.GREEN: _("Green city"),
    Group.WASTE: _("Waste collection"),
    Group.STREET: _("Streets"),
    Group.AIR: _("Air and people"),
    Group.BASE: _("Base map"),
}


@dataclass(frozen=True)
class Field:
    """One property of a feature. `type` is a JSON Schema type or "date" or "date-time"; `unit` is for people.

    `on_request`: too long to be in answers that were not asked for it by name.
    """

    name: str
    type: str
    title: str
    unit: str | None
    choices: tuple[tuple[str, str], ...]
    required: bool
    read_only: bool
    on_request: bool = False

    @classmethod
    def of(cls, field: models.Field, *, on_request: bool = False) -> Field:
        generated = isinstance(field, models.GeneratedField)
        return cls(
            name=field.name,
            type=json_type(field.output_field if generated else field),
            title=field.verbose_name,
            unit=unit_of(field.name),
            choices=tuple(field.choices or ()),
            required=not (field.null or generated or field.has_default() or field.has_db_default()),
            read_only=generated or not field.editable,
            on_request=on_request,
        )

    def label(self, value: Any) -> str:
        """The choice's title in the active language, or the value itself."""
        return str(dict(self.choices).get(value, value))


def json_type(field: models.Field) -> str:
    """JSON Schema's type of a Django field; date and date-time stand for string formats."""
    kinds: tuple[tuple[type, str], ...] = (
        (models.DateTimeField, "date-time"),
        (models.DateField, "date"),
        (models.TimeField, "time"),
        (models.BooleanField, "boolean"),
        (models.IntegerField, "integer"),
        (models.AutoField, "integer"),
        ((models.FloatField), "number"),
        (ArrayField, "array"),
        (models.JSONField, "object"),
    )
    return next((name for kind, name in kinds if isinstance(field, kind)), "string")


def unit_of(name: str) -> str | None:
    """The unit that a field's name ends with: `width_m` -> m, `green_m2_per_inhabitant` -> m²."""
    if name.endswith("_m2_per_inhabitant"):
        return "m²"
    return next(
        (_UNITS[end] for end in sorted(_UNITS, key=len, reverse=True) if name.endswith(f"_{end}")), None
    )


class Extent(StrEnum):
    """How far a right reaches. `area` is where the person works; one without work areas works in the whole city."""

    NONE = "none"
    AREA = "area"
    CITY = "city"


@dataclass(frozen=True)
class Right:
    """What a role may do with a collection. `hidden` fields it never sees; `locked` ones it sees but may not set.

    `where`: it writes only rows that have these values.
    """

    read: Extent = Extent.NONE
    write: Extent = Extent.NONE
    hidden: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    where: Mapping[str, str] = field(default_factory=dict)


Rights = Mapping[Role, Right]


def open_rights(*, hidden: tuple[str, ...] = (), computed: tuple[str, ...] = ()) -> Rights:
    """Everybody reads, but the public and crews not the `hidden` fields; planners write where they work, stewards
    everywhere; what processes compute is not typed in by planners."""
    withheld = frozenset(hidden)
    return {
        Role.PUBLIC: Right(Extent.CITY, hidden=withheld),
        Role.CREW: Right(Extent.CITY, hidden=withheld),
        Role.PLANNER: Right(Extent.CITY, Extent.AREA, locked=frozenset({"source", *computed})),
        Role.STEWARD: Right(Extent.CITY, Extent.CITY),
        Role.AUDITOR: Right(Extent.CITY),
        Role.ADMIN: Right(Extent.CITY, Extent.CITY),
    }


def internal_rights(*, computed: tuple[str, ...] = ()) -> Rights:
    """As `open_rights`, but not for the public; crews read where they work."""
    return {**open_rights(computed=computed), Role.PUBLIC: Right(), Role.CREW: Right(Extent.AREA)}


def planning_rights() -> Rights:
    """As `open_rights`, but for planners only; what they see here, processes have written."""
    shut = {Role.PUBLIC: Right(), Role.CREW: Right(), Role.PLANNER: Right(Extent.CITY)}
    return {**open_rights(), **shut}


@dataclass(frozen=True)
class NoOverlap:
    """A feature covers no more than `tolerance_m2` of any other of its collection."""

    tolerance_m2: float


@dataclass(frozen=True)
class Near:
    """A feature lies within `distance_m` of one of `collection`; an empty collection asks nothing."""

    collection: str
    distance_m: float


@dataclass(frozen=True)
class Collection:
    """The typed set of Features of one model, addressable by OGC API.

    `time` is the field that `datetime=` asks about. `rules` hold for edits, beside what the table itself demands.
    `published` is the field that says whether a row is more than a draft: drafts are for planners (layers/policy.py).
    `feed` is the name of the address of its Atom feed.
    `on_request` names the fields that are only in answers to requests that name them.
    """

    id: str
    model: type[FeatureModel]
    title: str
    description: str
    time: str | None = None
    rights: Rights = field(default_factory=open_rights)
    rules: tuple[NoOverlap | Near, ...] = ()
    published: str | None = None
    feed: str | None = None
    on_request: frozenset[str] = frozenset()

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def history_table(self) -> str:
        """Of its event model (layers.models.FeatureEvent)."""
        return f"{self.table}event"

    @cached_property
    def geometry_type(self) -> str | None:
        """Point, LineString or MultiPolygon; None for a table."""
        field = next((f for f in self.model._meta.fields if f.name == "geom"), None)
        return (
            {"POINT": "Point", "LINESTRING": "LineString", "MULTIPOLYGON": "MultiPolygon"}[field.geom_type]
            if field
            else None
        )

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The properties a reader sees, in the order of the model."""
        kept = (f for f in self.model._meta.fields if f.name not in INTERNAL)
        return tuple(Field.of(f, on_request=f.name in self.on_request) for f in kept)

    @cached_property
    def writable(self) -> tuple[str, ...]:
        """The columns a load or an edit may set (geometry apart)."""
        return tuple(f.name for f in self.fields if not f.read_only)

    @cached_property
    def named(self) -> bool:
        return any(f.name == "search_key" for f in self.model._meta.fields)

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True)
class Style:
    """MapLibre style layers (fill, line, circle, symbol) without their source; expressions kept to
    get, match, step and interpolate, so that map and legend read the same file."""

    layers: tuple[dict[str, Any], ...]

    @classmethod
    def load(cls, path: str | Path) -> Style:
        return cls(tuple(json.loads(Path(path).read_text(encoding="utf-8"))["layers"]))

    @classmethod
    def beside(cls, module_file: str, name: str = "style.json") -> Style:
        return cls.load(Path(module_file).with_name(name))


@dataclass(frozen=True)
class SmallAreas:
    """What the tiles of polygons leave out; sizes in pixels of a 512 px tile.

    min_px2: polygons that cover less are left out.
    cell_px, cells_until: at zooms up to `cells_until`, of the polygons smaller than a cell of `cell_px`, only the
    largest of each cell is shown; larger polygons always are.
    """

    min_px2: float
    cell_px: float = 7
    cells_until: int = -1


@dataclass(frozen=True)
class Clusters:
    """At zooms up to `until`, the points of each cell of `cell_px` (of a 512 px tile) are shown as one with their
    `point_count`; a point that is alone in its cell stays itself."""

    until: int
    cell_px: float = 64


@dataclass(frozen=True)
class FirstZooms:
    """A feature enters the tiles at the zoom of its value of `field`; a value not named, at the layer's `min_zoom`."""

    field: str
    zooms: dict[str, int]


@dataclass(frozen=True)
class Layer:
    """What a person switches on: a collection, its style, zooms and tile attributes.

    `thinning` is what its tiles leave out or put together at low zooms; TileJSON and a header tell it.
    `field_zooms` names the tile fields that only tiles from that zoom on carry.
    `computed_from` names the collections that its numbers come from: where those are made up, so is this layer.
    """

    id: str
    collection: Collection
    title: str
    style: Style
    group: Group
    min_zoom: int
    tile_fields: tuple[str, ...]
    max_zoom: int = 16
    visible: bool = False
    computed_from: tuple[str, ...] = ()
    raster: bool = False
    thinning: SmallAreas | FirstZooms | Clusters | None = None
    field_zooms: Mapping[str, int] = field(default_factory=dict)

    def fields_at(self, z: int) -> tuple[str, ...]:
        """The tile fields that tiles of zoom `z` carry."""
        return tuple(name for name in self.tile_fields if self.field_zooms.get(name, 0) <= z)
