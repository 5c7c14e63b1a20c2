"""Two people on one parcel, and what the history gives back, in real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import open_map
from tests.e2e.editing import (
    edit_parcel,
    item,
    move_inward,
    place_of,
    planner_page,
    save,
    some_parcel,
)
from tests.e2e.running_city import _MAKE_PLANNER, PLANNER, RunningCity

pytestmark = pytest.mark.e2e

OTHER_PLANNER = ("planner-two", PLANNER[1])


@pytest.fixture(scope="module", autouse=True)
def other_planner(city: RunningCity) -> None:
    city.manage("shell", "-c", _MAKE_PLANNER.format(name=OTHER_PLANNER[0], password=OTHER_PLANNER[1]))


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
