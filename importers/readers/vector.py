"""GeoPackage, GeoJSON, FlatGeobuf and KML through GDAL, each opened only if its first bytes are its own."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
from shapely.errors import ShapelyError

from gis_core.errors import InvalidInput
from importers.readers.base import ReadOptions, SourceTable

# GDAL looks at the content, not the name: without this check a ".geojson" could be a driver that opens other files.
SIGNATURES = {
    ".gpkg": rb"SQLite format 3\x00",
    ".fgb": rb"fgb",
    ".geojson": rb"(\xef\xbb\xbf)?\s*\{",
    ".json": rb"(\xef\xbb\xbf)?\s*\{",
    ".kml": rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<kml",
}
OWN_TABLES = frozenset({"layer_styles", "qgis_projects"})  # what QGIS keeps beside the data
UNREADABLE = (RuntimeError, ValueError, OSError, ShapelyError)


class VectorReader:
    suffixes = frozenset(SIGNATURES)

    def read(self, path: Path, options: ReadOptions) -> SourceTable:
        check_signature(path)
        layer = choose(path.name, layers_of(path), options.layer)
        return as_table(layer, read_frame(path, layer=layer))


def check_signature(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4096)
    if not re.match(SIGNATURES[path.suffix.lower()], head, re.DOTALL):
        start = head[:30].decode("utf-8", "replace").split("\n")[0]
        raise InvalidInput(
            f"{path.name} is not a {path.suffix[1:]} file: it starts with {start!r}. Export it again."
        )


def layers_of(path: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of M values, which nobody asked about yet
            return [str(name) for name, _kind in pyogrio.list_layers(path) if name not in OWN_TABLES]
    except UNREADABLE as error:
        raise unreadable(path, error) from error


def choose(name: str, layers: list[str], asked: str | None) -> str:
    """Raises InvalidInput when the choice is the person's."""
    if not layers:
        raise InvalidInput(f"{name} holds no layer.")
    if asked is None and len(layers) == 1:
        return layers[0]
    if asked in layers:
        return str(asked)
    why = f"{name} has no layer {asked!r}." if asked else f"{name} has several layers."
    raise InvalidInput(f"{why} Give layer= one of: {', '.join(layers)}.")


def read_frame(path: Path, **options: Any) -> pd.DataFrame:
    """A (Geo)DataFrame; times as ISO text, a geometry that cannot be read as None. Raises InvalidInput."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # M values and odd rings: the checks speak of them row by row
            return pyogrio.read_dataframe(path, datetime_as_string=True, on_invalid="ignore", **options)
    except UNREADABLE as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> InvalidInput:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return InvalidInput(
        f"{path.name} cannot be read: {reason.replace(str(path), path.name)}. Export it again."
    )


def as_table(layer: str, frame: pd.DataFrame, *, encoding: str = "utf-8") -> SourceTable:
    geometry = getattr(frame, "_geometry_column_name", None)
    if geometry is None:
        return SourceTable(layer, frame, None, encoding=encoding)
    values = pd.DataFrame(frame.drop(columns=geometry))
    return SourceTable(layer, values, frame[geometry].to_numpy(dtype=object), frame.crs, encoding)
