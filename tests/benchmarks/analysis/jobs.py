"""One job of a contestant in a process of its own: reads the inputs, computes, tells CPU seconds and memory.

python jobs.py JOB FOLDER, for ours (in the environment of this project) and for peers (in theirs: nothing of ours is
imported at the top). The result goes to FOLDER/JOB.npy, one line of JSON to standard output.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

CRS = "EPSG:32629"
Job = Callable[[Path], tuple[Callable[[], Any], int]]  # -> what is timed, and of how many parcels


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    run, count = JOBS[name](folder)
    before_mb = _peak_mb()
    start = time.process_time()
    result = run()
    cpu_s = time.process_time() - start
    np.save(folder / f"{name}.npy", np.asarray(result, dtype=float))
    grown_mb = max(1.0, _peak_mb() - before_mb)  # above inputs and libraries
    print(json.dumps({"cpu_s": cpu_s, "peak_mb": _peak_mb(), "grown_mb": grown_mb, "count": count}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _shapes(folder: Path, name: str) -> Any:
    import geopandas as gpd  # noqa: PLC0415  each job loads only what it needs: memory is measured

    return gpd.GeoSeries.from_wkb(np.load(folder / f"{name}.wkb.npy", allow_pickle=True), crs=CRS)


def our_green(folder: Path) -> tuple[Callable[[], Any], int]:
    from analysis.green.patches import Patches  # noqa: PLC0415

    parcels, greens = _shapes(folder, "parcels"), _shapes(folder, "greens")
    Patches.of(greens[:50]).plane_area_in(parcels[:50].to_numpy())  # compiled code is loaded
    parcels = _shapes(folder, "parcels")
    return lambda: Patches.of(greens).plane_area_in(parcels.to_numpy()), len(parcels)


def geopandas_green(folder: Path) -> tuple[Callable[[], Any], int]:
    import geopandas as gpd  # noqa: PLC0415

    parcels, greens = _shapes(folder, "parcels"), _shapes(folder, "greens")

    def run() -> Any:
        dissolved = (
            gpd.GeoDataFrame(geometry=greens.make_valid()).dissolve().explode()
        )  # whole, it takes minutes
        numbered = gpd.GeoDataFrame({"parcel": np.arange(len(parcels))}, geometry=parcels)
        parts = gpd.overlay(numbered, dissolved, how="intersection", keep_geom_type=True)
        return np.bincount(parts["parcel"], weights=parts.area, minlength=len(parcels))

    return run, len(parcels)


def our_edits(folder: Path) -> tuple[Callable[[], Any], int]:
    """Seconds of each of 200 edits of one green space: it moves by 10 m, and what it touched is measured again."""
    from analysis.green.edited import CoverageModel  # noqa: PLC0415

    parcels, greens = _shapes(folder, "parcels"), _shapes(folder, "greens")
    model = CoverageModel.of(parcels, greens)
    random = np.random.default_rng(4)
    chosen = random.choice(len(greens), 201)

    def run() -> Any:
        seconds = []
        for number in chosen:
            start = time.process_time()
            model.edit(int(number), greens.iloc[number : number + 1].translate(10, 0).iloc[0])
            seconds.append(time.process_time() - start)
        return seconds[1:]  # the first loads compiled code

    return run, len(parcels)


def _raster(folder: Path) -> Path:
    return folder / "ndvi.tif"


def our_vegetation(folder: Path) -> tuple[Callable[[], Any], int]:
    import rasterio  # noqa: PLC0415

    from analysis.green.vegetation import Cells, measure_vegetation  # noqa: PLC0415

    parcels = _shapes(folder, "parcels")

    def run(zones: Any = parcels) -> Any:
        with rasterio.open(_raster(folder)) as file:
            cell = (file.transform.a, -file.transform.e)
            cells = Cells(file.read(1), file.transform.c, file.transform.f, cell, parcels.crs)
        return measure_vegetation(zones, cells, {"vegetation": 0.2}).mean

    run(parcels[:50])
    return run, len(parcels)


def exactextract_vegetation(folder: Path) -> tuple[Callable[[], Any], int]:
    """Its fastest mode: the raster in memory, cell by cell of the raster."""
    import geopandas as gpd  # noqa: PLC0415
    import rasterio  # noqa: PLC0415
    from exactextract import exact_extract  # noqa: PLC0415
    from exactextract.raster import NumPyRasterSource  # noqa: PLC0415

    parcels = gpd.GeoDataFrame(geometry=_shapes(folder, "parcels"))

    def run() -> Any:
        with rasterio.open(_raster(folder)) as file:
            values, (west, south, east, north) = file.read(1), file.bounds
        source = NumPyRasterSource(
            values, xmin=west, ymin=south, xmax=east, ymax=north, nodata=np.nan, srs_wkt=parcels.crs.to_wkt()
        )
        found = exact_extract(source, parcels, ["mean"], strategy="raster-sequential", output="pandas")
        return found["mean"].to_numpy()

    return run, len(parcels)


def rasterstats_vegetation(folder: Path) -> tuple[Callable[[], Any], int]:
    """Of the first 2,000 parcels, from memory: it would take minutes for all."""
    import rasterio  # noqa: PLC0415
    from rasterstats import zonal_stats  # noqa: PLC0415

    parcels = _shapes(folder, "parcels")[:2000]
    with rasterio.open(_raster(folder)) as file:
        values, transform = file.read(1), file.transform

    def run() -> Any:
        stats = zonal_stats(parcels, values, affine=transform, nodata=np.nan, stats=["mean"])
        return [np.nan if one["mean"] is None else one["mean"] for one in stats]

    return run, len(parcels)


def _stations(folder: Path) -> tuple[Any, Any, Any, Any]:
    found = np.load(folder / "stations.npz")
    return found["xy_m"], found["values"], found["x_m"], found["y_m"]


SILL, RANGE_M, NUGGET = 60.0, 4000.0, 4.0


def our_kriging(folder: Path) -> tuple[Callable[[], Any], int]:
    from analysis.air.kriging import krige_field  # noqa: PLC0415
    from analysis.air.variogram import Model, Variogram  # noqa: PLC0415

    xy_m, values, x_m, y_m = _stations(folder)
    variogram = Variogram(Model.EXPONENTIAL, NUGGET, SILL, RANGE_M)
    return lambda: krige_field(xy_m, values, variogram, x_m, y_m), 1


def pykrige_kriging(folder: Path) -> tuple[Callable[[], Any], int]:
    from pykrige.ok import OrdinaryKriging  # noqa: PLC0415

    xy_m, values, x_m, y_m = _stations(folder)
    given = {"psill": SILL, "range": 3 * RANGE_M, "nugget": NUGGET}  # its range is where 95 % are reached

    def run() -> Any:
        kriging = OrdinaryKriging(*xy_m.T, values, variogram_model="exponential", variogram_parameters=given)
        return kriging.execute("grid", x_m, y_m, backend="vectorized")[0]

    return run, 1


JOBS: dict[str, Job] = {
    job.__name__: job
    for job in (
        our_green, geopandas_green, our_edits, our_vegetation, exactextract_vegetation, rasterstats_vegetation,
        our_kriging, pykrige_kriging,
    )
}  # fmt: skip

if __name__ == "__main__":
    main()
