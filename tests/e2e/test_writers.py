"""Fifty people write the same few features at once: nobody's work is lost, and the history tells all of it."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.e2e.feature_service import PATCH_TYPE, Planner, Service, feature_service, tree

pytestmark = pytest.mark.django_db  # the tests' database is copied; nothing is written into it

WRITERS, EDITS_EACH, FEATURES = 50, 40, 40
BLIND_EVERY = 20  # each writer forgets his precondition once in so many edits


@dataclass
class Log:
    """What one writer was told: (feature, version, comment) of each success, the status of each refusal."""

    won: list[tuple[int, int, str]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


@pytest.fixture(scope="module")
def service(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with feature_service(tmp_path_factory.mktemp("var")) as made:
        yield made


def write(number: int, planner: Planner, ids: list[int], log: Log) -> None:
    """Read a feature, count one up, write it with the version that was read; whoever is too late tries again."""
    chance = random.Random(number)  # noqa: S311  a seed, no secret
    for turn in range(EDITS_EACH):
        path = f"/collections/trees/items/{chance.choice(ids)}"
        feature = planner.ask("GET", path)
        counted = feature.document["properties"]["planted_year"] + 1
        comment = f"writer {number}, edit {turn}"
        seen = {} if turn % BLIND_EVERY == BLIND_EVERY - 1 else {"if_match": feature.headers["etag"]}
        answer = planner.ask(
            "PATCH", path, {"properties": {"planted_year": counted}},
            content_type=PATCH_TYPE, change_comment=comment.replace(" ", "%20"), **seen,
        )  # fmt: skip
        if answer.status == 204:
            log.won.append((int(path.rpartition("/")[2]), int(answer.headers["etag"].strip('"')), comment))
        else:
            log.lost.append(answer.status)


def test_no_update_is_lost_among_fifty_writers(service: Service) -> None:
    logs = [Log() for _ in range(WRITERS)]
    with service.serving(workers=2) as client:
        made = Planner(client.port, service.token).ask(
            "POST", "/collections/trees/items",
            {"type": "FeatureCollection", "features": [tree(f"counter {n}") for n in range(FEATURES)]},
        )  # fmt: skip
        assert made.status == 201, made.body
        ids = [edit["id"] for edit in made.document["edits"]]
        planners = [Planner(client.port, service.token) for _ in logs]
        threads = [
            threading.Thread(target=write, args=(n, planner, ids, log))
            for n, (planner, log) in enumerate(zip(planners, logs, strict=True))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    won = [success for log in logs for success in log.won]
    lost = Counter(status for log in logs for status in log.lost)
    assert len(won) + lost.total() == WRITERS * EDITS_EACH == 2000
    assert set(lost) == {412, 428}, lost
    assert lost[428] == WRITERS * EDITS_EACH / BLIND_EVERY
    assert_counted(service, Counter(feature_id for feature_id, _version, _comment in won), ids)
    assert_history(service, won)


def assert_counted(service: Service, successes: Counter[int], ids: list[int]) -> None:
    """Each feature counted exactly as far as it was written."""
    rows = service.rows("SELECT id, planted_year, version FROM layers_tree ORDER BY id")
    assert rows == [(id, successes[id], successes[id] + 1) for id in sorted(ids)]


def assert_history(service: Service, won: list[tuple[int, int, str]]) -> None:
    """One row for each success, with its comment; the versions of a feature without a gap, in the order of time."""
    rows = service.rows(
        "SELECT e.id, e.version, c.metadata->>'comment', c.metadata->>'actor', e.planted_year"
        " FROM layers_treeevent e JOIN pghistory_context c ON c.id = e.pgh_context_id"
        " WHERE e.pgh_label = 'update' ORDER BY e.pgh_id"
    )
    assert sorted((id, version, comment) for id, version, comment, *_ in rows) == sorted(won)
    assert {actor for *_, actor, _counter in rows} == {"planner-e2e"}
    last: dict[int, int] = {}
    for id, version, _comment, _actor, counter in rows:
        assert version == last.get(id, 1) + 1 == counter + 1
        last[id] = version
    backwards = service.rows(
        "SELECT count(*) FROM (SELECT pgh_created_at < lag(pgh_created_at) OVER (PARTITION BY id ORDER BY pgh_id) AS b"
        " FROM layers_treeevent) AS steps WHERE b"
    )
    assert backwards == [(0,)]
