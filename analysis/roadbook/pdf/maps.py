"""Map pages: the whole drive, then each part of it at a scale where streets can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, degrees, radians

import numpy as np
import numpy.typing as npt

from analysis.roadbook.pdf.page import FAMILY, INK, INNER, MARGIN, PAPER, SOFT, Colour, Page
from analysis.roadbook.pdf.signs import draw_head
from analysis.roadbook.roadbook import Roadbook, Step, StepKind

Floats = npt.NDArray[np.float64]

M_PER_DEGREE = 111_195.0
FRAME_TOP, FRAME_HEIGHT = 30.0, 240.0
LARGEST_M = (1500.0, 1900.0)  # what one page of a part shows at most, east-west and north-south
SMALLEST_M, PADDING = 350.0, 0.12
MOST_MARKS = 30
MARK_MM, ARROW_MM, LABEL_PT = 2.5, 28.0, 8.0
DETAIL_M_PER_MM = 2 * LARGEST_M[0] / INNER  # beyond it only main streets are drawn, and no names
DRIVE, ELSEWHERE, MINOR, MAJOR = (10, 80, 160), (150, 185, 215), (224, 224, 220), (203, 203, 198)
MAIN_CLASSES = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
SERVICE = (StepKind.COLLECT, StepKind.EMPTY)
HALTS = (StepKind.TIP, StepKind.REST, StepKind.DEPART, StepKind.END)
MARKED = (*SERVICE, *HALTS)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The streets around: (k, 2) longitudes and latitudes each, with class and name ("" for none)."""

    lines: tuple[Floats, ...] = ()
    classes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Window:
    """What a page shows: metres of the plane to millimetres of the page, north up."""

    west_m: float
    north_m: float
    m_per_mm: float

    @classmethod
    def around(cls, xy_m: Floats) -> Window:
        low, high = xy_m.min(axis=0), xy_m.max(axis=0)
        size = np.maximum((high - low) * (1 + 2 * PADDING), SMALLEST_M)
        m_per_mm = float(max(size[0] / INNER, size[1] / FRAME_HEIGHT))
        middle = (low + high) / 2
        return cls(
            float(middle[0] - m_per_mm * INNER / 2), float(middle[1] + m_per_mm * FRAME_HEIGHT / 2), m_per_mm
        )

    def on_page(self, xy_m: Floats) -> Floats:
        x = MARGIN + (xy_m[:, 0] - self.west_m) / self.m_per_mm
        return np.column_stack([x, FRAME_TOP + (self.north_m - xy_m[:, 1]) / self.m_per_mm])


class _Ground:
    """The route and its surroundings in metres of a plane at the route's middle."""

    def __init__(self, book: Roadbook, line: Floats, around: Surroundings) -> None:
        self.book, self.around = book, around
        self.origin = line.mean(axis=0)
        self.line = self.plane(line)
        self.streets = [self.plane(street) for street in around.lines]
        self.low = np.array([street.min(axis=0) for street in self.streets]).reshape(-1, 2)
        self.high = np.array([street.max(axis=0) for street in self.streets]).reshape(-1, 2)
        self.marks = self.plane(np.array([[step.lon, step.lat] for step in book.steps]))
        steps_m = np.hypot(*np.diff(self.line, axis=0).T)
        self.along = np.concatenate([[0.0], np.cumsum(steps_m)])

    def plane(self, degrees_: Floats) -> Floats:
        offset = (degrees_ - self.origin) * M_PER_DEGREE
        return np.asarray(offset * [cos(radians(self.origin[1])), 1.0], dtype=np.float64)

    def streets_in(self, window: Window) -> list[int]:
        """Numbers of those whose box meets the frame: of thousands around a drive, a page shows a few."""
        east_m, south_m = (
            window.west_m + INNER * window.m_per_mm,
            window.north_m - FRAME_HEIGHT * window.m_per_mm,
        )
        seen = np.all(self.high > [window.west_m, south_m], axis=1)
        return [int(n) for n in np.flatnonzero(seen & np.all(self.low < [east_m, window.north_m], axis=1))]

    def driven(self, from_m: float, to_m: float) -> Floats:
        """The line between two distances of the roadbook."""
        scale = self.along[-1] / max(self.book.steps[-1].at_m, 1.0)
        ends = np.clip([from_m * scale, to_m * scale], 0.0, self.along[-1])
        inside = (self.along > ends[0]) & (self.along < ends[1])
        cut = np.column_stack([np.interp(ends, self.along, self.line[:, axis]) for axis in (0, 1)])
        return np.concatenate([cut[:1], self.line[inside], cut[1:]])


def draw_maps(page: Page, line: Floats, around: Surroundings) -> None:
    ground = _Ground(page.book, line, around)
    cuts = list(parts(page.book, ground.marks))
    say = page.teller.words.say
    _map(page, ground, Window.around(ground.line), 0, len(page.book.steps) - 1, say("map.whole"), cuts)
    for number, (first, last) in enumerate(cuts, start=1):
        title = say("map.part", number=number, parts=len(cuts), first=first + 1, last=last + 1)
        _map(page, ground, Window.around(_extent(ground, first, last)), first, last, title)


def parts(book: Roadbook, xy_m: Floats) -> Iterator[tuple[int, int]]:
    """First and last step (numbers from 0) of each part: consecutive service that fits on one page."""
    first: int | None = None
    low = high = xy_m[0]
    served = last = 0
    for number in (n for n, step in enumerate(book.steps) if step.kind in SERVICE):
        at = xy_m[number]
        if first is not None:
            grown = np.minimum(low, at), np.maximum(high, at)
            if served < MOST_MARKS and bool(np.all(grown[1] - grown[0] <= LARGEST_M)):
                (low, high), last, served = grown, number, served + 1
                continue
            yield first, last
        first, last, low, high, served = number, number, at, at, 1
    if first is not None:
        yield first, last


def _extent(ground: _Ground, first: int, last: int) -> Floats:
    """The marks of the service, and what is collected at the end."""
    steps = ground.book.steps
    chosen = [n for n in range(first, last + 1) if steps[n].kind in SERVICE]
    tails = [ground.driven(steps[n].at_m, steps[n].at_m + steps[n].length_m) for n in chosen]
    return np.concatenate([ground.marks[chosen], *tails])


def _map(
    page: Page,
    ground: _Ground,
    window: Window,
    first: int,
    last: int,
    title: str,
    cuts: Sequence[tuple[int, int]] = (),
) -> None:
    """From one step to another. With `cuts`, these parts are framed in place of the numbers of their steps."""
    page.add_page()
    page.put(0, 18.5, INNER, title, 14, bold=True)
    steps = ground.book.steps
    begin_m = steps[first].at_m if first else 0.0
    end_m = steps[last].at_m + max(steps[last].length_m, steps[last].to_next_m)
    with page.rect_clip(MARGIN, FRAME_TOP, INNER, FRAME_HEIGHT):
        _streets(page, ground, window)
        _stroke(page, window.on_page(ground.line), 0.7, ELSEWHERE)
        if window.m_per_mm <= DETAIL_M_PER_MM:
            _names(page, ground, window)
        drive = window.on_page(ground.driven(begin_m, end_m))
        _stroke(page, drive, 1.7, PAPER)
        _stroke(page, drive, 1.0, DRIVE)
        _directions(page, drive)
        _frames(page, ground, window, cuts)
        shown = [n for n in range(first, last + 1) if steps[n].kind in (HALTS if cuts else MARKED)]
        _marks(page, ground, window, shown)
    page.set_draw_color(*INK)
    page.set_line_width(0.4)
    page.rect(MARGIN, FRAME_TOP, INNER, FRAME_HEIGHT)
    _north(page)
    _scale(page, window)


def _frames(page: Page, ground: _Ground, window: Window, cuts: Sequence[tuple[int, int]]) -> None:
    """Where each part lies, with the number of its map; a number moves aside from one that it would cover."""
    taken: list[tuple[float, float]] = []
    for number, (first, last) in enumerate(cuts, start=1):
        xy = window.on_page(_extent(ground, first, last))
        (west, north), (east, south) = xy.min(axis=0) - 1.5, xy.max(axis=0) + 1.5
        page.set_draw_color(*INK)
        page.set_line_width(0.35)
        page.rect(west, north, east - west, south - north)
        x, y = float(east), float(north)
        while any(abs(x - a) < 8 and abs(y - b) < 8 for a, b in taken):
            x += 8
        taken.append((x, y))
        page.set_fill_color(*INK)
        page.rect(x - 3.5, y - 3.5, 7, 7, style="F")
        page.set_font(FAMILY, "B", 12)
        page.set_text_color(*PAPER)
        page.set_xy(x - 3.5, y - 3)
        page.cell(7, 6, str(number), align="C")


def _stroke(page: Page, xy: Floats, width: float, colour: Colour) -> None:
    page.set_draw_color(*colour)
    page.set_line_width(width)
    page.polyline([(float(x), float(y)) for x, y in xy])


def _in_frame(xy: Floats) -> bool:
    low, high = xy.min(axis=0), xy.max(axis=0)
    return bool(
        high[0] > MARGIN
        and low[0] < MARGIN + INNER
        and high[1] > FRAME_TOP
        and low[1] < FRAME_TOP + FRAME_HEIGHT
    )


def _streets(page: Page, ground: _Ground, window: Window) -> None:
    seen = {n: window.on_page(ground.streets[n]) for n in ground.streets_in(window)}
    thin = min(1.0, 4.0 / window.m_per_mm)
    for main in (False, True) if window.m_per_mm <= DETAIL_M_PER_MM else (True,):
        for n, xy in seen.items():
            if (ground.around.classes[n] in MAIN_CLASSES) is main:
                _stroke(page, xy, thin * (2.4 if main else 1.5), MAJOR if main else MINOR)


def _names(page: Page, ground: _Ground, window: Window) -> None:
    """Each name once, along its longest section, where it runs into no other."""
    longest: dict[str, Floats] = {}
    for n in ground.streets_in(window):
        name, xy = ground.around.names[n], window.on_page(ground.streets[n])
        if name and _length(xy) > _length(longest.get(name, xy[:1])):
            longest[name] = xy
    page.set_font(FAMILY, "", LABEL_PT)
    page.set_text_color(*SOFT)
    taken: list[tuple[float, float, float]] = []
    for name, xy in sorted(longest.items(), key=lambda item: -_length(item[1])):
        wide = page.get_string_width(name)
        x, y, angle = _middle(xy)
        near = any(np.hypot(x - a, y - b) < (wide + other) / 2 for a, b, other in taken)
        if wide > _length(xy) * 1.3 or near or not _in_frame(np.array([[x, y]])):
            continue
        taken.append((x, y, wide))
        with page.rotation(angle, x, y):
            page.set_xy(x - wide / 2, y - 1.8)
            page.cell(wide, 3.6, name, align="C")


def _length(xy: Floats) -> float:
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())


def _middle(xy: Floats) -> tuple[float, float, float]:
    """The middle of a line and its direction there in degrees, so that text is not upside down."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    at = along[-1] / 2
    n = int(np.clip(np.searchsorted(along, at), 1, len(xy) - 1))
    dx, dy = xy[n] - xy[n - 1]
    angle = (degrees(atan2(-dy, dx)) + 90) % 180 - 90
    return float(np.interp(at, along, xy[:, 0])), float(np.interp(at, along, xy[:, 1])), angle


def _directions(page: Page, drive: Floats) -> None:
    """An arrow head on the line every few centimetres."""
    page.set_fill_color(*DRIVE)
    since = ARROW_MM * 0.6
    for (ax, ay), (bx, by) in pairwise(drive):
        since += float(np.hypot(bx - ax, by - ay))
        if since >= ARROW_MM:
            since = 0.0
            middle = float(ax + bx) / 2, float(ay + by) / 2
            draw_head(page, middle, atan2(ay - by, bx - ax), 2.6)


def _marks(page: Page, ground: _Ground, window: Window, numbers: Sequence[int]) -> None:
    """The numbers of the steps; where they would cover each other, the first and the last of them."""
    at = window.on_page(ground.marks)
    steps, groups = ground.book.steps, list[list[int]]()
    for n in numbers:
        if groups and np.hypot(*(at[n] - at[groups[-1][0]])) < 2.6 * MARK_MM:
            groups[-1].append(n)
        else:
            groups.append([n])
    for group in reversed(groups):
        x, y = at[group[0]]
        _mark(page, float(x), float(y), steps[_chief(steps, group)], _numbers(steps, group))


def _chief(steps: tuple[Step, ...], group: list[int]) -> int:
    """The step whose colour a mark has: a tip or a break before containers."""
    return min(group, key=lambda n: steps[n].kind in SERVICE)


def _numbers(steps: tuple[Step, ...], group: list[int]) -> str:
    """From the first to the last of a row of service; halts one by one."""
    if len(group) > 1 and all(steps[n].kind in SERVICE for n in group):
        return f"{group[0] + 1}-{group[-1] + 1}"
    return ", ".join(str(n + 1) for n in group)


def _mark(page: Page, x: float, y: float, step: Step, text: str) -> None:
    service = step.kind in SERVICE
    page.set_font(FAMILY, "B", 7.5)
    half = max(MARK_MM, page.get_string_width(text) / 2 + 0.9)
    page.set_draw_color(*PAPER)
    page.set_fill_color(*(DRIVE if service else (200, 60, 10)))
    page.set_line_width(0.35)
    page.rect(
        x - half, y - MARK_MM, 2 * half, 2 * MARK_MM, style="DF", round_corners=service, corner_radius=MARK_MM
    )
    page.set_text_color(*PAPER)
    page.set_xy(x - half, y - 1.9)
    page.cell(2 * half, 3.8, text, align="C")


def _north(page: Page) -> None:
    x, y = MARGIN + INNER - 9, FRAME_TOP + 5
    page.set_fill_color(*PAPER)
    page.rect(x - 5, y - 3, 10, 17, style="F")
    page.set_fill_color(*INK)
    page.polygon([(x, y - 2), (x - 3, y + 6), (x, y + 4), (x + 3, y + 6)], style="F")
    page.set_font(FAMILY, "B", 11)
    page.set_text_color(*INK)
    page.set_xy(x - 5, y + 6.5)
    page.cell(10, 5, "N", align="C")


def _scale(page: Page, window: Window) -> None:
    """A bar of a round length, about a quarter of the width."""
    target = INNER / 4 * window.m_per_mm
    power = 10 ** int(np.floor(np.log10(target)))
    length_m = power * max(step for step in (1, 2, 5) if step * power <= target)
    x, y, wide = MARGIN + 4, FRAME_TOP + FRAME_HEIGHT - 6, length_m / window.m_per_mm
    page.set_fill_color(*PAPER)
    page.rect(x - 2, y - 7, wide + 4, 11, style="F")
    page.set_draw_color(*INK)
    page.set_line_width(0.8)
    page.polyline([(x, y - 1.5), (x, y), (x + wide, y), (x + wide, y - 1.5)])
    page.set_font(FAMILY, "B", 9)
    page.set_text_color(*INK)
    page.set_xy(x, y - 6.2)
    page.cell(wide, 4.5, page.teller.distance(length_m), align="C")
