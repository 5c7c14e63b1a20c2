"""Streets inside the meshes of larger streets: a grid in each mesh's own direction, its spacing that of the quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely


@dataclass(frozen=True)
class Boxes:
    """Smallest rectangles around faces: a corner (n, 2), unit vectors along and across (n, 2), their lengths in m."""

    corner: np.ndarray
    along: np.ndarray
    across: np.ndarray
    length_m: np.ndarray
    depth_m: np.ndarray

    @classmethod
    def around(cls, faces: np.ndarray) -> Boxes:
        """`along` is the longer side."""
        ring = shapely.get_coordinates(shapely.oriented_envelope(faces)).reshape(len(faces), 5, 2)
        one, two = ring[:, 1] - ring[:, 0], ring[:, 3] - ring[:, 0]
        swap = np.hypot(*two.T) > np.hypot(*one.T)
        along, across = np.where(swap[:, None], two, one), np.where(swap[:, None], one, two)
        length, depth = np.hypot(*along.T), np.hypot(*across.T)
        return cls(ring[:, 0], along / length[:, None], across / depth[:, None], length, depth)

    def points(self, box: np.ndarray, along_m: np.ndarray, across_m: np.ndarray) -> np.ndarray:
        """Plane coordinates (k, 2) of positions measured from the corners of these boxes."""
        return self.corner[box] + self.along[box] * along_m[:, None] + self.across[box] * across_m[:, None]


def grid_streets(
    faces: np.ndarray, along_m: np.ndarray, across_m: np.ndarray, rng: np.random.Generator, skew: float = 0.05
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lines that cut each face into blocks about `along_m` by `across_m`.

    Answers the pieces inside the faces, the number of the straight line each piece belongs to, and that line's face.
    """
    boxes = Boxes.around(faces)
    crossing, first = _rules(boxes, boxes.length_m, along_m, boxes.depth_m, rng, skew, across=True)
    lengthwise, second = _rules(boxes, boxes.depth_m, across_m, boxes.length_m, rng, skew, across=False)
    lines, face = np.concatenate([crossing, lengthwise]), np.concatenate([first, second])
    parts, line = shapely.get_parts(shapely.intersection(lines, faces[face]), return_index=True)
    keep = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & (shapely.length(parts) > 8)
    return parts[keep], line[keep], face


def _rules(
    boxes: Boxes, extent: np.ndarray, spacing: np.ndarray, other: np.ndarray, rng: np.random.Generator, skew: float,
    *, across: bool,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Straight lines from side to side, evenly spaced with some play, and the face of each."""
    parts = np.maximum(1, np.round(extent / spacing).astype(int))
    face = np.repeat(np.arange(len(parts)), parts - 1)
    rank = np.arange(len(face)) - np.repeat(np.cumsum(parts - 1) - (parts - 1), parts - 1) + 1
    step = (extent / parts)[face]
    at = (rank + rng.uniform(-0.16, 0.16, len(face))) * step
    slant = (rng.normal(0, skew, len(boxes.length_m))[face] * other[face]).clip(-step, step) / 2
    low, high = np.full(len(face), -5.0), other[face] + 5.0
    ends = (
        (boxes.points(face, at - slant, low), boxes.points(face, at + slant, high))
        if across
        else (boxes.points(face, low, at - slant), boxes.points(face, high, at + slant))
    )
    return shapely.linestrings(np.stack(ends, axis=1)), face
