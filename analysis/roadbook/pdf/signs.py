"""Signs drawn as lines and areas: turn arrows, sides of the street, tip, break, start and end. Never mirrored."""

from __future__ import annotations

from math import cos, radians, sin

from analysis.roadbook.pdf.page import INK, PAPER, Page
from analysis.roadbook.roadbook import Side, Step, StepKind, Turn

_ANGLES = {
    Turn.STRAIGHT: 0.0,
    Turn.SLIGHT_LEFT: 40.0,
    Turn.LEFT: 90.0,
    Turn.SHARP_LEFT: 140.0,
    Turn.SLIGHT_RIGHT: -40.0,
    Turn.RIGHT: -90.0,
    Turn.SHARP_RIGHT: -140.0,
}


def draw_sign(page: Page, step: Step, x: float, y: float, size: float) -> None:
    """The turn, else what is done, in a square from (x, y)."""
    page.set_draw_color(*INK)
    page.set_fill_color(*INK)
    if step.turn is Turn.U_TURN:
        _u_turn(page, x, y, size)
    elif step.turn is Turn.ROUNDABOUT:
        _roundabout(page, x, y, size)
    elif step.turn is not None or step.kind is StepKind.GO:
        _arrow(page, x, y, size, _ANGLES[step.turn or Turn.STRAIGHT])
    elif step.kind is StepKind.TIP:
        _tip(page, x, y, size)
    elif step.kind is StepKind.REST:
        _rest(page, x, y, size)
    elif step.kind is StepKind.DEPART:
        page.polygon(
            [(x + size * a, y + size * b) for a, b in ((0.2, 0.1), (0.9, 0.5), (0.2, 0.9))], style="F"
        )
    elif step.kind is StepKind.END:
        page.rect(x + size * 0.15, y + size * 0.15, size * 0.7, size * 0.7, style="F")


def draw_side(page: Page, side: Side | None, x: float, y: float, size: float) -> None:
    """The street from above, driven upwards, with bins on the sides to serve."""
    if side is None:
        return
    page.set_draw_color(*INK)
    page.set_fill_color(*INK)
    page.set_line_width(0.5)
    for edge in (0.32, 0.68):
        page.line(x + size * edge, y, x + size * edge, y + size)
    page.set_dash_pattern(dash=size * 0.12, gap=size * 0.1)
    page.set_line_width(0.25)
    page.line(x + size / 2, y, x + size / 2, y + size)
    page.set_dash_pattern()
    for here, left in ((Side.LEFT, 0.02), (Side.RIGHT, 0.74)):
        if side in (here, Side.BOTH):
            page.rect(x + size * left, y + size * 0.2, size * 0.24, size * 0.6, style="F")


def _arrow(page: Page, x: float, y: float, size: float, angle_deg: float) -> None:
    """Up to the middle, then out at this angle (to the left above 0), with a head."""
    turn = radians(90.0 + angle_deg)
    middle = (x + size / 2, y + size * (0.55 if angle_deg else 0.4))
    reach = size * (0.3 if angle_deg else 0.15)
    tip = (middle[0] + reach * cos(turn), middle[1] - reach * sin(turn))
    page.set_line_width(size * 0.13)
    page.polyline([(x + size / 2, y + size * 0.95), middle, tip])
    draw_head(page, tip, turn, size * 0.34)


def draw_head(page: Page, at: tuple[float, float], angle_rad: float, size: float) -> None:
    """A filled arrow head whose base is at `at` and that points in this direction (mathematical, y up)."""
    ahead, across = (cos(angle_rad), -sin(angle_rad)), (sin(angle_rad), cos(angle_rad))
    half = size * 0.6
    page.polygon(
        [
            (at[0] + ahead[0] * size * 0.9, at[1] + ahead[1] * size * 0.9),
            (at[0] + across[0] * half, at[1] + across[1] * half),
            (at[0] - across[0] * half, at[1] - across[1] * half),
        ],
        style="F",
    )


def _u_turn(page: Page, x: float, y: float, size: float) -> None:
    page.set_line_width(size * 0.13)
    right, left, top = x + size * 0.72, x + size * 0.3, y + size * 0.18
    page.polyline([(right, y + size * 0.95), (right, top), (left, top), (left, y + size * 0.55)])
    draw_head(page, (left, y + size * 0.55), radians(-90), size * 0.34)


def _roundabout(page: Page, x: float, y: float, size: float) -> None:
    """A ring with the way in below and an arrow out of it above."""
    page.set_line_width(size * 0.11)
    page.ellipse(x + size * 0.27, y + size * 0.36, size * 0.46, size * 0.42, style="D")
    page.line(x + size / 2, y + size * 0.97, x + size / 2, y + size * 0.78)
    page.line(x + size / 2, y + size * 0.36, x + size / 2, y + size * 0.26)
    draw_head(page, (x + size / 2, y + size * 0.28), radians(90), size * 0.3)


def _tip(page: Page, x: float, y: float, size: float) -> None:
    """A raised bed over the ground."""
    page.polygon(
        [(x + size * a, y + size * b) for a, b in ((0.1, 0.62), (0.75, 0.12), (0.92, 0.36), (0.3, 0.8))],
        style="F",
    )
    page.set_line_width(size * 0.08)
    page.line(x + size * 0.05, y + size * 0.92, x + size * 0.95, y + size * 0.92)


def _rest(page: Page, x: float, y: float, size: float) -> None:
    """Two bars: a pause."""
    page.ellipse(x + size * 0.05, y + size * 0.05, size * 0.9, size * 0.9, style="F")
    page.set_fill_color(*PAPER)
    for left in (0.32, 0.56):
        page.rect(x + size * left, y + size * 0.28, size * 0.13, size * 0.44, style="F")
