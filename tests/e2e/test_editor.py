"""A planner edits the map in real Chromium: draw, reshape, undo, repair, drafts, keyboard, phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import DESKTOP, PHONE, open_map, watched_page
from tests.e2e.editing import (
    LAYERS,
    box_of,
    corner,
    drag,
    edit_parcel,
    fetch,
    item,
    parcel_with_shared_corner,
    place_of,
    planner_page,
    save,
    screen_place,
    some_parcel,
)
from tests.e2e.running_city import PLANNER, RunningCity

pytestmark = pytest.mark.e2e


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
        page.get_by_label("Condition", exact=True).select_option(label="Good")
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
