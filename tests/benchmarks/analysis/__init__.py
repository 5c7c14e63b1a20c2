"""Green and air beside their peers: CPU seconds and peak memory, each in a process of its own, with equal results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import rasterio
import shapely

from tests.benchmarks.analysis import city
from tests.benchmarks.frame import Case, Row, Unequal, to_row
from tests.benchmarks.imagining import measure_what_if
from tests.benchmarks.peers import install
from tests.benchmarks.walking import measure_walking

ROOT = Path(__file__).resolve().parents[3]
JOBS = Path(__file__).with_name("jobs.py")
EDIT_MS = 10.0
WALKING_MS = 500.0
WHAT_IF_MS = 1000.0


class Scene(Protocol):
    """What this needs of the stage: no database, no server."""

    @property
    def home(self) -> Path: ...
    @property
    def quick(self) -> bool: ...
    @property
    def say(self) -> Callable[[str], None]: ...


@dataclass(frozen=True)
class Told:
    """CPU seconds of one job, its peak memory and how far that rose while it computed, its result, its parcels."""

    cpu_s: float
    peak_mb: float
    grown_mb: float
    count: int
    result: Any


@dataclass(frozen=True)
class Bench:
    """Runs jobs of ours and of the peers over one folder of inputs."""

    scene: Scene
    folder: Path
    peers: Path

    def run(self, name: str) -> Told:
        self.scene.say(f"measuring {name}")
        ours = name.startswith("our_")
        program = sys.executable if ours else str(self.peers / "python")
        env = {**os.environ, "PYTHONPATH": str(ROOT) if ours else "", "OMP_NUM_THREADS": "1"}
        command = [program, str(JOBS), name, str(self.folder)]
        told = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=env, cwd=self.folder
        )
        return Told(**json.loads(told.stdout.splitlines()[-1]), result=np.load(self.folder / f"{name}.npy"))


def run(scene: Scene) -> list[Row]:
    size = city.QUICK if scene.quick else city.FULL
    bench = Bench(scene, _inputs(scene, size), install("analysis", scene.home))
    green, edits = bench.run("our_green"), bench.run("our_edits")
    index, field = bench.run("our_vegetation"), bench.run("our_kriging")
    many = f"{size.columns * size.rows:,} parcels"
    p95_ms = float(np.quantile(edits.result, 0.95)) * 1000
    return [
        _row(f"green of {many}, geopandas", green, bench.run("geopandas_green"), goal=4, equal=_close(1e-5)),
        to_row(
            Case(f"one edited green of {many}, p95", _never, goal=1), {"ours": p95_ms, "limit": EDIT_MS}, 200
        ),
        _row(f"NDVI of {many}, exactextract", index, bench.run("exactextract_vegetation"), 15, _close(1e-6)),
        _row(f"NDVI of {many}, rasterstats", index, bench.run("rasterstats_vegetation"), 100, _near),
        *_kriging(field, bench.run("pykrige_kriging"), quick=scene.quick),
        *_walking(scene),
        *([] if scene.quick else _what_if(scene)),
    ]


def _row(case: str, ours: Told, peer: Told, goal: float, equal: Callable[[Any, Any], str]) -> Row:
    """Times by parcel, for a slow peer does only some of them. Raises Unequal."""
    if wrong := equal(ours.result[: len(peer.result)], peer.result):
        raise Unequal(f"{case}: {wrong}")
    scale = ours.count / peer.count
    note = f"peak memory {ours.peak_mb:,.0f} MB, peer {peer.peak_mb:,.0f} MB"
    if scale > 1:
        note += f"; the peer did {peer.count:,} parcels, its time is scaled"
    figures = {"ours": 1000 * ours.cpu_s, "peer": 1000 * peer.cpu_s * scale}
    return to_row(Case(case, _never, goal=goal), figures, 1, unit="ms CPU", note=note)


def _kriging(ours: Told, peer: Told, *, quick: bool) -> list[Row]:
    """A quick one is too small for its memory to be seen beside that of the libraries."""
    side = "200 × 200" if quick else "1,000 × 1,000"
    case = f"kriging 50 stations to {side}, pykrige"
    row = _row(case, ours, peer, 20, _close(1e-6))
    memory = {"ours": ours.grown_mb, "peer": peer.grown_mb}
    if quick:
        return [row]
    return [row, to_row(Case(f"{case}, memory above the start", _never, goal=8), memory, 1, unit="MB")]


def _walking(scene: Scene) -> list[Row]:
    scene.say("measuring walking access")
    told = measure_walking()
    if not told["networkx_equal"]:
        raise Unequal("walking access: networkx finds other distances")
    whole = {"ours": 1000 * told["end_to_end_s"], "limit": WALKING_MS}
    search = {"ours": 1000 * told["search_s"], "peer": 1000 * told["networkx_s"]}
    homes = f"{told['homes']:,} homes"
    return [
        to_row(Case(f"walk to green of {homes}, end to end", _never, goal=1), whole, 5, unit="ms CPU"),
        to_row(Case("walk to green, the search alone, networkx", _never, goal=30), search, 5, unit="ms CPU"),
    ]


def _what_if(scene: Scene) -> list[Row]:
    scene.say("measuring what-if")
    told = measure_what_if()
    case = Case(f"what-if on {told['parcels']:,} parcels, p95", _never, goal=1)
    note = f"prepared once in {told['prepare_s']:.0f} s; peak memory {told['peak_mb']:,.0f} MB"
    return [to_row(case, {"ours": told["p95_ms"], "limit": WHAT_IF_MS}, 100, unit="ms CPU", note=note)]


def _close(tolerance: float) -> Callable[[Any, Any], str]:
    def judge(ours: Any, peer: Any) -> str:
        same_gaps = np.array_equal(np.isnan(ours), np.isnan(peer))
        worst = float(np.nanmax(np.abs(ours - peer)))
        return "" if same_gaps and worst <= tolerance else f"differ by {worst:g}"

    return judge


def _near(ours: Any, peer: Any) -> str:
    """rasterstats counts a cell by its centre: only the mean over all parcels compares."""
    apart = abs(float(np.nanmean(ours - peer)))
    return "" if apart < 0.01 else f"means differ by {apart:g}"


def _never(_: int) -> None:
    raise NotImplementedError("measured in a process of its own")


def _inputs(scene: Scene, size: city.Size) -> Path:
    """The made-up city as files, written once for a size."""
    folder = scene.home / f"analysis-{'quick' if scene.quick else 'full'}"
    if (folder / "stations.npz").exists():
        return folder
    scene.say(f"making a city of {size.columns * size.rows:,} parcels")
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "parcels.wkb.npy", shapely.to_wkb(city.parcels(size)), allow_pickle=True)
    np.save(folder / "greens.wkb.npy", shapely.to_wkb(city.greens(size)), allow_pickle=True)
    values, cell = city.vegetation(size)
    west, south = city.ORIGIN
    transform = rasterio.Affine(cell, 0, west, 0, -cell, south + size.cells * cell)
    profile = {
        "width": size.cells,
        "height": size.cells,
        "count": 1,
        "dtype": "float32",
        "nodata": float("nan"),
    }
    with rasterio.open(folder / "ndvi.tif", "w", crs=city.CRS, transform=transform, **profile) as file:
        file.write(values, 1)
    random = np.random.default_rng(5)
    stations = {"xy_m": random.uniform(0, 10_000, (50, 2)), "values": random.normal(30, 8, 50)}
    axis = np.linspace(5, 9995, 200 if scene.quick else 1000)
    np.savez(folder / "stations.npz", **stations, x_m=axis, y_m=axis)
    return folder
