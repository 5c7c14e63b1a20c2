"""GeoPackage and FlatGeobuf, written by GDAL from a stream of Arrow batches into a file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pyproj

from layers.formats.columnar import GEOMETRY, ArrowColumns
from layers.formats.files import read_chunks, workspace
from layers.formats.gdal_process import write_layer
from layers.formats.snapshot import Rows
from layers.formats.source import FeatureSource

# Neither has a type for a time of day or a list; FlatGeobuf has none for a date either.
GPKG = ArrowColumns(frozenset({"time", "array"}))
FLATGEOBUF = ArrowColumns(frozenset({"time", "array", "date"}))


def write_gpkg(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    """Feature ids are the fids; title and provenance stand in gpkg_contents and in the layer's metadata."""
    with workspace() as folder:
        path = folder / f"{source.id}.gpkg"
        layer_options = {"FID": "id", "IDENTIFIER": source.title, "DESCRIPTION": source.provenance}
        write_layer(
            GPKG.batches(source, rows),
            path,
            driver="GPKG",
            layer=source.id.replace("-", "_"),
            layer_options=layer_options | ({"GEOMETRY_NAME": "geom"} if source.geometry_type else {}),
            layer_metadata=metadata(source),
            **geometry_options(source),
        )
        yield from read_chunks(path)


def write_flatgeobuf(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    """With a spatial index, so that a reader may fetch a part; features come in the order of the index."""
    with workspace() as folder:
        path = folder / f"{source.id}.fgb"
        write_layer(
            FLATGEOBUF.batches(source, rows),
            path,
            driver="FlatGeobuf",
            layer=source.id,
            layer_options={
                "TITLE": source.title,
                "DESCRIPTION": source.provenance,
                "TEMPORARY_DIR": str(folder),
            },
            **geometry_options(source),
        )
        yield from read_chunks(path)


def metadata(source: FeatureSource) -> dict[str, str]:
    return {"TITLE": source.title, "ABSTRACT": source.description, "PROVENANCE": source.provenance}


def geometry_options(source: FeatureSource) -> dict[str, str]:
    """What pyogrio wants to know about the geometry column; nothing for a table."""
    if source.geometry_type is None:
        return {}
    return {"geometry_name": GEOMETRY, "geometry_type": source.geometry_type, "crs": crs_wkt(source.srid)}


@cache
def crs_wkt(srid: int) -> str:
    return str(pyproj.CRS.from_epsg(srid).to_wkt())
