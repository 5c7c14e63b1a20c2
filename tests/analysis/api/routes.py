"""A stored route with a roadbook, for the door's tests."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import LineString

from layers.catalog.collection_routes.model import CollectionRoute
from tests.analysis.roadbook.trips import HEADING, Trip, cross, point_m

CORNERS = ((-100, 0), (0, 0), (0, 100), (0, 0), (100, 0))


def make_route(**more: Any) -> CollectionRoute:
    """From the depot past a container to the disposal site and along a street."""
    trip = Trip(cross()).start().drive("+w", 0, 50).empty("casa:container/0012").drive("+w +n", 50).tip()
    book = trip.drive("-n +e", 0, 0).collect("e", "+e", "right").drive("+e", 100).end().book()
    points = [point_m(x, y).coords[0] for x, y in CORNERS]
    values = {
        "external_id": "plan/1/v1",
        "plan": "plan-1",
        "vehicle": book.vehicle,
        "service_date": HEADING.date,
        "stops": 2,
        "distance_km": 0.4,
        "duration_min": 20.0,
        "load_kg": 300.0,
        "geom": LineString(points, srid=4326),
        "roadbook": book.as_json(),
    }
    return CollectionRoute.objects.create(**{**values, **more})
