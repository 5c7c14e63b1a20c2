"""The demonstration: what is reused, what its table says, and that a failure names its step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.core.management import CommandError, call_command
from django.utils import timezone

from frontend.demo_table import feature_lines, green_lines, route_lines
from frontend.management.commands.demo import CHAIN, _reusable
from gis_core.city import load_city
from gis_core.jobs.models import Job
from layers.models import District
from layers.registry import COLLECTIONS
from tests.conftest import square

TOTALS = {
    "date": "2026-11-23",
    "containers": 130,
    "distance_km": 81.25,
    "duration_h": 12.5,
    "vehicles": 3,
    "tips": 4,
    "served": 128,
    "unreachable": [{"id": "c1"}],
    "unserved": [{"id": "c2"}],
    "baseline": {
        "distance_km": 1100.0,
        "duration_h": 15,
        "vehicles": 4,
        "tips": 4,
        "served": 128,
        "unserved": 1,
    },
    "saved_pct": 18.8,
}


def success(process_id: str, age_h: float = 0, **inputs: str) -> Job:
    job = Job.objects.create(process_id=process_id, inputs=inputs, actor="demo", status=Job.Status.SUCCESSFUL)
    Job.objects.filter(id=job.id).update(created=timezone.now() - timedelta(hours=age_h))
    job.refresh_from_db()
    return job


def test_route_lines_compare_before_and_after() -> None:
    lines = list(route_lines(TOTALS))
    assert lines[0].split() == ["Routes", "of", "2026-11-23", "nearest", "neighbour", "optimised"]
    assert lines[1].split() == ["kilometres", "1,100.0", "81.2"]
    assert lines[-2] == "(18.8 % of the kilometres saved)"
    assert lines[-1].startswith("(2 of 130 due containers are not served")


@pytest.mark.django_db
def test_feature_lines_count_every_collection() -> None:
    District.objects.create(external_id="d1", geom=_geos(), name_fr="Anfa")
    lines = dict(line.split() for line in list(feature_lines())[1:])
    assert (lines["districts"], lines["vehicles"], len(lines)) == ("1", "0", len(COLLECTIONS))


@pytest.mark.django_db
def test_green_lines_say_unknown_where_nothing_was_computed() -> None:
    District.objects.create(
        external_id="d1", geom=_geos(), name_fr="Anfa", population=1000, green_m2_per_inhabitant=4.26
    )
    assert list(green_lines(load_city("casablanca")))[1].split() == ["Anfa", "1,000", "4.3", "unknown"]


@pytest.mark.django_db
def test_reusable_needs_the_same_inputs_and_no_later_load() -> None:
    routes = success("optimize-routes", age_h=3)
    load = success("load-city", age_h=2)
    green = success("compute-green-coverage", age_h=1)
    assert _reusable("load-city", {}, None) == load
    assert _reusable("load-city", {"osm": "other.osm.pbf"}, None) is None
    assert _reusable("compute-green-coverage", {}, load.created) == green
    assert _reusable("optimize-routes", {}, load.created) is None, routes


@pytest.mark.django_db
def test_reusable_ignores_failures() -> None:
    Job.objects.create(process_id="load-city", actor="demo", status=Job.Status.FAILED)
    assert _reusable("load-city", {}, None) is None


@pytest.mark.django_db
def test_demo_failure_names_the_step_and_the_cure(tmp_path, capsys) -> None:
    with pytest.raises(CommandError, match=r"Step 2 of 7, 'Load the city', failed: .*nothing\.osm\.pbf"):
        call_command("demo", osm=str(tmp_path / "nothing.osm.pbf"))
    assert "[1/7] Prepare the database" in capsys.readouterr().err
    assert not Job.objects.filter(process_id=CHAIN[1][0]).exists()


def _geos() -> GEOSGeometry:
    return GEOSGeometry(square(-7.6, 33.5).wkt, srid=4326)
