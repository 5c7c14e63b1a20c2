"""MapProxy's source types of ours, drawn in the same process: `casagis-raster` and `casagis-vector`.

Each looks into the Sight of the request that it draws for: rights and times are the request's, not the configuration's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from mapproxy.config.configuration.source import SourceConfiguration, register_source_configuration
from mapproxy.config.spec import source_commons
from mapproxy.extent import MapExtent
from mapproxy.image import ImageResult
from mapproxy.image.opts import ImageOptions
from mapproxy.layer import BlankImageError, MapError
from mapproxy.layer.map_layer import MapLayer
from mapproxy.query import MapQuery
from mapproxy.srs import SRS
from mapproxy.util.ext.dictspec.spec import combined, required

from layers.definitions import Layer
from layers.registry import get_layer
from tiles.raster.expression import fields_of
from tiles.raster.features import MOST_FEATURES, Box, box_sql
from tiles.raster.info import RasterInfo, VectorInfo
from tiles.raster.legend_picture import LayerLegend
from tiles.raster.painter import Drawn, paint, shown_at
from tiles.raster.render import Ramp, render
from tiles.raster.sight import SIGHT

RASTER, VECTOR = "casagis-raster", "casagis-vector"
MARGIN_PX = 24  # half the widest line, or the largest circle
ALMOST = 1e-6


class _LayerSource(MapLayer):  # type: ignore[misc]  # MapProxy is untyped
    """One layer of the catalogue; `coverage` is where it has anything."""

    supports_meta_tiles = True

    def __init__(self, layer: Layer, coverage: Any) -> None:
        super().__init__(image_opts=ImageOptions(transparent=True, format="image/png"))
        self.layer = layer
        self.coverage = coverage
        self.extent = MapExtent(coverage.bbox, coverage.srs)

    def get_map(self, query: MapQuery) -> ImageResult:
        sight = SIGHT.get()
        if not sight.shows(self.layer) or not self.coverage.intersects(query.bbox, query.srs):
            raise BlankImageError
        try:
            picture = self.draw(query)
        except (BlankImageError, MapError):
            raise
        except Exception as error:
            sight.failure = error  # MapProxy would swallow it
            raise
        return ImageResult(picture, size=query.size, image_opts=self.image_opts)

    def draw(self, query: MapQuery) -> Any:
        raise NotImplementedError


class RasterSource(_LayerSource):
    def draw(self, query: MapQuery) -> Any:
        path = SIGHT.get().files[self.layer.id].path
        return render(path, Ramp.of(self.layer), bbox=query.bbox, crs=query.srs.srs_code, size=query.size)


class VectorSource(_LayerSource):
    """Features of PostGIS, painted by the layer's own style; nothing below the layer's smallest zoom."""

    def draw(self, query: MapQuery) -> Any:
        box = box_of(query)
        styles = [style for style in self.layer.style.layers if shown_at(style, box.zoom)]
        if box.zoom + ALMOST < self.layer.min_zoom or not styles:
            raise BlankImageError
        drawn = self._drawn(query, box, styles)
        if not len(drawn.geometries):
            raise BlankImageError
        return paint(styles, drawn, size=query.size, zoom=box.zoom)

    def _drawn(self, query: MapQuery, box: Box, styles: list[dict[str, Any]]) -> Drawn:
        sight = SIGHT.get()
        names = [name for style in styles for name in fields_of(list(style.get("paint", {}).values()))]
        access = sight.accesses[self.layer.id]
        rows = sight.read(*box_sql(self.layer, access, box, srid=srid_of(query.srs), names=names))
        if len(rows) > MOST_FEATURES:
            raise MapError(
                f"{self.layer.id} has more than {MOST_FEATURES} features there; zoom in, or ask for a smaller picture."
            )
        shapes = shapely.from_wkb(np.array([bytes(row["shape"]) for row in rows], dtype=object))
        return Drawn(_in_pixels(shapes, query), rows)


def box_of(query: MapQuery) -> Box:
    """Raises MapProxy's TransformationError where the CRS does not reach."""
    west, south, east, north = query.srs.transform_bbox_to(SRS(3857), query.bbox)
    pixel = max((east - west) / query.size[0], (north - south) / query.size[1])
    margin = MARGIN_PX * pixel
    return Box((west - margin, south - margin, east + margin, north + margin), pixel)


def srid_of(srs: Any) -> int:
    """CRS:84 is 4326 with the axes as we have them."""
    code = srs.srs_code.partition(":")[2]
    return 4326 if code == "84" else int(code)


def _in_pixels(shapes: npt.NDArray[np.object_], query: MapQuery) -> npt.NDArray[np.object_]:
    west, south, east, north = query.bbox
    scale = np.array([query.size[0] / (east - west), -query.size[1] / (north - south)])
    corner = np.array([west, north])
    placed: npt.NDArray[np.object_] = shapely.transform(shapes, lambda xy: (xy - corner) * scale)
    return placed


class _LayerSourceConfiguration(SourceConfiguration):  # type: ignore[misc]
    def source(self, params: object = None) -> _LayerSource:
        layer = get_layer(self.conf["layer"])
        return (RasterSource if layer.raster else VectorSource)(layer, self.coverage())

    def fi_source(self, params: object = None) -> RasterInfo | VectorInfo:
        layer = get_layer(self.conf["layer"])
        return (RasterInfo if layer.raster else VectorInfo)(layer)

    def lg_source(self, params: object = None) -> LayerLegend:
        return LayerLegend(get_layer(self.conf["layer"]))


def register() -> None:
    """Makes the types known to MapProxy's loader and to its validator; doing it again changes nothing."""
    text = str()  # noqa: UP018  a sample of the type is what MapProxy's spec wants
    for kind in (RASTER, VECTOR):
        spec = combined(source_commons, {required("layer"): text})
        register_source_configuration(kind, _LayerSourceConfiguration, kind, spec)
