"""What a planner may imagine: green drawn, erased, opened or closed to people, trees planted, an entrance opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from analysis.green.patches import polygon_parts
from analysis.green.plane import Floats, Geometries
from analysis.green.what_if.state import Greens


@dataclass(frozen=True)
class Draw:
    """A new green space."""

    shape: shapely.Geometry
    public: bool


@dataclass(frozen=True)
class Erase:
    """No green is left inside the shape."""

    shape: shapely.Geometry


@dataclass(frozen=True)
class Remove:
    """The whole green space of this row is gone."""

    green: int


@dataclass(frozen=True)
class Convert:
    """The green space of this row becomes public, or no longer is."""

    green: int
    public: bool


@dataclass(frozen=True, eq=False)
class Plant:
    """Trees at these places, (n, 2)."""

    xy: Floats


@dataclass(frozen=True, eq=False)
class Open:
    """Entrances at these places, (n, 2)."""

    xy: Floats


Operation = Draw | Erase | Remove | Convert | Plant | Open
Piece = tuple[shapely.Geometry, bool]


@dataclass(eq=False)
class Edit:
    """All operations together: `changed` greens by row (None: gone), `drawn` ones, trees and entrances.

    A piece is a shape and whether it is public.
    """

    changed: dict[int, Piece | None] = field(default_factory=dict)
    drawn: list[Piece] = field(default_factory=list)
    trees: list[Floats] = field(default_factory=list)
    doors: list[Floats] = field(default_factory=list)

    @classmethod
    def of(cls, greens: Greens, operations: Sequence[Operation]) -> Edit:
        """In the order given: what is drawn later is not erased by what came before."""
        edit = cls()
        for operation in operations:
            edit._do(greens, operation)
        return edit

    def _do(self, greens: Greens, operation: Operation) -> None:
        match operation:
            case Draw(shape, public):
                self.drawn.append((shape, public))
            case Erase(shape):
                self._erase(greens, shape)
            case Remove(green):
                self.changed[green] = None
            case Convert(green, public):
                piece = self.changed.get(green, greens.piece(green))
                self.changed[green] = (piece[0], public) if piece else None
            case Plant(xy):
                self.trees.append(xy)
            case Open(xy):
                self.doors.append(xy)

    def _erase(self, greens: Greens, shape: shapely.Geometry) -> None:
        self.drawn = [(shapely.difference(piece, shape), public) for piece, public in self.drawn]
        for green in greens.tree.query(shape, predicate="intersects"):
            piece = self.changed.get(int(green), greens.piece(int(green)))
            if piece:
                self.changed[int(green)] = (shapely.difference(piece[0], shape), piece[1])

    @property
    def pieces(self) -> tuple[Geometries, np.ndarray]:
        """The shapes that are there afterwards in place of the changed and drawn ones, and whether they are public."""
        there = [piece for piece in (*self.changed.values(), *self.drawn) if piece]
        shapes = np.array([shape for shape, _ in there], dtype=object)
        polygons, owner = polygon_parts(shapes)
        return polygons, np.array([public for _, public in there], dtype=np.bool_)[owner]

    @property
    def trees_xy(self) -> Floats:
        return np.vstack([np.empty((0, 2)), *self.trees])

    @property
    def doors_xy(self) -> Floats:
        return np.vstack([np.empty((0, 2)), *self.doors])
