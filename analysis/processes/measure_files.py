"""Process measure-files: green coverage of GeoParquet files of this machine, for a whole country; command line only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.engine import Cluster, NoCluster
from analysis.engine.files import BadFile, cover_files
from analysis.green import NotMetric
from analysis.processes.by_parts import on_workers
from gis_core.errors import InvalidInput, Unavailable
from gis_core.jobs.process import Context, Input, Output


class MeasureFiles:
    """Two files in, one out; nothing is stored. On a Dask cluster where ANALYSIS_ENGINE says so."""

    id = "measure-files"
    title = _("Measure the green of files")
    description = _("Green coverage of the zones of a GeoParquet file, in parts of neighbours.")
    role = "admin"
    local = True
    inputs = (
        Input(
            "zones", _("Path of the zones (GeoParquet with a column id)"), {"type": "string"}, required=True
        ),
        Input(
            "greens",
            _("Path of the green spaces (GeoParquet with a column access)"),
            {"type": "string"},
            required=True,
        ),
        Input("output", _("Path of the result (Parquet)"), {"type": "string"}, required=True),
        Input("srid", _("Metric CRS (EPSG number)"), {"type": "integer"}, _("Default: the city's.")),
    )
    outputs = (
        Output("zones", _("Zones measured"), {"type": "integer"}),
        Output("green_share_pct", _("Share of green in all of them"), {"type": "number"}),
        Output("file", _("The result"), {"type": "string"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        zones, greens, output = (Path(str(inputs[name])) for name in ("zones", "greens", "output"))
        context.progress(0, _t("Measuring green spaces"))
        cluster = Cluster(settings.ANALYSIS_SCHEDULER) if on_workers() else None
        crs = int(inputs.get("srid") or settings.CITY.metric_crs)
        try:
            found = cover_files(zones, greens, crs, cluster=cluster)
        except (BadFile, NotMetric) as error:
            raise InvalidInput(str(error)) from error
        except NoCluster as error:
            raise Unavailable(str(error)) from error
        draft = output.with_name(f".{output.name}.{uuid4().hex}.part")
        try:
            found.to_parquet(draft)
            draft.replace(output)
        except OSError as error:
            raise InvalidInput(f"{output} cannot be written: {error}") from error
        finally:
            draft.unlink(missing_ok=True)
        whole_m2 = float(found["zone_area_m2"].sum())
        share = 100 * float(found["green_area_m2"].sum()) / whole_m2 if whole_m2 else 0.0
        return {"zones": len(found), "green_share_pct": round(share, 3), "file": str(output)}
