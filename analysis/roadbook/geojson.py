"""A roadbook as GeoJSON (RFC 7946): the drive as a line, the steps as points, told and as codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.roadbook.gpx import DIGITS
from analysis.roadbook.roadbook import Roadbook
from analysis.roadbook.telling import Teller, clock


def geojson(book: Roadbook, line: npt.NDArray[np.float64], teller: Teller) -> dict[str, Any]:
    """A FeatureCollection. `line` is (k, 2) longitudes and latitudes of the drive."""
    document = book.as_json()
    steps = document.pop("steps")
    whole = {"type": "LineString", "coordinates": np.round(line, DIGITS).tolist()}
    drive = {**document, "title": teller.title(book), "language": teller.words.language}
    features = [{"type": "Feature", "id": 0, "geometry": whole, "properties": drive}]
    for number, (step, said) in enumerate(zip(book.steps, steps, strict=True), start=1):
        lon, lat = round(said.pop("lon"), DIGITS), round(said.pop("lat"), DIGITS)
        told = {"sequence": number, "instruction": teller.sentence(step), "time": clock(step.clock_s)}
        point = {"type": "Point", "coordinates": [lon, lat]}
        features.append({"type": "Feature", "id": number, "geometry": point, "properties": {**told, **said}})
    return {"type": "FeatureCollection", "features": features}
