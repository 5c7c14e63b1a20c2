"""bbox= finds what meets the box, no more and no less, also where the box ends on a feature's own coordinates."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.db import connection
from psycopg import sql

from gis_core.geometry import BBox
from layers.queries.frames import read_frame
from layers.queries.sql import bbox_condition
from layers.services.load import load_features
from tests.conftest import frame

pytestmark = pytest.mark.django_db


def found_in(box: BBox) -> set[int]:
    condition, params = bbox_condition(box)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT t.id FROM layers_parcel AS t WHERE {}").format(condition), params)
        return {number for (number,) in cursor.fetchall()}


def test_boxes_of_every_size_find_what_shapely_finds():
    random = np.random.default_rng(12)
    centers = np.column_stack([random.uniform(-7.7, -7.5, 300), random.uniform(33.5, 33.6, 300)]).round(5)
    shapes = [shapely.multipolygons([shapely.points(c).buffer(0.002, quad_segs=3)]) for c in centers]
    load_features("parcels", frame(external_id=[str(n) for n in range(300)], geom=shapes), source="city")
    stored = read_frame("parcels", [])
    corners = shapely.get_coordinates(stored.geom.to_list())
    for size in (0.0, 1e-7, 5e-5, 1e-4, 0.001, 0.01, 0.2):
        for west, south in corners[random.integers(0, len(corners), 40)]:
            box = BBox(west, south, west + size, south + size)
            area = shapely.envelope(shapely.multipoints([box.as_tuple()[:2], box.as_tuple()[2:]]))
            wanted = set(stored.id[shapely.intersects(stored.geom.to_numpy(), area)])
            assert found_in(box) == wanted, box
