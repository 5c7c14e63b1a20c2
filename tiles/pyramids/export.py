"""Process export-tiles: layers as one file of tiles, to be used without a network."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gis_core.actors import actor_named
from gis_core.errors import InvalidInput, TooLarge, Unavailable
from gis_core.jobs.process import Context, Input, Output
from layers.policy import access_to
from tiles.pyramids.archives import ARCHIVES, Archive
from tiles.pyramids.background import background_connection
from tiles.pyramids.drawing import draw_all
from tiles.pyramids.inputs import INPUTS, pyramid_of
from tiles.pyramids.metadata import describe
from tiles.pyramids.pyramid import Pyramid, tiles_with_features
from tiles.pyramids.told import TOLD_EVERY, progress_told
from tiles.vector.maps import PREFIX, vector_layers
from tiles.vector.sql import Shown

MOST_BYTES = 4 * 2**30
LEAST_FREE_BYTES = 2**30  # what the disk keeps for everything else
NAME_LENGTH = 80


class ExportTiles:
    """What the person who started it may see, as it was at one moment. It does not pause: a moment cannot be held."""

    id = "export-tiles"
    title = _("Export tiles")
    description = _(
        "Layers or a map as one file of vector tiles, PMTiles or MBTiles, for use without a network."
    )
    role = "planner"
    inputs = (
        *INPUTS,
        Input(
            "format",
            _("Format"),
            {"type": "string", "enum": list(ARCHIVES), "default": "pmtiles"},
            _("PMTiles for web maps, MBTiles for phones and QGIS."),
        ),
    )
    outputs = (
        Output("file", _("File")),
        Output("tiles", _("Tiles"), {"type": "integer"}),
        Output("collections", _("State of the data")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        names, kind = inputs.get("layers") or "map:public", inputs.get("format") or "pmtiles"
        actor, layers = actor_named(context.actor), vector_layers(names)
        shown = [(layer, access_to(actor, layer.collection)) for layer in layers]
        pyramid = pyramid_of(inputs, layers)
        path = context.workspace / f"{_file_name(names)}.{kind}"
        with background_connection(snapshot=True) as connection, closing(ARCHIVES[kind](path)) as archive:
            about = describe(connection, shown, pyramid)
            tiles = _fill(archive, connection, shown, pyramid, context)
            archive.finish(about)
        return {
            "file": context.publish(path, archive.media_type),
            "tiles": tiles,
            "collections": about["collections"],
        }


def _file_name(names: str) -> str:
    told = f"{settings.CITY.slug}-{names.removeprefix(PREFIX).replace(',', '-')}"
    return told[:NAME_LENGTH]


def _fill(
    archive: Archive, connection: psycopg.Connection[Any], shown: Shown, pyramid: Pyramid, context: Context
) -> int:
    """How many tiles were added. Raises InvalidInput where there is nothing to add."""
    context.progress(0, _t("Looking for the tiles that hold something"))
    numbers = tiles_with_features(connection, shown, pyramid)
    added = size = 0
    with closing(draw_all(connection, shown, numbers)) as drawing:
        for done, drawn in enumerate(drawing, 1):
            if drawn.body:
                packed = gzip.compress(drawn.body, mtime=0)
                archive.add(drawn.number, packed)
                added, size = added + 1, size + len(packed)
            if done % TOLD_EVERY == 0 or done == len(numbers):
                _require_room(size, context.workspace)
                context.progress(100 * done / len(numbers), progress_told(done, len(numbers), size))
    if not added:
        raise InvalidInput(_t("There is nothing to export: at these zooms the layers are empty in this box."))
    return added


def _require_room(size: int, folder: Path) -> None:
    """Raises TooLarge or Unavailable."""
    if size > MOST_BYTES:
        told = _t(
            "The file grows beyond %(most)s; end at a lower zoom, or take a smaller box or fewer layers."
        )
        raise TooLarge(told % {"most": filesizeformat(MOST_BYTES)})
    if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
        raise Unavailable(_t("The disk is nearly full; an operator has to make room for the export."))
