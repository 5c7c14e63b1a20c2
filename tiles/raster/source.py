"""MapProxy's source type `casagis-raster`: our renderer in the same process, no request in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mapproxy.config.configuration.source import SourceConfiguration, register_source_configuration
from mapproxy.config.spec import source_commons
from mapproxy.extent import MapExtent
from mapproxy.image import ImageResult
from mapproxy.image.opts import ImageOptions
from mapproxy.layer import BlankImageError
from mapproxy.layer.map_layer import MapLayer
from mapproxy.query import MapQuery
from mapproxy.util.ext.dictspec.spec import combined, required

from layers.registry import get_layer
from tiles.raster.render import Ramp, render

SOURCE_TYPE = "casagis-raster"


class RasterSource(MapLayer):  # type: ignore[misc]  # MapProxy is untyped
    """One raster file in a layer's colours; `coverage` is the file's own extent."""

    supports_meta_tiles = True

    def __init__(self, file: Path, ramp: Ramp, coverage: Any) -> None:
        super().__init__(image_opts=ImageOptions(transparent=True, format="image/png"))
        self.file = file
        self.ramp = ramp
        self.coverage = coverage
        self.extent = MapExtent(coverage.bbox, coverage.srs)

    def get_map(self, query: MapQuery) -> ImageResult:
        if not self.coverage.intersects(query.bbox, query.srs):
            raise BlankImageError
        picture = render(self.file, self.ramp, bbox=query.bbox, crs=query.srs.srs_code, size=query.size)
        return ImageResult(picture, size=query.size, image_opts=self.image_opts)


class RasterSourceConfiguration(SourceConfiguration):  # type: ignore[misc]
    source_type = (SOURCE_TYPE,)

    def source(self, params: object = None) -> RasterSource:
        return RasterSource(Path(self.conf["file"]), Ramp.of(get_layer(self.conf["layer"])), self.coverage())


def register() -> None:
    """Makes the type known to MapProxy's loader and to its validator; doing it again changes nothing."""
    text = str()  # noqa: UP018  a sample of the type is what MapProxy's spec wants
    spec = combined(source_commons, {required("file"): text, required("layer"): text})
    register_source_configuration(SOURCE_TYPE, RasterSourceConfiguration, SOURCE_TYPE, spec)
