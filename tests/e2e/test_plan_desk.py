"""A planner draws an area, imports a plan, moves several stops, publishes and goes back, in Chromium; axe looks on."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT
from tests.e2e.browser import PHONE
from tests.e2e.editing import fetch, planner_page
from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def tasks_of(page: Page, city: RunningCity, plan: str) -> dict[str, list[str]]:
    """By vehicle, in driving order."""
    address = f"{city.url}/collections/route-stops/items?plan={plan}&kind=container&sortby=route,sequence"
    found: dict[str, list[str]] = {}
    for stop in fetch(page, f"{address}&limit=5000")["features"]:
        vehicle = stop["properties"]["route"].removeprefix(f"plan/{plan}/")
        found.setdefault(vehicle, []).append(stop["properties"]["container"])
    return found


def make_plan(page: Page, title: str) -> str:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Seconds of search per district").fill("1")
    page.get_by_role("button", name="Make the plan").click()
    return opened(page)


def opened(page: Page, other_than: str = "") -> str:
    """The plan that is open now."""
    page.wait_for_url(
        lambda url: "#plan=" in url and not (other_than and url.endswith(other_than)), timeout=120_000
    )
    page.wait_for_selector("body[data-ready] .crews")
    return page.url.partition("#plan=")[2]


def open_plan(page: Page, city: RunningCity, plan: str, language: str = "en") -> None:
    page.goto(f"{city.url}/routes?lang={language}#plan={plan}")
    page.wait_for_selector("body[data-ready] .crews")


@pytest.fixture(scope="module")
def plan(city: RunningCity, browser: Browser) -> str:
    """Of the whole city, with more than one crew."""
    with planner_page(city, browser) as page:
        page.goto(f"{city.url}/routes?lang=en#new")
        page.get_by_label("Only containers that are due").uncheck()
        return make_plan(page, "Of a test of the desk")


def test_area_drawn_corner_by_corner_bounds_the_plan(city: RunningCity, browser: Browser, plan: str) -> None:
    with planner_page(city, browser) as page:
        page.goto(f"{city.url}/routes?lang=en#new")
        page.get_by_label("Only containers that are due").uncheck()
        page.get_by_role("button", name="Draw an area on the map").click()
        box = page.locator("#routes-map").bounding_box()
        assert box
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for dx, dy in ((-90, -200), (90, -200), (90, 60), (0, 90), (-90, 60)):
            page.mouse.click(middle[0] + dx, middle[1] + dy)
            page.wait_for_timeout(350)  # else two clicks are a double one
        page.keyboard.press("Backspace")
        page.keyboard.press("Enter")
        expect(page.locator(".area-drawing")).to_contain_text("Only what lies in the area is planned.")
        drawn = make_plan(page, "Of an area")
        inside, whole = (set().union(*tasks_of(page, city, id).values()) for id in (drawn, plan))
        assert inside < whole


def test_plan_is_published_replaced_and_published_again(
    city: RunningCity, browser: Browser, plan: str
) -> None:
    with planner_page(city, browser) as page:
        page.goto(f"{city.url}/routes?lang=en#new={plan}")
        page.get_by_label("Only containers that are due").uncheck()
        later = make_plan(page, "A later one")
        for id, button in ((plan, "Publish"), (later, "Publish"), (plan, "Publish again")):
            open_plan(page, city, id)
            page.get_by_role("button", name=button, exact=True).click()
            page.get_by_role("dialog").get_by_role("button", name="Publish").click()
            expect(page.locator(".toast")).to_contain_text("Published:", timeout=60_000)
            expect(page.locator(".dock-heading .status")).to_have_text("Published")
        public = fetch(page, f"{city.url}/collections/collection-routes/items?published=true")["features"]
        assert {plan} == {own["properties"]["plan"] for own in public} & {plan, later}
        open_plan(page, city, later)
        expect(page.locator(".dock-heading .status")).to_have_text("Replaced")


def test_several_stops_move_together_after_their_price(
    city: RunningCity, browser: Browser, plan: str
) -> None:
    with planner_page(city, browser) as page:
        open_plan(page, city, plan)
        before = tasks_of(page, city, plan)
        own, other = min(before, key=lambda v: len(before[v])), max(before, key=lambda v: len(before[v]))
        own, other = (other, own) if own == other else (own, other)
        page.get_by_role("button", name=own).press("Enter")
        ticks = page.locator("[data-tick]")
        ticks.nth(0).press("Space")
        ticks.nth(2).press("Shift+Space")
        ticks.nth(1).press("Space")
        expect(page.get_by_role("group", name="Ticked stops")).to_contain_text("2 stops")
        page.get_by_label("To crew").select_option(other)
        page.locator("#visits-move").press("Enter")
        question = page.get_by_role("dialog", name=f"Move 2 stops to {other}?")
        expect(question.locator(".price dd").first).to_have_text(re.compile(r"^[+−±]"), timeout=30_000)
        question.get_by_role("button", name="Move all").press("Enter")
        after = tasks_of(page, city, opened(page, plan))
        moved = {before[own][0], before[own][2]}
        assert moved <= set(after[other]) and not moved & set(after[own])


def bring(page: Page, rows: list[str]) -> None:
    text = "\n".join(["vehicle;item;order", *rows])
    file = {"name": "plan.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Check and import").click()


def test_imported_plan_names_its_faults_then_opens(city: RunningCity, browser: Browser, plan: str) -> None:
    with planner_page(city, browser) as page:
        tasks = tasks_of(page, city, plan)
        rows = [f"{v};{task};{n}" for v, own in tasks.items() for n, task in enumerate(own, 1)]
        page.goto(f"{city.url}/routes?lang=en")
        page.get_by_role("link", name="Import a plan").click()
        page.get_by_label("Title").fill("As driven today")
        bring(page, ["no truck" + rows[0][rows[0].index(";") :], *rows[1:]])
        alert = page.locator("form [role=alert]")
        expect(alert).to_contain_text("Row 2: there is no vehicle no truck", timeout=60_000)
        bring(page, rows)
        assert tasks_of(page, city, opened(page)) == tasks
        expect(page.get_by_role("heading", name="As driven today")).to_be_visible()


def test_rest_of_the_day_is_planned_from_what_each_crew_has_done(
    city: RunningCity, browser: Browser, plan: str
) -> None:
    with planner_page(city, browser) as page:
        open_plan(page, city, plan)
        before = tasks_of(page, city, plan)
        page.get_by_role("link", name="Plan the rest of the day…").click()
        crews = {crew: page.get_by_role("group", name=crew).get_by_label("Served up to") for crew in before}
        page.get_by_label("Time now").fill("15:00")  # all is done by then
        for crew, last in crews.items():
            expect(last).to_have_value(str(len(before[crew]) - 1))
        page.get_by_label("Time now").fill("06:30")
        for last in crews.values():
            last.select_option("2")
        page.get_by_role("button", name="Plan the rest", exact=True).click()
        after = tasks_of(page, city, opened(page))
        left = chain.from_iterable(own[3:] for own in before.values())
        assert sorted(chain.from_iterable(after.values())) == sorted(left)


def test_kerbside_plan_lists_its_streets_and_says_why(city: RunningCity, browser: Browser) -> None:
    with planner_page(city, browser) as page:
        page.goto(f"{city.url}/routes?lang=en#new")
        page.get_by_label("Kerbside, street by street").check()
        expect(page.get_by_label("Only containers that are due")).to_be_hidden()
        page.locator(".check-list").first.get_by_role("checkbox").first.check()
        kerb = make_plan(page, "Of streets")
        streets = fetch(page, f"{city.url}/collections/route-streets/items?plan={kerb}&limit=5000")[
            "features"
        ]
        page.locator(".crew-pick").first.click()
        own = [
            s for s in streets if s["properties"]["vehicle"] == page.locator(".crew-pick").first.inner_text()
        ]
        expect(page.locator("button.visit")).to_have_count(len(own))
        page.locator("button.visit").first.click()
        why = page.get_by_role("region", name="The stop or street chosen")
        expect(why.locator(".why-verdict")).to_be_visible(timeout=30_000)


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci")
def test_axe_finds_nothing_on_the_plan_page(city: RunningCity, browser: Browser, plan: str) -> None:
    with planner_page(city, browser, **PHONE) as page:
        open_plan(page, city, plan, "ar")
        page.locator(".crew-pick").first.click()
        page.locator("[data-tick]").first.click()
        for address in (f"#plan={plan}", "#import", "#new"):
            page.goto(f"{city.url}/routes?lang=ar{address}")
            page.wait_for_selector(".crews" if "plan" in address else ".plan-form")
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("axe.run()")["violations"]
            assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") == 390
