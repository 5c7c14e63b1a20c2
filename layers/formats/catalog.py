"""The formats that a collection's items can be had in, by their `f=` name."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from psycopg import sql

from layers.formats import atom, gdal, geojson, kml, parquet, separated, shapefile
from layers.formats.snapshot import Rows
from layers.formats.source import FeatureSource


@dataclass(frozen=True)
class Format:
    """How features are written. `columns` is what it asks of the database.

    `paged`: it answers one page as GeoJSON does (the rest hold everything asked for, unless a limit is given).
    `follows_crs`: it holds any CRS; the others are always CRS84.
    `negotiated`: Accept may ask for its media type.
    """

    id: str
    media_type: str
    extension: str
    title: str
    columns: Callable[[FeatureSource], Sequence[sql.Composable]]
    write: Callable[[FeatureSource, Rows], Generator[bytes]]
    paged: bool = False
    follows_crs: bool = True
    needs_geometry: bool = False
    negotiated: bool = True

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


FORMATS: dict[str, Format] = {
    form.id: form
    for form in (
        Format(
            "geojson", "application/geo+json", "geojson", _("GeoJSON, the whole layer"),
            geojson.columns, geojson.write_collection, negotiated=False,
        ),
        Format(
            "geojsonseq", "application/geo+json-seq", "geojsons", _("GeoJSON text sequence"),
            geojson.columns, geojson.write_sequence,
        ),
        Format("csv", "text/csv", "csv", _("CSV table"), separated.columns, separated.write),
        Format(
            "gpkg", "application/geopackage+sqlite3", "gpkg", _("GeoPackage"),
            gdal.GPKG.columns, gdal.write_gpkg,
        ),
        Format(
            "fgb", "application/flatgeobuf", "fgb", _("FlatGeobuf"),
            gdal.FLATGEOBUF.columns, gdal.write_flatgeobuf, needs_geometry=True,
        ),
        Format(
            "parquet", "application/vnd.apache.parquet", "parquet", _("GeoParquet"),
            parquet.COLUMNS.columns, parquet.write,
        ),
        Format(
            "shp", "application/zip", "zip", _("Shapefile (zip)"),
            shapefile.COLUMNS.columns, shapefile.write,
        ),
        Format(
            "kml", "application/vnd.google-earth.kml+xml", "kml", _("KML"),
            kml.columns, kml.write, follows_crs=False,
        ),
        Format(
            "georss", "application/atom+xml", "atom", _("GeoRSS (Atom)"),
            atom.columns, atom.write, paged=True, follows_crs=False,
        ),
    )
}  # fmt: skip
BY_MEDIA_TYPE: dict[str, Format] = {form.media_type: form for form in FORMATS.values() if form.negotiated}
