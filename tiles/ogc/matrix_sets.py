"""Grids as the documents of Two Dimensional Tile Matrix Set 2.0 (OGC 17-083r4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from pyproj import CRS

from gis_core.crs import epsg_crs
from tiles.grids import WEB_MERCATOR_QUAD, TileMatrixSet

CELLS = 256  # along one side of a tile: what scales are told by
_PIXEL_M = 0.00028  # the standard's pixel
_REGISTER = "http://www.opengis.net/def"


def matrix_set_document(request: HttpRequest, grid: TileMatrixSet) -> dict[str, Any]:
    """Coordinates in the axis order of the CRS's authority, which is what the standard wants."""
    known = {"wellKnownScaleSet": f"{_REGISTER}/wkss/OGC/1.0/GoogleMapsCompatible"}
    return {
        **matrix_set_item(request, grid),
        "orderedAxes": [axis.abbrev for axis in CRS.from_epsg(grid.srid).axis_info],
        **(known if grid is WEB_MERCATOR_QUAD else {}),
        "tileMatrices": [_matrix(grid, z) for z in range(grid.max_zoom + 1)],
    }


def matrix_set_item(request: HttpRequest, grid: TileMatrixSet) -> dict[str, Any]:
    return {
        "id": grid.id,
        "title": grid_title(grid),
        "uri": matrix_set_uri(request, grid),
        "crs": epsg_crs(grid.srid).uri,
    }


def grid_title(grid: TileMatrixSet) -> str:
    """In the active language."""
    if grid is WEB_MERCATOR_QUAD:
        return "Web Mercator"
    return _("The city's own grid") + f" (EPSG:{grid.srid}, {CRS.from_epsg(grid.srid).name})"


def matrix_set_url(request: HttpRequest, grid: TileMatrixSet) -> str:
    return request.build_absolute_uri(reverse("tile-matrix-set", args=[grid.id]))


def matrix_set_uri(request: HttpRequest, grid: TileMatrixSet) -> str:
    """The OGC register's name of a grid that stands there, our own address of one that does not."""
    if grid is WEB_MERCATOR_QUAD:
        return f"{_REGISTER}/tilematrixset/OGC/1.0/{grid.id}"
    return matrix_set_url(request, grid)


def cell_size(grid: TileMatrixSet, z: int) -> float:
    """In units of the CRS."""
    return grid.side / CELLS / 2.0**z


def scale_denominator(grid: TileMatrixSet, z: int) -> float:
    return cell_size(grid, z) * CRS.from_epsg(grid.srid).axis_info[0].unit_conversion_factor / _PIXEL_M


def _matrix(grid: TileMatrixSet, z: int) -> dict[str, Any]:
    corner = [grid.left, grid.top]
    return {
        "id": str(z),
        "scaleDenominator": scale_denominator(grid, z),
        "cellSize": cell_size(grid, z),
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": corner[::-1] if epsg_crs(grid.srid).flips_axes else corner,
        "tileWidth": CELLS,
        "tileHeight": CELLS,
        "matrixWidth": 2**z,
        "matrixHeight": 2**z,
    }
