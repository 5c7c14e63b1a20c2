"""A planner edits the map in real Chromium: draw, reshape, undo, repair; two people on one parcel; history and back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import DESKTOP, PHONE, open_map, watched_page
from tests.e2e.running_city import _MAKE_PLANNER, PLANNER, RunningCity

pytestmark = pytest.mark.e2e

OTHER_PLANNER = ("planner-two", PLANNER[1])
LAYERS = "&layers=streets,buildings,green-spaces,parcels,trees"
REFUSED = re.compile(r"Failed to load resource.*status of (412|422)")


@pytest.fixture(scope="module", autouse=True)
def other_planner(city: RunningCity) -> None:
    city.manage("shell", "-c", _MAKE_PLANNER.format(name=OTHER_PLANNER[0], password=OTHER_PLANNER[1]))


@contextmanager
def planner_page(
    city: RunningCity, browser: Browser, who: tuple[str, str] = PLANNER, **context: Any
) -> Iterator[Page]:
    """Signed in; fails at the end for any complaint of the console but the refusals that are shown to the person."""
    complaints: list[str] = []
    with browser.new_context(locale="en-GB", **(context or DESKTOP)) as opened:
        page = opened.new_page()
        page.on("console", lambda line: line.type in {"error", "warning"} and complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{city.url}/login?lang=en&next=/collections")
        page.get_by_label("User name").fill(who[0])
        page.get_by_label("Password").fill(who[1])
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{city.url}/collections")
        yield page
    assert [line for line in complaints if not REFUSED.match(line)] == []


def fetch(page: Page, path: str) -> dict[str, Any]:
    answer = page.request.get(path, headers={"Accept": "application/json"})
    assert answer.ok, answer.text()
    return json.loads(answer.text())


def some_parcel(page: Page, city: RunningCity, skip: int) -> dict[str, Any]:
    """A small parcel with four corners, so that corners can be named; each test takes its own."""
    features = fetch(page, f"{city.url}/collections/parcels/items?limit=1000")["features"]
    simple = [f for f in features if len(f["geometry"]["coordinates"][0][0]) == 5]
    return simple[skip]


def place_of(feature: dict[str, Any], zoom: int = 18) -> str:
    west, south, east, north = box_of(feature)
    return f"#{zoom}/{(south + north) / 2:.6f}/{(west + east) / 2:.6f}{LAYERS}"


def box_of(feature: dict[str, Any]) -> tuple[float, float, float, float]:
    ring = feature["geometry"]["coordinates"][0][0]
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def edit_parcel(page: Page, city: RunningCity, feature: dict[str, Any], language: str = "en") -> None:
    open_map(page, f"{city.url}/?lang={language}{place_of(feature)}")
    page.locator("#edit-open").click()
    page.locator("#edit-layer").select_option("parcels")
    page.locator("#city-map").click()
    expect(page.locator(".edit-heading h2")).to_have_text(feature["properties"]["reference"])


def save(page: Page) -> Locator:
    page.get_by_role("button", name="Save", exact=True).click()
    return page.locator(".toast")


def item(page: Page, city: RunningCity, feature: dict[str, Any]) -> dict[str, Any]:
    return fetch(page, f"{city.url}/collections/parcels/items/{feature['id']}")


def test_only_who_may_edit_sees_the_editor(city: RunningCity, browser: Browser) -> None:
    with watched_page(browser, **DESKTOP) as page:
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.url))
        open_map(page, f"{city.url}/?lang=en#16/60.1675/24.9475")
        expect(page.locator("#edit-open")).to_have_count(0)
        page.locator("#city-map").click(position={"x": 550, "y": 420})
        expect(page.locator(".feature-card")).to_be_visible()
        expect(page.locator(".popup-actions")).to_have_count(0)
        assert not any("/build/edit" in url for url in loaded)
    with planner_page(city, browser) as page:
        page.on("request", lambda request: loaded.append(request.url))
        open_map(page, f"{city.url}/?lang=en#16/60.1675/24.9475")
        assert not any("/build/edit" in url for url in loaded)
        page.get_by_role("button", name="Edit", exact=True).click()
        expect(page.get_by_label("Layer to edit")).to_be_focused()
        assert any("/build/edit" in url for url in loaded)
        assert "vehicles" not in page.locator("#edit-layer").inner_html()
        page.keyboard.press("Escape")
        expect(page.locator("#editor")).to_be_hidden()
        expect(page.get_by_role("button", name="Edit", exact=True)).to_be_focused()


def test_a_tree_is_drawn_described_and_saved(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        open_map(page, f"{city.url}/?lang=en#18/60.1668/24.9440{LAYERS}")
        page.get_by_role("button", name="Edit", exact=True).click()
        page.get_by_label("Layer to edit").select_option("trees")
        page.get_by_role("button", name="Draw a new one").click()
        page.locator("#city-map").click(position={"x": 300, "y": 300})
        page.get_by_label("Species").fill("Tilia cordata")
        page.get_by_label("Height").fill("7,5")
        page.get_by_label("Condition").select_option(label="Good")
        page.get_by_label("Why this change").fill("planté ce matin")
        expect(save(page)).to_contain_text("is saved: version 1")
        found = fetch(page, f"{city.url}/collections/trees/items?species=Tilia%20cordata&height_m=7.5")
        (tree,) = found["features"]
        assert tree["properties"]["condition"] == "good"
        versions = fetch(page, f"{city.url}/collections/trees/items/{tree['id']}/versions")["versions"]
        assert [(v["actor"], v["comment"], v["door"]) for v in versions] == [
            (PLANNER[0], "planté ce matin", "map")
        ]
        page.locator(".toast").get_by_role("button", name="Undo").click()
        expect(page.locator(".toast")).to_contain_text("Undone")
        assert page.request.get(f"{city.url}/collections/trees/items/{tree['id']}").status in {404, 410}


def test_form_and_shape_of_a_parcel_with_undo_and_redo(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        parcel = some_parcel(page, city, 0)
        edit_parcel(page, city, parcel)
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
        reference = page.get_by_label("Cadastral reference")
        reference.press("End")
        reference.press_sequentially("-bis")
        page.get_by_label("Land use").select_option("vacant")
        page.get_by_role("button", name="Reshape").click()
        handle = page.locator(".marker-icon:not(.marker-icon-middle)").first
        expect(handle).to_be_visible()
        box = handle.bounding_box()
        assert box and box["width"] >= 20
        drag(page, box, -12, -9)
        expect(page.locator(".edit-kept")).to_contain_text("kept on this device")
        for _ in range(3):
            page.keyboard.press("Control+z")
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
        expect(reference).to_have_value(parcel["properties"]["reference"])
        for _ in range(2):
            page.keyboard.press("Control+y")
        expect(page.get_by_label("Land use")).to_have_value("vacant")
        expect(save(page)).to_contain_text("is saved: version")
        stored = item(page, city, parcel)
        assert stored["properties"]["reference"] == parcel["properties"]["reference"] + "-bis"
        assert stored["properties"]["land_use"] == "vacant"
        assert stored["geometry"] == parcel["geometry"]
        page.locator(".toast").get_by_role("button", name="Undo").click()
        expect(page.locator(".edit-heading h2")).to_have_text(parcel["properties"]["reference"])


def drag(page: Page, box: dict[str, float], right: int, down: int) -> None:
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=4)
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()


def move_inward(page: Page, parcel: dict[str, Any], number: int) -> None:
    """By the list of corners, a tenth of the way to the middle: so it covers no neighbour."""
    page.get_by_text("Corners and coordinates").click()
    west, south, east, north = box_of(parcel)
    middle = ((south + north) / 2, (west + east) / 2)
    for box, goal in zip(corner(page, number), middle, strict=True):
        now = float(box.input_value())
        box.fill(f"{now + 0.1 * (goal - now):.7f}")
        box.press("Tab")


def test_reshaped_parcel_is_drawn_anew_from_its_tiles(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        parcel = some_parcel(page, city, 1)
        edit_parcel(page, city, parcel)
        page.get_by_role("button", name="Move", exact=True).focus()
        page.get_by_text("Corners and coordinates").click()
        latitude = page.get_by_label("Latitude of corner 1", exact=True)
        south, north = box_of(parcel)[1], box_of(parcel)[3]
        middle = (south + north) / 2
        inward = float(latitude.input_value()) + (middle - float(latitude.input_value())) * 0.3
        latitude.fill(f"{inward:.7f}")
        latitude.press("Tab")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        expect(save(page)).to_contain_text("is saved")
        page.wait_for_timeout(1000)
        assert any("/tiles/parcels/" in url for url in asked)
        assert not any("/tiles/streets/" in url for url in asked)
        stored = item(page, city, parcel)["geometry"]["coordinates"][0][0]
        assert any(abs(y - inward) < 1e-7 for _, y in stored)


def corner(page: Page, number: int) -> list[Locator]:
    return [page.get_by_label(f"{axis} of corner {number}", exact=True) for axis in ("Latitude", "Longitude")]


def test_invalid_shape_is_shown_and_repaired_by_one_click(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        parcel = some_parcel(page, city, 2)
        edit_parcel(page, city, parcel)
        page.get_by_text("Corners and coordinates").click()
        second, third = corner(page, 2), corner(page, 3)
        places = [[box.input_value() for box in boxes] for boxes in (second, third)]
        for box, value in zip((*second, *third), (*places[1], *places[0]), strict=True):
            box.fill(value)
            box.press("Tab")
        page.get_by_role("button", name="Save", exact=True).click()
        problem = page.locator(".edit-problems li")
        expect(problem).to_contain_text("is not valid")
        expect(page.locator(".edit-fault")).to_be_visible()
        assert item(page, city, parcel)["properties"]["version"] == parcel["properties"]["version"]
        problem.get_by_role("button", name="Use the repaired shape").click()
        expect(page.locator(".edit-problems li")).to_have_count(0)
        expect(save(page)).to_contain_text("is saved")
        assert item(page, city, parcel)["properties"]["version"] == parcel["properties"]["version"] + 1


def test_two_people_change_one_parcel_and_both_changes_stay(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as mine, planner_page(city, browser, OTHER_PLANNER) as theirs:
        parcel = some_parcel(mine, city, 3)
        for page in (mine, theirs):
            edit_parcel(page, city, parcel)
        theirs.get_by_label("Owner").select_option("habous")
        theirs.get_by_label("Land use").select_option("public")
        move_inward(theirs, parcel, 1)
        theirs.get_by_label("Why this change").fill("arrêté 2026-14")
        expect(save(theirs)).to_contain_text("is saved")
        shape_of_theirs = item(theirs, city, parcel)["geometry"]
        assert shape_of_theirs != parcel["geometry"]
        mine.get_by_label("Cadastral reference").fill("MERGED-1")
        mine.get_by_label("Land use").select_option("green")
        move_inward(mine, parcel, 3)
        mine.get_by_role("button", name="Save", exact=True).click()
        dialog = mine.get_by_role("dialog")
        expect(dialog).to_contain_text("planner-two")
        expect(dialog).to_contain_text("arrêté 2026-14")
        expect(dialog.locator(".conflict-settled")).to_contain_text("Religious endowment")
        merged = dialog.get_by_role("button", name="Save merged")
        expect(merged).to_be_disabled()
        mine.keyboard.press("Escape")
        expect(mine.get_by_label("Cadastral reference")).to_have_value("MERGED-1")
        mine.get_by_role("button", name="Save", exact=True).click()
        expect(dialog.locator(".mini-map path")).to_have_count(3)
        dialog.get_by_role("group", name="Land use").get_by_role("radio", name="Yours").check()
        expect(merged).to_be_disabled()
        dialog.get_by_role("group", name="Shape").get_by_role("radio", name="Theirs").check()
        merged.click()
        expect(mine.locator(".toast")).to_contain_text("is saved")
        assert item(mine, city, parcel)["geometry"] == shape_of_theirs
        stored = item(mine, city, parcel)["properties"]
        assert (stored["reference"], stored["land_use"], stored["owner_kind"]) == (
            "MERGED-1",
            "green",
            "habous",
        )
        assert stored["version"] == parcel["properties"]["version"] + 2


def test_what_another_deleted_comes_back_with_my_changes(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as mine, planner_page(city, browser, OTHER_PLANNER) as theirs:
        parcel = some_parcel(mine, city, 4)
        for page in (mine, theirs):
            edit_parcel(page, city, parcel)
        theirs.keyboard.press("Delete")
        theirs.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(theirs.locator(".toast")).to_contain_text("is deleted")
        mine.get_by_label("Land use").select_option("green")
        mine.get_by_role("button", name="Save", exact=True).click()
        expect(mine.get_by_role("dialog")).to_contain_text("Somebody else deleted this")
        mine.get_by_role("button", name="Bring it back with my changes").click()
        expect(mine.locator(".toast")).to_contain_text("is saved")
        assert item(mine, city, parcel)["properties"]["land_use"] == "green"


def test_history_shows_what_changed_and_brings_it_back(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        parcel = some_parcel(page, city, 5)
        before = parcel["properties"]["land_use"]
        edit_parcel(page, city, parcel)
        page.get_by_label("Land use").select_option("industrial" if before != "industrial" else "green")
        page.get_by_label("Why this change").fill("visite du 3 mai")
        expect(save(page)).to_contain_text("is saved")
        page.get_by_role("button", name="History").click()
        newest = page.locator(".versions > li").first
        expect(newest).to_contain_text("visite du 3 mai")
        expect(newest).to_contain_text(PLANNER[0])
        expect(newest.locator(".diff-table tbody th")).to_have_text(["Land use"])
        page.locator(".versions > li").nth(1).get_by_role("button").first.click()
        page.get_by_role("button", name="Bring this back").click()
        page.get_by_role("dialog").get_by_role("button", name="Bring this back").click()
        expect(page.locator(".toast")).to_contain_text("is brought back")
        expect(page.locator(".versions > li").first).to_contain_text("Version")
        assert item(page, city, parcel)["properties"]["land_use"] == before


def test_a_deleted_parcel_is_found_among_the_latest_changes(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        parcel = some_parcel(page, city, 9)
        open_map(page, f"{city.url}/?lang=en{place_of(parcel)}")
        page.locator("#city-map").click()
        page.locator(".popup-actions").get_by_role("button", name="Edit").click()
        expect(page.locator(".edit-last")).to_contain_text("Last changed by")
        page.get_by_role("button", name="Delete", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.locator(".toast")).to_contain_text("is deleted")
        address = f"{city.url}/collections/parcels/items/{parcel['id']}"
        assert page.request.get(address, headers={"Accept": "application/json"}).status in {404, 410}
        page.get_by_text("Latest changes in this layer").click()
        page.locator(".changes .version").first.click()
        page.locator(".changed-features button").first.click()
        page.locator(".versions > li").nth(1).get_by_role("button").first.click()
        page.get_by_role("button", name="Bring this back").click()
        page.get_by_role("dialog").get_by_role("button", name="Bring this back").click()
        expect(page.locator(".toast")).to_contain_text("is there again")
        assert item(page, city, parcel)["geometry"] == parcel["geometry"]


def test_a_dragged_corner_snaps_to_the_neighbour(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        parcel, shared = parcel_with_shared_corner(page, city)
        edit_parcel(page, city, parcel)
        page.get_by_text("Corners and coordinates").click()
        number = 1 + parcel["geometry"]["coordinates"][0][0].index(shared)
        west, south, east, north = box_of(parcel)
        inward = [
            shared[1] + 0.3 * ((south + north) / 2 - shared[1]),
            shared[0] + 0.3 * ((west + east) / 2 - shared[0]),
        ]
        for box, value in zip(corner(page, number), inward, strict=True):
            box.fill(f"{value:.7f}")
            box.press("Tab")
        page.get_by_role("button", name="Reshape").click()
        page.wait_for_timeout(600)
        handle = page.locator(".marker-icon:not(.marker-icon-middle)").nth(number - 1).bounding_box()
        assert handle
        goal = screen_place(page, shared)
        drag(
            page,
            handle,
            round(goal[0] - handle["x"] - handle["width"] / 2) + 4,
            round(goal[1] - handle["y"] - handle["height"] / 2) + 3,
        )
        expect(corner(page, number)[0]).to_have_value(str(shared[1]))
        expect(corner(page, number)[1]).to_have_value(str(shared[0]))
        expect(page.get_by_role("button", name="Snap")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="Reshape").focus()
        page.keyboard.press("s")
        expect(page.get_by_role("button", name="Snap")).to_have_attribute("aria-pressed", "false")


def parcel_with_shared_corner(page: Page, city: RunningCity) -> tuple[dict[str, Any], list[float]]:
    """A parcel of four corners, and one of them that is also a corner of another parcel."""
    features = fetch(page, f"{city.url}/collections/parcels/items?limit=1000")["features"]
    owners: dict[tuple[float, ...], set[int]] = {}
    for feature in features:
        for place in feature["geometry"]["coordinates"][0][0]:
            owners.setdefault(tuple(place), set()).add(feature["id"])
    simple = [f for f in features if len(f["geometry"]["coordinates"][0][0]) == 5][10:]
    for feature in simple:
        shared = [p for p in feature["geometry"]["coordinates"][0][0][:-1] if len(owners[tuple(p)]) > 1]
        west, _south, east, _north = box_of(feature)
        if shared and east - west > 0.0003:
            return feature, shared[0]
    raise AssertionError("no parcel has a corner in common with another")


def screen_place(page: Page, place: list[float]) -> tuple[float, float]:
    """Where a coordinate is on the screen, by Web Mercator around the map's middle in the address."""
    zoom, lat, lon = (float(part) for part in page.url.split("#")[1].split("&")[0].split("/"))
    box = page.locator("#city-map").bounding_box()
    assert box
    scale = 256 * 2**zoom
    across = (place[0] - lon) / 360 * scale
    down = (mercator(lat) - mercator(place[1])) * scale
    return box["x"] + box["width"] / 2 + across, box["y"] + box["height"] / 2 + down


def mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


def test_a_draft_survives_a_reload(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        parcel = some_parcel(page, city, 6)
        edit_parcel(page, city, parcel)
        page.get_by_label("Cadastral reference").fill("DRAFT-7")
        page.reload()
        page.wait_for_selector("body[data-ready]")
        page.locator("#edit-open").click()
        page.get_by_label("Layer to edit").select_option("parcels")
        page.get_by_role("button", name="Recover").click()
        expect(page.get_by_label("Cadastral reference")).to_have_value("DRAFT-7")
        page.keyboard.press("Escape")
        page.get_by_role("dialog").get_by_role("button", name="Discard the changes").click()
        expect(page.locator(".edit-drafts li")).to_have_count(0)
        assert item(page, city, parcel)["properties"] == parcel["properties"]


def test_nothing_is_lost_when_the_network_fails(city: RunningCity, browser: Browser) -> None:
    with browser.new_context(**DESKTOP) as context:
        with planner_page(city, browser) as signed_in:
            parcel = some_parcel(signed_in, city, 7)
            context.add_cookies(signed_in.context.cookies())
        page = context.new_page()
        edit_parcel(page, city, parcel)
        page.get_by_label("Cadastral reference").fill("OFFLINE-1")
        context.set_offline(True)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".edit-alert")).to_contain_text("cannot be reached")
        context.set_offline(False)
        cookies = context.cookies()
        context.clear_cookies(name="sessionid")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".edit-alert")).to_contain_text("no longer signed in")
        context.add_cookies(cookies)
        expect(save(page)).to_contain_text("is saved")
        assert item(page, city, parcel)["properties"]["reference"] == "OFFLINE-1"


def test_a_shape_is_made_by_keyboard_alone(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        open_map(page, f"{city.url}/?lang=en#18/60.1668/24.9440{LAYERS}")
        page.locator("#edit-open").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Layer to edit").select_option("green-spaces")
        page.get_by_role("button", name="Put one in the middle").focus()
        page.keyboard.press("Enter")
        latitude = page.get_by_label("Latitude of corner 1", exact=True)
        expect(latitude).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type("60.1667")
        page.keyboard.press("Tab")
        page.get_by_label("Add a corner after corner 2").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".corners li")).to_have_count(5)
        page.get_by_label("Remove corner 3").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".corners li")).to_have_count(4)
        page.get_by_role("button", name="Move", exact=True).focus()
        page.keyboard.press("Shift+ArrowUp")
        expect(latitude).not_to_have_value("60.1667")
        page.get_by_role("button", name="Save", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".toast")).to_contain_text("is saved: version 1")
        handles = page.locator(".marker-icon[tabindex]")
        expect(handles).to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_editor_speaks_the_page_language(city: RunningCity, browser: Browser, language: str) -> None:
    with planner_page(city, browser) as page:
        parcel = some_parcel(page, city, 8)
        edit_parcel(page, city, parcel, language)
        save_word = {"fr": "Enregistrer", "ar": "حفظ"}[language]
        expect(page.get_by_role("button", name=save_word, exact=True)).to_be_visible()
        editor, area = page.locator("#editor").bounding_box(), page.locator("#city-map").bounding_box()
        assert editor and area and (editor["x"] < area["x"]) == (language == "ar")
        assert page.locator(".map-holder").get_attribute("dir") == "ltr"


def test_the_editor_fits_a_phone(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser, **PHONE) as page:
        parcel = some_parcel(page, city, 8)
        open_map(page, f"{city.url}/?lang=en{place_of(parcel)}")
        page.locator("#edit-open").tap()
        page.get_by_label("Layer to edit").select_option("parcels")
        box = page.locator("#city-map").bounding_box()
        assert box and box["height"] > 250
        page.locator("#city-map").tap()
        expect(page.locator(".edit-heading h2")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Reshape").tap()
        handle = page.locator(".marker-icon:not(.marker-icon-middle)").first.bounding_box()
        assert handle and handle["width"] >= 30
        button = page.get_by_role("button", name="Save", exact=True).bounding_box()
        assert button and button["height"] >= 44 and button["y"] + button["height"] <= 844
