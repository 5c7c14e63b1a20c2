"""Process check-air-alerts: where and since when a limit is exceeded, as features of air-alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.air import Exceedance, Limit, NoStandard, find_exceedances
from analysis.air.alerts import HOURS
from analysis.processes.air.alert_mail import post_news
from analysis.processes.air.readings import city_standards, last_moment, read_observations, usable
from analysis.processes.input_frames import InputFrames
from gis_core.errors import Conflict, InvalidInput
from gis_core.jobs.process import Context, Input, Output
from layers.base import GEOM_SRID, Source, made_up
from layers.queries.frames import read_frame
from layers.registry import get_collection
from layers.services.load import LoadReport, load_features

ALERTS = "air-alerts"
WHOLE_CITY = ""
LOOK_BACK = pd.Timedelta(days=7)
WRITTEN = (Source.COMPUTED, Source.SYNTHETIC)
RULE = (
    "Running means of each station over the hours of the limit, valid observations only, with at least 75 % of the"
    " hours; an alert lasts while the mean of any station of the district is above the limit. A station outside all"
    " districts stands for the whole city."
)


@dataclass(frozen=True, eq=False)
class _Areas:
    """Districts by identifier (WHOLE_CITY: the city's box), and the district of each station."""

    shapes: dict[str, shapely.MultiPolygon]
    of_station: dict[str, str]


class CheckAirAlerts:
    """Opens, prolongs and ends alerts; a correction of observations corrects the alerts of the days looked at."""

    id = "check-air-alerts"
    title = _("Check air alerts")
    description = _("Where a limit of air quality is exceeded, by district, from when until when.")
    role = "planner"
    inputs = (
        Input(
            "limits",
            _("Limits (identifiers)"),
            {"type": "array", "items": {"type": "string"}},
            _("Default: all hourly, 8-hourly and daily ones that are in force."),
        ),
    )
    outputs = (
        Output("alerts", _("Alerts now"), {"type": "array"}),
        Output("limits", _("Limits with their sources"), {"type": "array"}),
        Output("rule", _("Rules"), {"type": "string"}),
        Output("observations", _("Observations used and left out")),
        Output("written", _("Rows changed")),
        Output("inputs", _("Features and revision of each collection read")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        frames = InputFrames(GEOM_SRID)
        context.progress(0, _t("Reading observations"))
        observations = read_observations(frames)
        valid, left_out = usable(observations)
        areas, last = _areas(frames), last_moment(observations)
        limits = _limits(inputs.get("limits"), last)
        with transaction.atomic():
            _lock()
            stored = _stored()
            since = _since(stored, last)
            context.progress(30, _t("Comparing with limits"))
            found = [run for limit in limits for run in _exceeded(valid, limit, areas, since)]
            context.progress(80, _t("Writing results"))
            source = _source(observations)
            rows = [_row(run, areas, source) for run in found]
            report = _write(rows, limits, stored, since)
            known = set(stored["external_id"])
            news = [row for row in rows if row["external_id"] not in known]
            post_news(news, observations["observed_at"].max())
        return {
            "alerts": [_told(run) for run in found if run.ended_at is None],
            "limits": [limit.as_json() for limit in limits],
            "rule": RULE,
            "observations": _counted(valid, left_out, areas),
            "written": {"added": report.added, "changed": report.changed, "removed": report.removed},
            "inputs": frames.record,
        }


def _limits(ids: Sequence[str] | None, moment: pd.Timestamp) -> list[Limit]:
    standards = city_standards()
    try:
        chosen = [standards.limit(id) for id in ids] if ids else list(standards.limits.values())
    except NoStandard as error:
        raise InvalidInput(str(error)) from error
    fitting = [limit for limit in chosen if limit.averaging in HOURS and limit.source.in_force(moment.date())]
    if ids and len(fitting) < len(chosen):
        left = next(limit for limit in chosen if limit not in fitting)
        raise InvalidInput(
            f"Limit {left.id} makes no alert on {moment:%Y-%m-%d}: it is a mean over a {left.averaging}, from"
            f" {left.source.valid_from} until {left.source.valid_until or 'now'}."
        )
    return fitting


def _areas(frames: InputFrames) -> _Areas:
    stations, districts = frames.read("air-stations"), frames.read("districts")
    named = districts[districts["external_id"].notna()]
    station, district = named.sindex.query(stations.geometry, predicate="intersects")
    of_station = dict.fromkeys(stations["external_id"], WHOLE_CITY)
    for number, place in zip(station, district, strict=True):
        of_station[stations["external_id"].iloc[number]] = str(named["external_id"].iloc[place])
    box = shapely.MultiPolygon([shapely.box(*settings.CITY.bbox.as_tuple())])
    return _Areas(
        {WHOLE_CITY: box, **dict(zip(named["external_id"], named.geometry, strict=True))}, of_station
    )


def _exceeded(valid: pd.DataFrame, limit: Limit, areas: _Areas, since: pd.Timestamp) -> list[Exceedance]:
    start = since - pd.Timedelta(hours=HOURS[limit.averaging])
    own = valid[(valid["pollutant"] == limit.pollutant) & (valid["observed_at"] >= start)]
    runs = find_exceedances(own, limit, areas.of_station)
    return [run for run in runs if run.ended_at is None or run.ended_at > since]


def _lock() -> None:
    """Until the transaction ends nobody else checks alerts: they are written as a whole."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", ["check-air-alerts"])


def _stored() -> gpd.GeoDataFrame:
    rows = read_frame(ALERTS, get_collection(ALERTS).writable)
    times = {name: pd.to_datetime(rows[name], utc=True) for name in ("started_at", "ended_at")}
    return rows.assign(**times)[rows["source"].isin(WRITTEN)].drop(columns="id")


def _since(stored: pd.DataFrame, last: pd.Timestamp) -> pd.Timestamp:
    """From when alerts are looked at anew: a week back, or since the oldest one that is still open began."""
    open_ = stored[stored["ended_at"].isna()]["started_at"]
    return min([last - LOOK_BACK, *open_])


def _write(
    found: Sequence[Mapping[str, Any]],
    limits: Sequence[Limit],
    stored: gpd.GeoDataFrame,
    since: pd.Timestamp,
) -> LoadReport:
    """What was found since then takes the place of what was stored for these limits since then."""
    looked_at = stored["limit_id"].isin([limit.id for limit in limits])
    kept = stored[~looked_at | (stored["ended_at"] <= since)]
    rows = gpd.GeoDataFrame(list(found), columns=kept.columns, geometry="geom", crs=GEOM_SRID)
    frame = rows if kept.empty else kept if rows.empty else pd.concat([kept, rows], ignore_index=True)
    report = load_features(
        ALERTS, gpd.GeoDataFrame(frame, geometry="geom", crs=GEOM_SRID), prune_sources=WRITTEN
    )
    if report.rejected:
        issue = report.rejected[0]
        raise Conflict(f"{ALERTS}: {issue.field} {issue.rule} ({issue.value}). {issue.cure}")
    return report


def _row(run: Exceedance, areas: _Areas, source: Source) -> dict[str, Any]:
    return {
        "external_id": f"{run.limit.id}:{run.area or 'city'}:{run.started_at:%Y%m%dT%H}",
        "source": source.value,
        "district": run.area,
        "pollutant": run.limit.pollutant,
        "limit_id": run.limit.id,
        "averaging": run.limit.averaging,
        "limit_ug_m3": run.limit.value_ug_m3,
        "value_ug_m3": round(run.value_ug_m3, 2),
        "station": run.station,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "limit_source": run.limit.source.text,
        "geom": areas.shapes[run.area],
    }


def _counted(valid: pd.DataFrame, left_out: Mapping[str, int], areas: _Areas) -> dict[str, Any]:
    """A moving sensor, or a station that nobody knows, belongs to no district."""
    known = int(valid["station"].isin(list(areas.of_station)).sum())
    return {"used": known, "left_out": {**left_out, "unknown station": len(valid) - known}}


def _source(observations: pd.DataFrame) -> Source:
    return Source.SYNTHETIC if made_up(observations["source"]) else Source.COMPUTED


def _told(run: Exceedance) -> dict[str, Any]:
    return {
        "district": run.area,
        "limit": run.limit.id,
        "pollutant": run.limit.pollutant,
        "limit_ug_m3": run.limit.value_ug_m3,
        "value_ug_m3": round(run.value_ug_m3, 2),
        "station": run.station,
        "since": run.started_at.isoformat(),
    }
