"""The tools for areas that share borders: cut overlap, fill gap, move a border, simplify a coverage."""

from __future__ import annotations

from dataclasses import replace

import shapely
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from analysis.processes.topology.surroundings import Surroundings, read_around, read_near
from analysis.processes.topology.tool import (
    APPLYING,
    ID,
    IDS,
    Request,
    TopologyTool,
    common_inputs,
    geometry_schema,
)
from analysis.topology import (
    Fault,
    Plan,
    Scene,
    TopologyError,
    cut_overlap,
    fill_gap,
    gap_parts,
    move_border,
    simplify_coverage,
    to_degrees,
)
from gis_core.jobs.process import Input

AREAS = ("MultiPolygon",)
MARGIN_M = 1.0
GAP_REACHES_M = (200.0, 1000.0)  # a gap is looked for in the near surroundings first


def tolerance_input(default: float) -> Input:
    return Input(
        "tolerance_m",
        _("Tolerance in metres"),
        {"type": "number", "minimum": 0, "maximum": 100, "default": default},
        _("Ends that stop this near to a border are led on to it."),
    )


class CutOverlap(TopologyTool):
    id = "cut-overlap"
    title = _("Cut overlaps")
    description = _("Ground that two areas claim goes to the one that is named first.")
    inputs = (
        *common_inputs(
            AREAS,
            ids=Input(
                "ids",
                _("Features (numbers)"),
                IDS,
                _("The first keeps its ground. One alone gives way to all around it."),
                required=True,
            ),
        ),
        *APPLYING,
    )

    def look(self, request: Request) -> Surroundings:
        return read_around(request.access, request.ids, MARGIN_M)

    def plan(self, request: Request, around: Surroundings) -> Plan:
        return cut_overlap(around.scene, request.ids)


class FillGap(TopologyTool):
    id = "fill-gap"
    title = _("Fill a gap")
    description = _("Ground between areas that none of them covers goes to one of them.")
    inputs = (
        *common_inputs(
            AREAS,
            ids=Input(
                "ids",
                _("Receiving feature (number)"),
                {"type": "array", "items": ID, "maxItems": 1},
                _("Default: the one with the longest border along the gap."),
            ),
        ),
        Input(
            "gap",
            _("Gap"),
            geometry_schema("Point", "Polygon", "MultiPolygon"),
            _("A point in a gap that is closed all round, or the ground to fill."),
            required=True,
        ),
        *APPLYING,
    )

    def look(self, request: Request) -> Surroundings:
        gap = to_degrees(request.drawing("gap"))
        if gap.geom_type != "Point":
            return self._with_receiver(request, read_near(request.access, gap, MARGIN_M))
        for reach_m in GAP_REACHES_M:
            around = read_near(request.access, gap, reach_m)
            box = _box_of_gap(around.scene, request.drawing("gap"))
            if box is not None:
                inner = read_near(request.access, box, MARGIN_M)
                return self._with_receiver(
                    request, replace(around, features={**around.features, **inner.features})
                )
        return self._with_receiver(request, around)

    @staticmethod
    def _with_receiver(request: Request, around: Surroundings) -> Surroundings:
        if not request.ids or request.ids[0] in around.features:
            return around
        own = read_around(request.access, request.ids, 0)
        return Surroundings({**around.features, **own.features})

    def plan(self, request: Request, around: Surroundings) -> Plan:
        return fill_gap(around.scene, request.drawing("gap"), request.ids[0] if request.ids else None)


def _box_of_gap(scene: Scene, gap: BaseGeometry) -> BaseGeometry | None:
    """In degrees; None while no ring of areas closes it."""
    try:
        parts = gap_parts(scene, gap)
    except TopologyError as error:
        return None if error.fault is Fault.NOT_ENCLOSED else to_degrees(gap)
    return to_degrees(shapely.box(*shapely.total_bounds(parts)))


class MoveBorder(TopologyTool):
    id = "move-border"
    title = _("Move a shared border")
    description = _("The border between two areas takes a new course: what one loses the other gains.")
    inputs = (
        *common_inputs(
            AREAS,
            ids=Input(
                "ids",
                _("The two features (numbers)"),
                {**IDS, "minItems": 2, "maxItems": 2},
                required=True,
            ),
        ),
        Input(
            "border",
            _("New course"),
            geometry_schema("LineString"),
            _("From side to side of both areas together; it may run past them."),
            required=True,
        ),
        tolerance_input(0.5),
        *APPLYING,
    )

    def look(self, request: Request) -> Surroundings:
        return read_around(request.access, request.ids, MARGIN_M)

    def plan(self, request: Request, around: Surroundings) -> Plan:
        reach_m = request.number("tolerance_m", 0.5)
        return move_border(around.scene, request.ids, request.drawing("border"), tolerance_m=reach_m)


class SimplifyCoverage(TopologyTool):
    id = "simplify-coverage"
    title = _("Simplify areas without gaps")
    description = _("Fewer vertices on borders, which neighbours go on sharing; no vertex moves.")
    inputs = (
        *common_inputs(AREAS),
        Input(
            "tolerance_m",
            _("Tolerance in metres"),
            {"type": "number", "exclusiveMinimum": 0, "maximum": 10_000, "default": 1.0},
            _("A vertex goes when the triangle with its neighbours covers less than this, squared."),
        ),
        Input(
            "outline",
            _("Outline too"),
            {"type": "boolean", "default": False},
            _("Also where the chosen areas meet others, which then change with them."),
        ),
        *APPLYING,
    )

    def look(self, request: Request) -> Surroundings:
        return read_around(request.access, request.ids, MARGIN_M)

    def plan(self, request: Request, around: Surroundings) -> Plan:
        tolerance_m = request.number("tolerance_m", 1.0)
        outline = bool(request.given.get("outline"))
        return simplify_coverage(around.scene, request.ids, tolerance_m=tolerance_m, outline=outline)
