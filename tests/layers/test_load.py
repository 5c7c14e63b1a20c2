from __future__ import annotations

import pandas as pd
import pytest
import shapely
from django.db import IntegrityError, connection, transaction
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from gis_core.errors import InvalidInput, NotFound
from layers.events import features_changed
from layers.models import Tree, Vehicle, WasteContainer  # type: ignore[attr-defined]
from layers.queries.frames import read_frame
from layers.queries.revisions import revision_of
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db


def greens(*names: str) -> object:
    return frame(
        external_id=[f"g{n}" for n in range(len(names))],
        name_fr=list(names),
        geom=[square(-7.60 + n / 50, 33.55) for n in range(len(names))],
    )


def test_load_adds_then_changes_then_leaves_alone():
    first = load_features("green-spaces", greens("Parc", "Jardin"), source="synthetic")
    assert (first.added, first.changed, first.unchanged) == (2, 0, 0)
    second = load_features("green-spaces", greens("Parc", "Square"), source="synthetic")
    assert (second.added, second.changed, second.unchanged) == (0, 1, 1)
    rows = read_frame("green-spaces", ["name_fr", "version", "source"])
    assert rows[["external_id", "name_fr", "version", "source"]].to_numpy().tolist() == [
        ["g0", "Parc", 1, "synthetic"],
        ["g1", "Square", 2, "synthetic"],
    ]


def test_load_without_change_keeps_the_revision():
    load_features("green-spaces", greens("Parc"))
    before = revision_of("green-spaces")
    report = load_features("green-spaces", greens("Parc"))
    assert (report.unchanged, report.changed) == (1, 0)
    assert revision_of("green-spaces") == before


def test_prune_removes_only_rows_of_the_same_source():
    load_features("green-spaces", greens("a", "b"), source="openstreetmap")
    own = frame(external_id=["own"], geom=[square(-7.5, 33.5)])
    load_features("green-spaces", own, source="city")
    report = load_features(
        "green-spaces", greens("a"), source="openstreetmap", prune_sources=["openstreetmap"]
    )
    assert report.removed == 1
    assert sorted(read_frame("green-spaces").external_id) == ["g0", "own"]


def test_a_valid_area_stays_valid_when_its_corners_are_rounded():
    """From a park of Ghent: on the grid of 1e-7 degrees its sliver crosses itself."""
    corners = [
        (3.754705083732368, 51.06561708415954), (3.754705101698643, 51.06561708415954),
        (3.754705155597536, 51.06561709545009), (3.754704733389367, 51.065617846272644),
        (3.754704715423091, 51.06561786320849), (3.754703897956199, 51.065619319691315),
    ]  # fmt: skip
    sliver = Polygon([(x - 11.3, y - 17.5) for x, y in corners])  # to Casablanca
    park = MultiPolygon([*square(-7.60, 33.55).geoms, sliver])
    assert park.is_valid and not shapely.transform(park, lambda xy: xy.round(7)).is_valid
    report = load_features("green-spaces", frame(external_id=["park"], geom=[park]))
    assert (report.added, report.rejected) == (1, ())
    (stored,) = read_frame("green-spaces").geometry
    assert stored.is_valid and stored.area == pytest.approx(park.area, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"geom": Point(-7.6, 33.5)}, "geom", "must be a MultiPolygon"),
        ({"geom": square(10, 50)}, "geom", "lies outside the city's box"),
        ({"geom": None}, "geom", "is empty"),
        ({"kind": "jungle"}, "kind", "is not one of the known values"),
        ({"name_fr": "x" * 201}, "name_fr", "is too long"),
        ({"external_id": None}, "external_id", "is missing"),
        ({"external_id": "g0"}, "external_id", "stands in an earlier row too"),
    ],
)
def test_bad_row_is_rejected_with_its_reason_and_the_good_one_kept(change, field, rule):
    rows = greens("good", "bad")
    rows["kind"] = "park"
    for name, value in change.items():
        rows.at[1, name] = value
    report = load_features("green-spaces", rows)
    assert (report.added, report.rejected_rows) == (1, 1)
    assert (report.rejected[0].field, report.rejected[0].rule) == (field, rule)
    assert report.rejected[0].cure


def test_bow_tie_is_rejected_with_the_place_of_the_crossing():
    bow = Polygon([(-7.60, 33.50), (-7.59, 33.51), (-7.59, 33.50), (-7.60, 33.51)])
    rows = frame(external_id=["bow"], geom=[square(-7.6, 33.5)])
    rows["geom"] = [type(square(0, 0))([bow])]
    (issue,) = load_features("green-spaces", rows.set_geometry("geom", crs=4326)).rejected
    assert issue.rule == "is not valid"
    assert issue.value == "Self-intersection[-7.595 33.505]"


def test_table_constraint_is_told_as_a_row_issue():
    rows = frame(external_id=["a", "b"], fill_pct=[160.0, 40.0], geom=[Point(-7.6, 33.5), Point(-7.6, 33.51)])
    report = load_features("waste-containers", rows)
    assert [(i.row, i.field, i.value) for i in report.rejected] == [("1 (a)", "fill_pct", "160")]
    assert WasteContainer.objects.get().external_id == "b"


def test_partial_frame_changes_only_its_columns():
    load_features("green-spaces", greens("Parc"))
    report = load_features(
        "green-spaces", pd.DataFrame({"external_id": ["g0", "unknown"], "kind": ["park", "park"]})
    )
    assert (report.changed, report.rejected[0].field, report.rejected[0].value) == (
        1,
        "external_id",
        "unknown",
    )
    row = read_frame("green-spaces", ["name_fr", "kind"]).iloc[0]
    assert (row.name_fr, row.kind) == ("Parc", "park")


def test_arrays_and_missing_numbers_survive_the_round_trip():
    rows = frame(
        external_id=["a", "b"],
        collection_days=[[1, 3, 5], []],
        fill_pct=[12.5, None],
        capacity_l=[660.0, 1100.0],
        geom=[Point(-7.6, 33.5), Point(-7.6, 33.51)],
    )
    load_features("waste-containers", rows)
    again = read_frame("waste-containers", ["collection_days", "fill_pct", "capacity_l"])
    assert again.collection_days.tolist() == [[1, 3, 5], []]
    assert again.fill_pct.isna().tolist() == [False, True]
    assert again.capacity_l.tolist() == [660, 1100]
    assert load_features("waste-containers", rows).unchanged == 2


def test_table_without_geometry_loads_like_any_other():
    row = {
        "external_id": ["v1"],
        "depot": ["d"],
        "capacity_kg": [9000],
        "capacity_m3": [16],
        "shift_start": ["06:00"],
    }
    report = load_features("vehicles", pd.DataFrame({**row, "shift_end": ["14:00"]}))
    assert report.added == 1
    assert str(Vehicle.objects.get().shift_end) == "14:00:00"


def test_dry_run_reports_and_changes_nothing():
    report = load_features("green-spaces", greens("Parc"), dry_run=True)
    assert report.added == 1
    assert len(read_frame("green-spaces")) == 0


def test_unknown_column_names_the_known_ones():
    with pytest.raises(InvalidInput, match="no column colour"):
        load_features("trees", frame(external_id=["t"], colour=["red"], geom=[Point(-7.6, 33.5)]))


def test_unknown_collection_is_named():
    with pytest.raises(NotFound, match="no collection 'moon'"):
        load_features("moon", greens("x"))


def test_frame_in_another_crs_is_refused():
    with pytest.raises(InvalidInput, match="EPSG:4326"):
        load_features("green-spaces", greens("Parc").to_crs(32629))


def test_failure_in_the_middle_leaves_nothing_behind():
    with pytest.raises(RuntimeError), transaction.atomic():
        load_features("green-spaces", greens("Parc"))
        raise RuntimeError
    assert len(read_frame("green-spaces")) == 0


def test_area_and_length_are_geodesic():
    load_features("green-spaces", greens("Parc"))
    load_features("streets", frame(external_id=["s"], geom=[LineString([(-7.6, 33.5), (-7.6, 33.51)])]))
    # 0.01° by 0.01° and 0.01° of meridian at 33.5° N on the WGS 84 ellipsoid
    assert read_frame("green-spaces", ["area_m2"]).area_m2[0] == pytest.approx(1_030_000, rel=2e-3)
    assert read_frame("streets", ["length_m"]).length_m[0] == pytest.approx(1109.1, abs=0.5)


def test_change_is_announced_on_commit(django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, **news):
        heard.append((news["collection"], news["revision"]))

    features_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        load_features("green-spaces", greens("Parc"))
    features_changed.disconnect(listen)
    assert heard == [("green-spaces", revision_of("green-spaces"))]


def test_database_itself_refuses_what_lies_outside_the_city():
    with pytest.raises(IntegrityError, match="inside_city"):
        Tree.objects.create(geom="SRID=4326;POINT(0 0)")


def test_update_by_plain_sql_raises_version_and_revision():
    load_features("green-spaces", greens("Parc"))
    before = revision_of("green-spaces")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE layers_greenspace SET name_fr = 'by psql'")
    assert read_frame("green-spaces", ["version"]).version.tolist() == [2]
    assert revision_of("green-spaces") == before + 1
