"""The process "import": a file into a collection, in one transaction, with a report for each row that stayed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gis_core.actors import actor_named
from gis_core.errors import InvalidInput
from gis_core.geometry import WGS84_SRID
from gis_core.jobs.process import Context, Input, Output
from importers.checks import rejected_rows, row_number, shape
from importers.mapping import IDENTIFIER, ColumnMap, convert, identify, match_columns, without_foreign_source
from importers.placement import Placement, settle
from importers.readers.base import ReadOptions, SourceTable
from importers.readers.registry import read_source
from layers.base import Source
from layers.definitions import Collection
from layers.registry import COLLECTIONS, get_collection
from layers.services.checks import RowIssue
from layers.services.load import LoadReport, load_features

ISSUES_SHOWN = 1000
ROWS_SHOWN = 5
TEXT = {"type": "string"}
FLAG = {"type": "boolean", "default": False}

CHOICES = [{"const": collection.id, "title": collection.title} for collection in COLLECTIONS.values()]


class ImportFile:
    id = "import"
    title = _("Import a file")
    description = _(
        "Reads GeoPackage, GeoJSON, FlatGeobuf, KML, Shapefile (zipped) or a text table with coordinates"
        " into a collection: new rows are added, known ones changed, and each row left out is reported with the reason."
    )
    role = "planner"
    inputs = (
        Input(
            "file",
            _("File"),
            {"type": "string", "contentMediaType": "application/octet-stream"},
            required=True,
        ),
        Input("collection", _("Collection"), {"type": "string", "oneOf": CHOICES}, required=True),
        Input("layer", _("Layer"), TEXT, _("Which layer, where the file holds several.")),
        Input(
            "crs",
            _("Coordinate reference system"),
            {"type": "integer"},
            _("EPSG code, where the file says none or lies."),
        ),
        Input("swap_axes", _("Latitude first"), FLAG, _("The file gives latitude before longitude.")),
        Input(
            "id_field",
            _("Identifying column"),
            TEXT,
            _("By which rows are known again; geometry: by their place."),
        ),
        Input(
            "columns",
            _("Columns"),
            {"type": "object"},
            _("File column to field, for columns not named like the field."),
        ),
        Input(
            "encoding",
            _("Encoding of the text"),
            TEXT,
            _("For example utf-8, cp1252 (French), cp1256 (Arabic)."),
        ),
        Input(
            "repair", _("Repair invalid areas"), FLAG, _("Crossing rings are put right; look at the result.")
        ),
        Input("prune", _("Remove what the file lacks"), FLAG, _("Of the city's own rows only.")),
        Input("dry_run", _("Only report"), FLAG, _("Nothing is written.")),
    )
    outputs = (Output("report", _("Report")),)

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """No word about progress after the load: a job cancelled then would have changed something."""
        wish = Wish.of(inputs)
        context.progress(0, _("Reading %(file)s") % {"file": wish.file.name})
        table = read_source(wish.file, wish.read_options(context.workspace))
        context.progress(40, _("Checking %(count)s rows") % {"count": len(table)})
        prepared = prepare(table, wish)
        context.progress(70, _("Writing into %(collection)s") % {"collection": wish.collection.title})
        loaded = load_features(
            wish.collection.id,
            prepared.frame,
            actor=actor_named(context.actor),
            source=Source.CITY,
            prune_sources=[Source.CITY] if wish.prune else [],
            dry_run=wish.dry_run,
        )
        return {"report": report(table, prepared, loaded, wish)}


@dataclass(frozen=True)
class Wish:
    """The inputs, typed."""

    file: Path
    collection: Collection
    layer: str | None
    crs: int | None
    swap_axes: bool
    id_field: str | None
    columns: dict[str, str]
    encoding: str | None
    repair: bool
    prune: bool
    dry_run: bool

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Wish:
        """An input left empty in a form counts as not given. Raises NotFound for the collection."""
        return cls(
            file=Path(inputs["file"]),
            collection=get_collection(inputs["collection"]),
            columns={str(k): str(v) for k, v in (inputs.get("columns") or {}).items()},
            layer=inputs.get("layer") or None,
            crs=inputs.get("crs") or None,
            id_field=inputs.get("id_field") or None,
            encoding=inputs.get("encoding") or None,
            swap_axes=bool(inputs.get("swap_axes")),
            repair=bool(inputs.get("repair")),
            prune=bool(inputs.get("prune")),
            dry_run=bool(inputs.get("dry_run")),
        )

    def read_options(self, workspace: Path) -> ReadOptions:
        return ReadOptions(workspace, settings.UPLOAD_MAX_BYTES, self.layer, self.encoding)


@dataclass(frozen=True)
class Prepared:
    """The frame for load_features, row i being row i of the file, and what was found on the way."""

    frame: pd.DataFrame
    columns: ColumnMap
    identifier: str
    epsg: int | None
    issues: tuple[RowIssue, ...]
    notes: tuple[str, ...]


def prepare(table: SourceTable, wish: Wish) -> Prepared:
    """Raises InvalidInput when the file as a whole does not fit the collection."""
    columns = match_columns(table.values.columns, wish.collection, wish.columns)
    columns = without_foreign_source(columns, table.values, wish.collection, wish.columns)
    places = _place(table, wish) if wish.collection.geometry_type else _Places()
    identifiers, identifier = identify(table.values, columns, places.geometries, wish.id_field)
    frame, issues = convert(table.values, columns, wish.collection, settings.CITY.time_zone)
    frame.insert(0, IDENTIFIER, identifiers)
    issues = [*table.issues, *places.issues, *issues]
    if places.geometries is not None:
        frame = gpd.GeoDataFrame(frame.assign(geom=places.geometries), geometry="geom", crs=WGS84_SRID)
    frame = _blank(frame, rejected_rows(issues), wish.collection)
    ignored = tuple(name for name in columns.ignored if name != identifier)
    shown = replace(columns, ignored=ignored)
    return Prepared(frame, shown, identifier, places.epsg, tuple(issues), (*table.notes, *places.notes))


@dataclass(frozen=True)
class _Places:
    geometries: np.ndarray | None = None
    epsg: int | None = None
    issues: tuple[RowIssue, ...] = ()
    notes: tuple[str, ...] = ()


def _place(table: SourceTable, wish: Wish) -> _Places:
    if table.geometries is None:
        names = ", ".join(table.values.columns)
        raise InvalidInput(
            f"{wish.file.name} has no geometry and no columns of coordinates; its columns are {names}."
            " Name them lon and lat (degrees), x and y (then give crs=), or wkt."
        )
    placement = Placement(settings.CITY)
    reading, notes = settle(
        wish.file.name,
        table.geometries,
        table.crs,
        asked=wish.crs,
        swapped=wish.swap_axes,
        placement=placement,
    )
    shaped = shape(
        placement.to_4326(table.geometries, reading), str(wish.collection.geometry_type), repair=wish.repair
    )
    unread = rejected_rows(table.issues)
    issues = tuple(issue for issue in shaped.issues if row_number(issue) not in unread)
    return _Places(shaped.geometries, reading.epsg, issues, (*notes, *_height_note(table), *shaped.notes))


def _height_note(table: SourceTable) -> tuple[str, ...]:
    count = int(np.sum(shapely.has_z(table.geometries) | shapely.has_m(table.geometries)))
    return (f"{count} geometries lost their heights or measures: the layers are flat.",) if count else ()


def _blank(frame: pd.DataFrame, rejected: set[int], collection: Collection) -> pd.DataFrame:
    """Take from rejected rows what they need to pass, so that the load rejects them too, and `prune` spares the rows
    they stand for."""
    column = (
        "geom"
        if "geom" in frame.columns
        else next((f.name for f in collection.fields if f.required), IDENTIFIER)
    )
    if rejected and column in frame.columns:
        frame.loc[[number - 1 for number in sorted(rejected)], column] = None
    return frame


def report(table: SourceTable, prepared: Prepared, loaded: LoadReport, wish: Wish) -> dict[str, Any]:
    """What happened, in counts and, for rejected rows, in reasons; at most ISSUES_SHOWN issues in full."""
    mine = rejected_rows(prepared.issues)
    issues = sorted(
        (*prepared.issues, *(i for i in loaded.rejected if row_number(i) not in mine)),
        key=lambda i: (row_number(i), i.field),
    )
    return {
        "file": wish.file.name,
        "layer": table.name,
        "collection": loaded.collection,
        "dry_run": wish.dry_run,
        "rows": len(table),
        "added": loaded.added,
        "changed": loaded.changed,
        "unchanged": loaded.unchanged,
        "removed": loaded.removed,
        "rejected": len(rejected_rows(issues)),
        "reasons": reasons(issues),
        "issues": [issue.as_dict() for issue in issues[:ISSUES_SHOWN]],
        "crs": prepared.epsg,
        "encoding": table.encoding,
        "identifier": prepared.identifier,
        "columns": prepared.columns.columns,
        "ignored": list(prepared.columns.ignored),
        "notes": list(prepared.notes),
    }


def reasons(issues: list[RowIssue]) -> list[dict[str, Any]]:
    """The issues grouped by rule, the most frequent first, each with its first rows."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for issue in issues:
        groups.setdefault((issue.field, issue.rule, issue.cure), []).append(issue.row)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [
        {"field": field, "rule": str(rule), "cure": str(cure), "rows": len(rows), "first": rows[:ROWS_SHOWN]}
        for (field, rule, cure), rows in ordered
    ]
