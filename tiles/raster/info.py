"""GetFeatureInfo: what lies at a pixel, as text, HTML or (Geo)JSON, of what the sender may see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.html import format_html, format_html_join
from mapproxy.featureinfo import create_featureinfo_doc, featureinfo_type
from mapproxy.query import InfoQuery
from mapproxy.source import InfoSource
from mapproxy.srs import SRS

from layers.definitions import Layer
from tiles.raster.features import place_sql
from tiles.raster.render import values_at
from tiles.raster.sight import SIGHT
from tiles.raster.values import value_document

REACH_PX = 6
MOST_ASKED = 50
Properties = dict[str, Any]


class _LayerInfo(InfoSource):  # type: ignore[misc]  # MapProxy is untyped
    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def get_info(self, query: InfoQuery) -> Any:
        """None where there is nothing, or nothing for this sender."""
        sight = SIGHT.get()
        if not sight.shows(self.layer):
            return None
        try:
            with translation.override(sight.language):
                features = self.features(query)
                content = _WRITERS[featureinfo_type(query.info_format)](self.layer, features)
        except Exception as error:
            sight.failure = error
            raise
        return create_featureinfo_doc(content, query.info_format) if features else None

    def features(self, query: InfoQuery) -> list[dict[str, Any]]:
        raise NotImplementedError


class VectorInfo(_LayerInfo):
    """The features within a few pixels, the nearest first; as many as FEATURE_COUNT, or one."""

    def features(self, query: InfoQuery) -> list[dict[str, Any]]:
        sight = SIGHT.get()
        west, _, east, _ = query.srs.transform_bbox_to(SRS(3857), query.bbox)
        xy = query.srs.transform_to(SRS(3857), query.coord)
        reach = 0.0 if self.layer.collection.geometry_type == "MultiPolygon" else REACH_PX
        access = sight.accesses[self.layer.id]
        rows = sight.read(*place_sql(access, xy, reach * (east - west) / query.size[0], _count(query)))
        return [_feature(self.layer, row) for row in rows]


class RasterInfo(_LayerInfo):
    """The value of the cell, with unit and time."""

    def features(self, query: InfoQuery) -> list[dict[str, Any]]:
        sight = SIGHT.get()
        lon, lat = query.srs.transform_to(SRS(4326), query.coord)
        file = sight.files[self.layer.id]
        values = values_at(file.path, lon, lat)
        if all(value is None for value in values):
            return []
        told = value_document(self.layer, file, values)
        point = {"type": "Point", "coordinates": [lon, lat]}
        return [
            {
                "type": "Feature",
                "id": f"{self.layer.id}.{file.feature}",
                "geometry": point,
                "properties": told,
            }
        ]


def _feature(layer: Layer, row: dict[str, Any]) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name not in {"id", "geometry"}}
    return {
        "type": "Feature",
        "id": f"{layer.id}.{row['id']}",
        "geometry": json.loads(row["geometry"]),
        "properties": properties,
    }


def _count(query: InfoQuery) -> int:
    try:
        return min(max(int(query.feature_count or 1), 1), MOST_ASKED)
    except ValueError:
        return 1


def _json(_layer: Layer, features: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, default=str)


def _text(layer: Layer, features: Sequence[dict[str, Any]]) -> str:
    lines = [str(layer.title)]
    for feature in features:
        lines += [feature["id"], *(f"  {title}: {value}" for title, value in _told(layer, feature))]
    return "\n".join(lines)


def _html(layer: Layer, features: Sequence[dict[str, Any]]) -> str:
    tables = [
        format_html(
            "<table><caption>{}</caption>{}</table>",
            feature["id"],
            format_html_join("", "<tr><th scope='row'>{}</th><td>{}</td></tr>", _told(layer, feature)),
        )
        for feature in features
    ]
    body = format_html_join("", "{}", ((table,) for table in tables))
    return str(
        format_html(
            "<html><head><meta charset='utf-8'></head><body><h2>{}</h2>{}</body></html>", layer.title, body
        )
    )


def _told(layer: Layer, feature: dict[str, Any]) -> list[tuple[str, str]]:
    """Titles and values for people, without what is empty."""
    told = []
    for name, value in feature["properties"].items():
        if value is None or value == "":
            continue
        field = layer.collection.field(name)
        unit = f" {field.unit}" if field and field.unit else ""
        told.append((str(field.title), f"{field.label(value)}{unit}") if field else (name, str(value)))
    return told


_WRITERS = {"json": _json, "text": _text, "html": _html, "xml": _text}
