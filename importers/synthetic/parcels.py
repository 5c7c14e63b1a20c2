"""Blocks between streets, parcels inside blocks and buildings on parcels; shared by the demo city and by OSM cities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from importers.synthetic.frames import polygon_parts
from importers.synthetic.street_grid import Boxes

_EDGE_M = 3.0  # grids reach so far over the block they are cut by


def blocks_between(
    faces: np.ndarray, lines: np.ndarray, width_m: np.ndarray, min_area_m2: float = 150.0
) -> np.ndarray:
    """The faces of a street network less the width of the streets: what can be built on."""
    narrow = float(np.percentile(width_m, 5)) / 2
    inset = shapely.buffer(faces, -narrow, join_style="mitre")
    near, street = shapely.STRtree(faces).query(lines, predicate="intersects")[::-1]
    wide = width_m[street] / 2 > narrow + 0.1
    strips = shapely.buffer(lines, width_m / 2, quad_segs=2, cap_style="square")
    pairs = pd.DataFrame({"face": near[wide], "street": street[wide]})
    for _, turn in pairs.groupby(pairs.groupby("face").cumcount()):  # each face once in a turn
        face = turn["face"].to_numpy()
        inset[face] = shapely.difference(inset[face], strips[turn["street"].to_numpy()])
    return polygon_parts(inset, min_area_m2)[0]


@dataclass(frozen=True)
class Lots:
    """Parcels, the block of each, and the part of each that lies towards the street (for its building)."""

    polygons: np.ndarray
    block: np.ndarray
    front: np.ndarray


def lots_in_blocks(
    blocks: np.ndarray,
    frontage_m: np.ndarray,
    built_depth: np.ndarray,
    rng: np.random.Generator,
    min_depth_m: float = 13.0,
) -> Lots:
    """Two rows of lots back to back along the block's longer side; one row where the block is thin.

    A block shorter than a frontage stays one lot.

    All lots of a block share the corners of one bent grid, so they meet without gap or overlap.
    """
    boxes = Boxes.around(blocks)
    rows = np.where((boxes.depth_m > 2 * min_depth_m) & (boxes.length_m > frontage_m), 2, 1)
    quads, fronts, block, row = _grid_cells(boxes, rows, frontage_m, built_depth, rng)
    pieces = shapely.intersection(quads, blocks[block])
    group = _with_neighbours(shapely.area(pieces), block, row, frontage_m)
    polygons, index = polygon_parts(_merged(pieces, group), 25.0)
    leader = np.unique(group)[index]
    return Lots(polygons, block[leader], fronts[leader])


def _grid_cells(
    boxes: Boxes, rows: np.ndarray, frontage_m: np.ndarray, built_depth: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cells, their street sides, their blocks and their rows (0 or 1), block by block and row by row."""
    columns = np.maximum(1, np.round(boxes.length_m / frontage_m)).astype(int)
    box = np.repeat(np.arange(len(columns)), columns + 1)
    rank = np.arange(len(box)) - np.repeat(np.cumsum(columns + 1) - (columns + 1), columns + 1)
    corners = _bent_columns(boxes, columns, box, rank, rng)
    cells = np.flatnonzero(rank < columns[box])
    cell = np.concatenate([cells, cells[rows[box[cells]] == 2]])
    row = np.repeat([0, 1], [len(cells), len(cell) - len(cells)])
    order = np.lexsort((cell, row, box[cell]))
    cell, row = cell[order], row[order]
    depth = rng.uniform(built_depth[box[cell], 0], built_depth[box[cell], 1])[:, None]
    street = np.where(row[:, None] == 0, corners[0][cell], corners[2][cell])
    street_next = np.where(row[:, None] == 0, corners[0][cell + 1], corners[2][cell + 1])
    single = (rows[box[cell]] == 1)[:, None]
    back = np.where(single, corners[2][cell], corners[1][cell])
    back_next = np.where(single, corners[2][cell + 1], corners[1][cell + 1])
    quads = _quads(street, street_next, back_next, back)
    fronts = _quads(
        street, street_next, street_next + (back_next - street_next) * depth, street + (back - street) * depth
    )
    return quads, fronts, box[cell], row


def _bent_columns(
    boxes: Boxes, columns: np.ndarray, box: np.ndarray, rank: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each line between two columns meets the street, the middle and the other street (n, 2)."""
    step = (boxes.length_m / columns)[box]
    outer = np.where(rank == 0, -_EDGE_M, np.where(rank == columns[box], _EDGE_M, 0.0))
    inner = (outer == 0)[:, None]
    at = (
        rank[:, None]
        + inner * rng.uniform(-0.2, 0.2, (len(box), 1))
        + inner * rng.uniform(-0.05, 0.05, (len(box), 3))
    ) * step[:, None]
    along = at + outer[:, None]
    middle = boxes.depth_m * rng.uniform(0.46, 0.54, len(columns))
    across = (np.full(len(box), -_EDGE_M), middle[box], boxes.depth_m[box] + _EDGE_M)
    one, two, three = (boxes.points(box, along[:, k], across[k]) for k in range(3))
    return one, two, three


def _quads(*corners: np.ndarray) -> np.ndarray:
    return shapely.polygons(np.stack([*corners, corners[0]], axis=1))


def _with_neighbours(
    area: np.ndarray, block: np.ndarray, row: np.ndarray, frontage_m: np.ndarray
) -> np.ndarray:
    """Group number of each cell: cells cut too small by the block's edge join the next whole one of their row."""
    table = pd.DataFrame({"area": area, "block": block, "row": row})
    usual = table.groupby("block")["area"].transform("median")
    whole = table["area"] > np.minimum(0.45 * usual, frontage_m[block] ** 2)
    leader = pd.Series(np.where(whole, np.arange(len(table)), np.nan)).groupby([block, row])
    group = leader.ffill().fillna(leader.bfill())
    first = table.groupby(["block", "row"]).cumcount().eq(0)
    return (
        group.fillna(pd.Series(np.where(first, np.arange(len(table)), np.nan)).ffill()).to_numpy().astype(int)
    )


def _merged(pieces: np.ndarray, group: np.ndarray) -> np.ndarray:
    """One geometry per group, in the order of the groups' numbers."""
    leaders, number, size = np.unique(group, return_inverse=True, return_counts=True)
    order = np.argsort(number, kind="stable")
    place = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    members = np.full((len(leaders), size.max()), None, dtype=object)
    members[number[order], place] = pieces[order]
    merged, many = members[:, 0].copy(), size > 1
    merged[many] = shapely.union_all(members[many], axis=1)
    return merged


def lots_around_buildings(blocks: np.ndarray, buildings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each block shared out among its buildings: every spot goes to the nearest centre. Answers polygons and blocks."""
    centres = shapely.centroid(buildings)
    block, building = shapely.STRtree(centres).query(blocks, predicate="contains")
    used = np.unique(building)
    counts = np.bincount(block, minlength=len(blocks))
    whole = np.flatnonzero(counts < 2)
    if len(used) < 2:
        return blocks, np.arange(len(blocks))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            shapely.multipoints(centres[used]), extend_to=shapely.box(*shapely.total_bounds(blocks))
        )
    )
    shared = np.flatnonzero(counts >= 2)
    near, cell = shapely.STRtree(cells).query(blocks[shared], predicate="intersects")
    polygons, index = polygon_parts(shapely.intersection(cells[cell], blocks[shared][near]), 25.0)
    return np.concatenate([blocks[whole], polygons]), np.concatenate([whole, shared[near][index]])


def buildings_on(lots: Lots, setback_m: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Footprints of at least 20 m² on the chosen lots, set back from every side, and the lot of each."""
    lot = np.flatnonzero(chosen)
    inner = shapely.buffer(lots.polygons[lot], -setback_m[lot], join_style="mitre")
    footprint, index = polygon_parts(shapely.intersection(inner, lots.front[lot]), 20.0)
    return footprint, lot[index]
