"""The server is killed in the middle of a thousand edits: what it acknowledged is there, nothing is there by half."""

from __future__ import annotations

import http.client
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.feature_service import PATCH_TYPE, Answer, Planner, Service, feature_service, tree

pytestmark = pytest.mark.django_db  # the tests' database is copied; nothing is written into it

EDITS, WRITERS, KILL_AFTER = 1000, 8, 400
ITEMS = "/collections/trees/items"
TOGETHER = 3  # features of one request, made all or none


@dataclass
class Ledger:
    """What the writers asked for and what they were told, kept on their side of the wire."""

    asked: list[str] = field(default_factory=list)  # keys of POST requests
    made: dict[str, Answer] = field(default_factory=dict)  # key -> acknowledgement
    counted: dict[int, int] = field(default_factory=dict)  # feature -> last acknowledged count
    acknowledged: int = 0
    enough: threading.Event = field(default_factory=threading.Event)

    def note(self) -> None:
        self.acknowledged += 1
        if self.acknowledged >= KILL_AFTER:
            self.enough.set()


@pytest.fixture(scope="module")
def service(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with feature_service(tmp_path_factory.mktemp("var")) as made:
        yield made


def body_of(key: str) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [tree(f"{key}/{n}") for n in range(TOGETHER)]}


def create(planner: Planner, key: str) -> Answer:
    return planner.ask("POST", ITEMS, body_of(key), idempotency_key=key)


def count_up(planner: Planner, feature_id: int, version: int) -> Answer:
    patch = {"properties": {"planted_year": version}}
    path = f"{ITEMS}/{feature_id}"
    return planner.ask("PATCH", path, patch, content_type=PATCH_TYPE, if_match=f'"{version}"')


def write(number: int, planner: Planner, feature_id: int, ledger: Ledger) -> None:
    """Creations and changes in turn until the work is done or the server is gone."""
    version = 1
    try:
        for turn in range(EDITS // WRITERS // 2):
            key = f"writer {number}, turn {turn}"
            ledger.asked.append(key)
            made = create(planner, key)
            assert made.status == 201, made.body
            ledger.made[key] = made
            ledger.note()
            changed = count_up(planner, feature_id, version)
            assert changed.status == 204, changed.body
            ledger.counted[feature_id] = version
            version += 1
            ledger.note()
    except (OSError, http.client.HTTPException):
        return  # killed: what was asked last is unacknowledged


def features_to_count(planner: Planner) -> list[int]:
    answers = [create(planner, f"start {n}") for n in range(WRITERS // TOGETHER + 1)]
    return [edit["id"] for answer in answers for edit in answer.document["edits"]]


def run_until_killed(service: Service, ledger: Ledger) -> None:
    with service.serving(workers=2) as client:
        ids = features_to_count(Planner(client.port, service.token))
        planners = [Planner(client.port, service.token) for _ in range(WRITERS)]
        threads = [
            threading.Thread(target=write, args=(n, planner, ids[n], ledger))
            for n, planner in enumerate(planners)
        ]
        for thread in threads:
            thread.start()
        assert ledger.enough.wait(120), "the writers are too slow"
        os.killpg(client.group, signal.SIGKILL)
        for thread in threads:
            thread.join(60)
    assert KILL_AFTER <= ledger.acknowledged < EDITS


def test_kill_in_the_middle_of_a_thousand_edits(service: Service) -> None:
    ledger = Ledger()
    run_until_killed(service, ledger)
    assert_nothing_by_half(service)
    for feature_id, count in ledger.counted.items():
        (row,) = service.rows("SELECT planted_year FROM layers_tree WHERE id = %s", feature_id)
        assert count <= row[0] <= count + 1, (
            "the last change may have been made without the answer having arrived"
        )
    for key in ledger.made:
        assert created(service, key) == TOGETHER, key
    lost = [key for key in ledger.asked if key not in ledger.made]
    assert len(lost) <= WRITERS
    with service.serving(workers=2) as client:
        assert_repeated_once(service, Planner(client.port, service.token), ledger, lost)


def assert_repeated_once(service: Service, planner: Planner, ledger: Ledger, lost: list[str]) -> None:
    """Every writer sends again what was not acknowledged, and some of what was: each exists once."""
    known = list(ledger.made)[-5:]
    for key in [*lost, *known]:
        again = create(planner, key)
        assert again.status == 201, again.body
        assert created(service, key) == TOGETHER, key
        if key in known:
            assert again.document == ledger.made[key].document
    assert_nothing_by_half(service)


def created(service: Service, key: str) -> int:
    return int(
        service.rows("SELECT count(*) FROM layers_tree WHERE starts_with(species, %s)", f"{key}/")[0][0]
    )


def assert_nothing_by_half(service: Service) -> None:
    """Each feature has its whole history, each batch all of its features, each receipt its answer."""
    checks: dict[str, str] = {
        "a feature differs from its last history row": (
            "SELECT t.id FROM layers_tree t LEFT JOIN LATERAL (SELECT * FROM layers_treeevent e WHERE e.id = t.id"
            " ORDER BY pgh_id DESC LIMIT 1) e ON true WHERE (t.version, t.planted_year, t.species, t.geom::text)"
            " IS DISTINCT FROM (e.version, e.planted_year, e.species, e.geom::text)"
        ),
        "a version is missing or twice": (
            "SELECT id FROM layers_treeevent GROUP BY id HAVING count(*) <> max(version)"
            " OR count(DISTINCT version) <> max(version)"
        ),
        "a request was made in part": (
            "SELECT split_part(species, '/', 1) FROM layers_tree GROUP BY 1"
            f" HAVING count(*) <> {TOGETHER} OR count(DISTINCT species) <> {TOGETHER}"
        ),
        "a history row has no reason": "SELECT pgh_id FROM layers_treeevent WHERE pgh_context_id IS NULL",
        "a receipt has no answer": "SELECT key FROM layers_receipt WHERE status <> 201",
    }
    for told, query in checks.items():
        assert service.rows(query) == [], told
