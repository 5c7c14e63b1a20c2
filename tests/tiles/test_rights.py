"""The policy at the raw doors: who is nobody, who has a session, who has a token, and who works in one area."""

from __future__ import annotations

import mapbox_vector_tile
import pytest
from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.test import Client

from gis_core.tokens import make_token
from layers.catalog.districts.model import District
from layers.catalog.route_stops.model import RouteStop
from layers.catalog.trees.model import Tree
from layers.models import CollectionRight
from layers.policy import forget_rights
from tests.tiles.conftest import ask, tile_path

pytestmark = pytest.mark.django_db(
    transaction=True,
    available_apps=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "gis_core", "layers",
    ],
)  # fmt: skip


@pytest.fixture
def path(tile_of_center, center) -> str:
    """A tile with two stops, 100 m apart, the western one in the district `west`."""
    lon, lat = center
    for number, east in enumerate((-0.0005, 0.0005)):
        place = Point(lon + east, lat, srid=4326)
        RouteStop.objects.create(geom=place, plan="p", route="r", sequence=number, kind="container")
    area = MultiPolygon(Polygon.from_bbox((lon - 0.01, lat - 0.01, lon, lat + 0.01)), srid=4326)
    District.objects.create(external_id="west", geom=area)
    return tile_path("route-stops", tile_of_center(14))


@pytest.fixture
def crew() -> User:
    user = User.objects.create(username="hamid")
    user.groups.add(Group.objects.get_or_create(name="crew")[0])
    return user


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def stops(answer) -> int:
    return len(mapbox_vector_tile.decode(answer.content)["route-stops"]["features"])


def test_a_restricted_layer_is_shut_to_the_public_and_never_in_a_shared_cache(path, crew):
    assert ask(path).status_code == 401
    assert ask("/tiles/route-stops").status_code == 401
    seen = ask(path, cookie=cookie_of(crew))
    assert (seen.status_code, stops(seen)) == (200, 2)
    assert seen.headers["cache-control"] == "private, no-cache"
    assert "Cookie" in seen.headers["vary"]
    assert ask(path.replace("route-stops", "trees,route-stops")).status_code == 401


def test_a_tag_learnt_by_one_reader_opens_nothing_for_another(path, crew):
    tag = ask(path, cookie=cookie_of(crew)).headers["etag"]
    assert ask(path, if_none_match=tag).status_code == 401


def test_a_reader_of_one_area_gets_the_features_of_it(path, crew):
    whole = ask(path, cookie=cookie_of(crew))
    crew.work_areas.create(area="west")
    part = ask(path, cookie=cookie_of(crew), if_none_match=whole.headers["etag"])
    assert (part.status_code, stops(part)) == (200, 1)


def test_drafts_are_in_the_tiles_of_planners_only(path, crew):
    RouteStop.objects.filter(sequence=0).update(published=False)
    assert stops(ask(path, cookie=cookie_of(crew))) == 1
    planner = User.objects.create(username="nadia")
    planner.groups.add(Group.objects.get_or_create(name="planner")[0])
    assert stops(ask(path, cookie=cookie_of(planner))) == 2


def test_a_token_reads_and_a_bad_one_is_not_the_public(path, crew):
    token, secret = make_token(crew, name="tablet", scopes=["read"])
    assert stops(ask(path, authorization=f"Bearer {secret}")) == 2
    public = path.replace("route-stops", "trees")
    assert ask(public, authorization="Bearer casagis_wrong").status_code == 401
    token.revoked_at = token.created_at
    token.save()
    assert ask(path, authorization=f"Bearer {secret}").status_code == 401


def test_a_field_hidden_here_leaves_the_tiles_and_their_description(path, tile_of_center, center):
    RouteStop.objects.all().delete()
    trees = tile_path("trees", tile_of_center(16))
    Tree.objects.create(geom=Point(*center, srid=4326), species="Ficus")
    before = ask(trees)
    CollectionRight.objects.create(
        collection="trees", role="public", read="city", write="none", hidden=["species"]
    )
    forget_rights()
    after = ask(trees, if_none_match=before.headers["etag"])
    assert (b"Ficus" in before.content, after.status_code, b"Ficus" in after.content) == (True, 200, False)
    assert "species" not in ask("/tiles/trees").json()["vector_layers"][0]["fields"]
