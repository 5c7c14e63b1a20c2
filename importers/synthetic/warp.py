"""A smooth, seeded displacement of the plane: it bends straight streets a little and leaves junctions junctions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely


@dataclass(frozen=True)
class Warp:
    """Sums of plane waves; `origin` m. The gradient stays far below 1, so it can be undone by iteration."""

    origin: tuple[float, float]
    vectors: np.ndarray
    phases: np.ndarray
    amplitudes: np.ndarray

    @classmethod
    def seeded(cls, origin: tuple[float, float], rng: np.random.Generator, waves: int = 7) -> Warp:
        length_m = rng.uniform(900, 2600, waves)
        angle = rng.uniform(0, 2 * np.pi, waves)
        vectors = (2 * np.pi / length_m)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        amplitudes = rng.normal(0, 1, (waves, 2)) * (length_m / 130)[:, None]
        return cls(origin, vectors, rng.uniform(0, 2 * np.pi, waves), amplitudes)

    def shift(self, xy: np.ndarray) -> np.ndarray:
        return np.sin((xy - self.origin) @ self.vectors.T + self.phases) @ self.amplitudes

    def bend(self, geoms: np.ndarray) -> np.ndarray:
        return shapely.transform(geoms, lambda xy: xy + self.shift(xy))

    def unbend(self, geoms: np.ndarray) -> np.ndarray:
        return shapely.transform(geoms, self._inverse)

    def _inverse(self, xy: np.ndarray) -> np.ndarray:
        straight = xy
        for _ in range(25):
            straight = xy - self.shift(straight)
        return straight
