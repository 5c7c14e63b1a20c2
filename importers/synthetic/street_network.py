"""Casablanca's synthetic streets as geometry: main streets, then quarters, then local streets."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from importers.synthetic import planar
from importers.synthetic.character import CHARACTERS, MEDINA_RADIUS_M, QUARTERS
from importers.synthetic.skeleton import (
    LINK,
    LOCAL,
    MOTORWAY,
    SECONDARY,
    TERTIARY,
    built_area,
    main_streets,
)
from importers.synthetic.street_grid import grid_streets
from importers.synthetic.warp import Warp

_QUARTER_M = 690.0
_NEAR_JUNCTIONS_M = 13.0


@dataclass(frozen=True)
class Town:
    """The ground a network is laid on, in the plane: districts by code, coast, port, medina and greens."""

    districts: pd.Series
    land: shapely.Polygon
    coast: shapely.LineString
    port: shapely.Point
    medina: shapely.Point
    open_grounds: shapely.Geometry


@dataclass(frozen=True)
class Network:
    """Sections in the plane and the table of streets they belong to (rank, character, district, angle, number)."""

    sections: np.ndarray
    street: np.ndarray
    streets: pd.DataFrame


def build_network(town: Town, filled: frozenset[str], rng: np.random.Generator) -> Network:
    """All streets; local ones only in the districts of `filled`."""
    warp = Warp.seeded((town.port.x, town.port.y), rng)
    area = built_area(town.land, town.coast)
    plan = main_streets(gpd.GeoSeries(town.districts.to_numpy()), area, town.land, town.coast, town.port, rng)
    lines = warp.unbend(shapely.segmentize(np.array(plan.lines, dtype=object), 90.0))
    streets = pd.DataFrame({"rank": plan.ranks, "character": "", "district": "", "line": lines})
    graph = planar.node_lines(lines, np.arange(len(lines)))
    graph, streets = _add_quarter_streets(graph, streets, area, warp, rng)
    graph, streets = _add_local_streets(graph, streets, town, area, filled, warp, rng)
    graph = _finish(graph, streets, warp.unbend(town.open_grounds), rng)
    sections, street = planar.sections(graph)
    streets["angle"] = _angles(streets.pop("line").to_numpy())
    return Network(warp.bend(shapely.segmentize(sections, 70.0)), street, streets)


def _add_quarter_streets(
    graph: planar.Graph, streets: pd.DataFrame, area: shapely.Polygon, warp: Warp, rng: np.random.Generator
) -> tuple[planar.Graph, pd.DataFrame]:
    """District roads every 600 to 900 m."""
    graph = planar.renode(planar.merge_near_nodes(graph, 30.0))
    faces = planar.blocks(graph).polygons
    faces = faces[
        shapely.contains(area, warp.bend(shapely.point_on_surface(faces))) & (shapely.area(faces) > 2e5)
    ]
    spacing = np.full(len(faces), _QUARTER_M)
    pieces, line, _ = grid_streets(faces, spacing, spacing * 0.85, rng)
    return _joined(
        graph,
        streets,
        pieces,
        line,
        pd.DataFrame({"rank": [TERTIARY] * (line.max() + 1), "character": "", "district": ""}),
    )


def _add_local_streets(
    graph: planar.Graph, streets: pd.DataFrame, town: Town, area: shapely.Polygon, filled: frozenset[str], warp: Warp,
    rng: np.random.Generator,
) -> tuple[planar.Graph, pd.DataFrame]:  # fmt: skip
    minor = (streets["rank"] == TERTIARY).to_numpy()
    graph = planar.open_thin_blocks(planar.renode(planar.merge_near_nodes(graph, 30.0)), minor, 60.0, 9_000.0)
    faces = planar.blocks(graph).polygons
    middle = warp.bend(shapely.point_on_surface(faces))
    district = district_of(middle, town.districts)
    use = np.isin(district, list(filled)) & shapely.contains(area, middle)
    faces, middle, district = faces[use], middle[use], district[use]
    character = characters(middle, district, town, rng)
    size = np.array([CHARACTERS[name].block_m for name in character]).reshape(-1, 2)
    pieces, line, face = grid_streets(faces, size[:, 0], size[:, 1], rng)
    added = pd.DataFrame({"rank": LOCAL, "character": character[face], "district": district[face]})
    return _joined(graph, streets, pieces, line, added)


def _joined(
    graph: planar.Graph, streets: pd.DataFrame, pieces: np.ndarray, line: np.ndarray, added: pd.DataFrame
) -> tuple[planar.Graph, pd.DataFrame]:
    """Node the new pieces with the graph; `added` has one row per number in `line`."""
    first = np.full(len(added), None, dtype=object)
    first[line[::-1]] = pieces[::-1]
    table = pd.concat([streets, added.assign(line=first)], ignore_index=True)
    lines = np.concatenate([graph.lines, pieces])
    return planar.node_lines(lines, np.concatenate([graph.street, line + len(streets)])), table


def district_of(points: np.ndarray, districts: pd.Series) -> np.ndarray:
    """The code of the nearest district of each point."""
    _, nearest = shapely.STRtree(districts.to_numpy()).query_nearest(points, all_matches=False)
    return districts.index.to_numpy()[nearest]


def characters(middle: np.ndarray, district: np.ndarray, town: Town, rng: np.random.Generator) -> np.ndarray:
    """A character for each face, drawn from its district's mix; empty ground lies far from the port."""
    away = shapely.distance(middle, town.port)
    drawn = np.array(
        [_draw(QUARTERS[code].mix, rng.random(), m > 7_000) for code, m in zip(district, away, strict=True)],
        dtype=object,
    )
    drawn[shapely.distance(middle, town.medina) < MEDINA_RADIUS_M] = "medina"
    return drawn


def _draw(mix: dict[str, float], at: float, outskirts: bool) -> str:
    shares = {
        name: share * (1.5 if outskirts else 0.15) if name == "vacant" else share
        for name, share in mix.items()
    }
    steps = np.cumsum(list(shares.values())) / sum(shares.values())
    return list(shares)[int(np.searchsorted(steps, at, side="right").clip(0, len(steps) - 1))]


def _finish(
    graph: planar.Graph, streets: pd.DataFrame, open_grounds: shapely.Geometry, rng: np.random.Generator
) -> planar.Graph:
    local = (streets["rank"] == LOCAL).to_numpy()
    graph = planar.renode(planar.merge_near_nodes(graph, _NEAR_JUNCTIONS_M))
    minor = local | (streets["rank"] == TERTIARY).to_numpy()
    graph = graph.keep(~(minor[graph.street] & shapely.intersects(graph.lines, open_grounds)))
    graph = _shaken(_opened(graph, streets, local, rng), streets, local, rng)
    for _ in range(3):
        graph = planar.renode(planar.merge_near_nodes(graph, 0.8 * _NEAR_JUNCTIONS_M))
        graph = planar.open_thin_blocks(graph, local, 11.0, 420.0)
    main = np.isin(streets["rank"].to_numpy(), [MOTORWAY, LINK, SECONDARY])
    graph = planar.drop_dead_ends(graph, 30.0)
    return planar.renode(graph.keep(~((graph.degree[graph.ends] == 1).any(axis=1) & main[graph.street])))


def _opened(
    graph: planar.Graph, streets: pd.DataFrame, local: np.ndarray, rng: np.random.Generator
) -> planar.Graph:
    """Remove some local edges between full crossings, so that T-junctions and longer blocks appear."""
    share = streets["character"].map(lambda name: CHARACTERS[name].opened_share if name else 0.0).to_numpy()
    open_ = local[graph.street] & (rng.random(len(graph.ends)) < share[graph.street])
    open_ &= (graph.degree[graph.ends] >= 4).all(axis=1)
    return graph.keep(~open_)


def _shaken(
    graph: planar.Graph, streets: pd.DataFrame, local: np.ndarray, rng: np.random.Generator
) -> planar.Graph:
    """Move the junctions of local streets a little, more where the quarter is old or loose."""
    jitter = streets["character"].map(lambda name: CHARACTERS[name].jitter_m if name else 0.0).to_numpy()
    reach = np.full(len(graph.xy), np.inf)
    np.minimum.at(reach, graph.ends.ravel(), np.repeat(np.where(local, jitter, 0.0)[graph.street], 2))
    move = rng.normal(0, 1, graph.xy.shape).clip(-1.8, 1.8) * reach[:, None]
    return planar.Graph(graph.xy + move, graph.ends, graph.street)


def _angles(lines: np.ndarray) -> np.ndarray:
    """Direction (radians) from a line's first to its last point."""
    found = lines.astype(bool)
    ends = np.zeros((len(lines), 2))
    xy = shapely.get_coordinates(shapely.get_point(lines[found], -1)) - shapely.get_coordinates(
        shapely.get_point(lines[found], 0)
    )
    ends[found] = xy
    return np.arctan2(ends[:, 1], ends[:, 0])
