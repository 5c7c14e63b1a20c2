"""what-if and scenarios over the real doors: right figures, kept with history, shown by a link until taken back."""

from __future__ import annotations

import json

import pytest
import shapely
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.test import Client
from pyproj import Transformer

from gis_core.permissions import Role
from layers.queries.frames import read_frame
from tests.analysis.processes.test_green import load
from tests.analysis.processes.test_green_access import load_places

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> None:
    """100 people at a street 200 m from a vacant hectare beside it, which nobody may enter yet."""
    load("districts", (-500, -500, 2000, 2000), name_fr=["Centre"], population=[100])
    load("buildings", (290, 40, 20, 20), levels=[1])
    load("green-spaces", (900, 900, 100, 100), access=["private"])
    load("parcels", (0, 0, 50, 100), (50, 0, 50, 100))
    load_places("streets", [shapely.LineString([(50, 50), (400, 50)])], street_class=["residential"])


@pytest.fixture
def client() -> Client:
    user = User.objects.create(username="nadia")
    user.groups.add(Group.objects.get_or_create(name=Role.PLANNER)[0])
    made = Client()
    made.force_login(user)
    return made


def box(x: float, y: float, width: float, height: float) -> dict:
    """GeoJSON in CRS84 of metres from the middle of the city."""
    city = django_settings.CITY
    to_plane = Transformer.from_crs(4326, city.metric_crs, always_xy=True)
    east, north = to_plane.transform(*city.bbox.center)
    shape = shapely.box(east + x, north + y, east + x + width, north + y + height)
    back = lambda a, b: to_plane.transform(a, b, direction="INVERSE")  # noqa: E731
    return json.loads(shapely.to_geojson(shapely.transform(shape, back, interleaved=False)))


def execute(client: Client, process: str, **inputs):
    return client.post(f"/processes/{process}/execution", json.dumps({"inputs": inputs}), "application/json")


def park() -> list[dict]:
    return [{"op": "draw", "geometry": box(0, 0, 100, 100), "access": "public"}]


def figures(answer: dict) -> dict[str, tuple]:
    return {row["id"]: (row["before"], row["after"]) for row in answer["city"]}


def test_park_imagined_changes_every_indicator_and_nothing_else(town, client):
    answer = execute(client, "what-if", operations=park()).json()
    told = figures(answer)
    assert told["green_access_walk_pct"] == (0, 100)
    assert told["green_m2_per_inhabitant"] == (0, pytest.approx(100, rel=2e-3))
    assert (told["green_gini"][1], told["green_below_threshold_pct"]) == (0, (100, 0))
    assert answer["parcels"]["changed"] == 2
    assert [district["name_fr"] for district in answer["districts"]] == ["Centre"]
    assert "census" in answer["rule"]["people"] and answer["inputs"]["streets"]["features"] == 1
    assert len(read_frame("green-spaces", [])) == 1 and read_frame("scenarios", []).empty


def test_state_is_made_anew_when_the_city_changes(town, client):
    assert figures(execute(client, "what-if", operations=[]).json())["green_access_line_pct"] == (0, 0)
    load("green-spaces", (0, 0, 100, 100), (900, 900, 100, 100), access=["public", "private"])
    assert figures(execute(client, "what-if", operations=[]).json())["green_access_line_pct"] == (100, 100)


def test_green_space_is_converted_and_removed_by_its_id(town, client):
    green = int(read_frame("green-spaces", []).id[0])
    opened = [{"op": "convert", "green": green, "access": "public"}]
    before, after = figures(execute(client, "what-if", operations=opened).json())["green_m2_per_inhabitant"]
    assert (before, after) == (0, pytest.approx(100, rel=2e-3))
    removed = [*opened, {"op": "remove", "green": green}]
    assert figures(execute(client, "what-if", operations=removed).json())["green_area_m2"][1] == 0


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ({"op": "remove", "green": 999_999}, "no green space 999999"),
        (
            {"op": "draw", "geometry": {"type": "Point", "coordinates": [-7.6, 33.55]}, "access": "public"},
            "Polygon",
        ),
        (
            {
                "op": "erase",
                "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
            },
            "lie in",
        ),
        ({"op": "plant", "geometry": {"type": "Polygon", "coordinates": "x"}}, "GeoJSON"),
        ({"op": "burn"}, "item 1, op: 'burn' is not one of ['draw', 'erase'"),
        ({"op": "remove"}, "item 1: 'green' is a required property"),
        ({"op": "erase", "geometry": None}, "item 1, geometry: None is not of type 'object'"),
        ({"op": "remove", "green": 1, "access": "public"}, "'access' was unexpected"),
    ],
)
def test_useless_operation_is_refused_with_its_place(town, client, operation, reason):
    answer = execute(client, "what-if", operations=[operation])
    assert answer.status_code == 400 and reason in answer.json()["detail"]


def test_scenario_is_saved_changed_and_keeps_its_history(town, client):
    saved = execute(client, "save-scenario", name="Jardin du centre", operations=park()).json()
    item = read_frame("scenarios").iloc[0]
    assert (item["author"], item["name"]) == ("nadia", "Jardin du centre")
    assert figures(json.loads(item["results"]))["green_access_walk_pct"] == (0, 100)
    again = execute(
        client, "save-scenario", name="Sans jardin", operations=[], scenario=saved["scenario"], version=1
    )
    assert again.status_code == 200
    lost = execute(client, "save-scenario", name="x", operations=[], scenario=saved["scenario"], version=1)
    assert lost.status_code == 409
    versions = client.get(f"/collections/scenarios/items/{item['id']}/versions").json()
    assert len(versions["versions"]) == 2


def test_entrance_to_nothing_is_told(town, client):
    far, near = ({"op": "open", "geometry": shapely.geometry.mapping(corner(x, 50))} for x in (300, 105))
    told = execute(client, "what-if", operations=[far, near]).json()["without_effect"]
    assert [row["operation"] for row in told] == [1, 2]
    told = execute(client, "what-if", operations=[far, near, *park()]).json()["without_effect"]
    assert told == [{"operation": 1, "reason": "no-public-green-near"}]


def corner(x: float, y: float) -> shapely.Point:
    return shapely.Point(shapely.get_coordinates(shapely.geometry.shape(box(x, y, 1, 1)))[0])


def test_blanks_are_no_name_and_no_source(town, client):
    answer = execute(client, "save-scenario", name="  ", operations=[])
    assert answer.status_code == 400 and "input name" in answer.json()["detail"]
    assert read_frame("scenarios", []).empty
    costs = {"budget": 1, "cost_per_m2": 1, "cost_source": "   "}
    assert execute(client, "rank-green-sites", **costs).status_code == 400


def test_scenarios_are_for_planners_and_processes_fill_them(town, client):
    saved = execute(client, "save-scenario", name="Parc", operations=park()).json()
    public = Client()
    assert public.get("/collections/scenarios/items").status_code == 401
    assert execute(public, "what-if", operations=[]).status_code == 401
    item = int(read_frame("scenarios", []).id[0])
    patch = json.dumps({"properties": {"results": {}}})
    forged = client.patch(
        f"/collections/scenarios/items/{item}",
        patch,
        "application/merge-patch+json",
        headers={"If-Match": '"1"'},
    )
    assert forged.status_code == 422
    assert saved["scenario"]


def test_link_shows_one_scenario_to_anybody_until_it_is_taken_back(town, client):
    saved = execute(client, "save-scenario", name="Parc partagé", operations=park()).json()
    key = execute(client, "share-scenario", scenario=saved["scenario"]).json()["share_key"]
    assert len(key) == 43
    public = Client(headers={"Accept-Language": "fr"})
    page = public.get(f"/scenarios/shared/{key}")
    assert page.status_code == 200 and "Parc partagé" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store" and "noindex" in page.headers["X-Robots-Tag"]
    assert "nadia" not in page.content.decode() and "ont changé depuis" not in page.content.decode()
    load("green-spaces", (900, 900, 100, 90), access=["private"])
    assert "ont changé depuis" in public.get(f"/scenarios/shared/{key}").content.decode()
    assert public.get(f"/scenarios/shared/{key[:-1]}x").status_code == 404
    assert execute(client, "share-scenario", scenario=saved["scenario"], shared=False).json() == {
        "share_key": None
    }
    assert public.get(f"/scenarios/shared/{key}").status_code == 404
