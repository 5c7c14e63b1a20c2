"""What seeding and exporting ask for alike: layers, zooms and a box, checked before any work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gis_core.errors import InvalidInput
from gis_core.geometry import BBox
from gis_core.jobs.process import Input
from layers.definitions import Layer
from tiles.pyramids.pyramid import GRID, Pyramid
from tiles.pyramids.told import grouped

MOST_TILES = 500_000
_ZOOM = {"type": "integer", "minimum": 0, "maximum": GRID.max_zoom}
INPUTS = (
    Input(
        "layers",
        _("Layers"),
        {"type": "string", "default": "map:public"},
        _("One layer, several with commas between, or a map such as map:public."),
    ),
    Input("min_zoom", _("First zoom"), _ZOOM, _("Without it: where the layers begin.")),
    Input(
        "max_zoom",
        _("Last zoom"),
        _ZOOM,
        _("Without it: where the layers end; maps enlarge these tiles further in."),
    ),
    Input(
        "bbox",
        _("Box"),
        {"type": "string"},
        _("West, south, east and north in degrees, with commas between. Without it: the whole city."),
    ),
)


def pyramid_of(inputs: Mapping[str, Any], layers: Sequence[Layer], *, tilesets: int = 1) -> Pyramid:
    """Raises InvalidInput with the number of tiles where it is more than MOST_TILES, and how to have fewer. So many
    `tilesets` are made of the pyramid."""
    box = BBox.parse(inputs["bbox"]) if inputs.get("bbox") else settings.CITY.bbox
    min_zoom = inputs.get("min_zoom", min(layer.min_zoom for layer in layers))
    max_zoom = inputs.get("max_zoom", max(min_zoom, *(layer.max_zoom for layer in layers)))
    if min_zoom > max_zoom:
        told = _t("The first zoom, %(first)s, lies behind the last, %(last)s; swap them.")
        raise InvalidInput(told % {"first": min_zoom, "last": max_zoom})
    if not (-180 <= box.west <= box.east <= 180 and box.south >= -90 and box.north <= 90):
        raise InvalidInput(
            _t("The box must lie in longitudes -180 to 180 and latitudes -90 to 90, west first.")
        )
    pyramid = Pyramid(box, min_zoom, max_zoom)
    if pyramid.size * tilesets > MOST_TILES:
        raise InvalidInput(_too_many(pyramid, tilesets))
    return pyramid


def _too_many(pyramid: Pyramid, tilesets: int) -> str:
    told = _t(
        "Zooms %(first)s to %(last)s of this box are %(count)s tiles; at most %(most)s are made at once."
    ) % {
        "first": pyramid.min_zoom,
        "last": pyramid.max_zoom,
        "count": grouped(pyramid.size * tilesets),
        "most": grouped(MOST_TILES),
    }
    deepest = pyramid.deepest_within(MOST_TILES // tilesets)
    if deepest is None:
        return f"{told} {_t('Take a smaller box.')}"
    return f"{told} {_t('End at zoom %(zoom)s, or take a smaller box.') % {'zoom': deepest}}"
