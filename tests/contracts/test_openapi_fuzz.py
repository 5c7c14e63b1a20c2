"""Requests made from the OpenAPI document, fit and unfit, by the public and by a planner: each gets an answer that the
document knows, and none breaks the service."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.benchmarks.servers import Client
from tests.conftest import ROOT
from tests.e2e.feature_service import Planner, Service, feature_service, tree

pytestmark = pytest.mark.django_db  # the tests' database is copied; nothing is written into it

SEED = 20_261
EXAMPLES = 6  # of each kind for each operation
TREES = 5
TIMEOUT_S = 30
CONFORMING = [
    status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def service(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    if not (ROOT / "frontend" / "static" / "build" / "map.js").is_file():
        pytest.skip("the front end is not built, and pages need it: npm ci && npm run build")
    with feature_service(tmp_path_factory.mktemp("var")) as made:
        made.manage("collectstatic", "--noinput", "-v0")
        yield made


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[Client]:
    with service.serving(workers=2) as running:
        planner = Planner(running.port, service.token)
        features = [tree(f"tree {n}", counter=2000 + n) for n in range(TREES)]
        made = planner.ask(
            "POST", "/collections/trees/items", {"type": "FeatureCollection", "features": features}
        )
        assert made.status == 201, made.body
        yield running


@dataclass
class Findings:
    """What went wrong, one line each; how many requests were answered, by status."""

    broken: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def note(self, case: schemathesis.Case, response: Any) -> None:
        status = response.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1
        kind = response.headers.get("content-type", [""])
        kind = kind if isinstance(kind, str) else kind[0]
        told = f"{case.method} {case.formatted_path} query={case.query} body={str(case.body)[:300]}"
        if status >= 500:
            self.broken.append(f"{status} {told}: {response.text[:300]}")
        elif status >= 400 and "html" not in kind and kind != "application/problem+json":
            self.broken.append(f"{status} as {kind!r} {told}")


@pytest.mark.parametrize("who", ["public", "planner"])
def test_no_request_of_the_document_breaks_the_service(service: Service, client: Client, who: str) -> None:
    headers = {} if who == "public" else {"authorization": f"Bearer {service.token}"}
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{client.port}/api?f=json", headers=headers)
    findings, chance = Findings(), random.Random(SEED)  # noqa: S311  a seed, no secret
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(operation, mode, headers, chance, findings)
    assert findings.broken == [], f"{len(findings.broken)} of {findings.statuses}:\n" + "\n".join(
        findings.broken[:20]
    )
    assert findings.statuses.get(200, 0) > 100 and sum(findings.statuses.values()) > 500, findings.statuses
    log = (service.var / "server.log").read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in log, log[-3000:]


def _try(
    operation: Any, mode: GenerationMode, headers: dict[str, str], chance: random.Random, findings: Findings
) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        _aim(case, chance)
        response = case.call(headers=headers, timeout=TIMEOUT_S)
        findings.note(case, response)
        if (
            response.status_code != 405
        ):  # an id that is no number has other methods than the path of the document
            case.validate_response(response, checks=CONFORMING)

    try:
        ask()
    except (schemathesis.errors.InvalidSchema, AssertionError):
        raise
    except Exception as error:
        if "unsatisfi" not in str(error).lower() and type(error).__name__ != "Unsatisfiable":
            raise


def _aim(case: schemathesis.Case, chance: random.Random) -> None:
    """Half of the requests speak of a feature that exists."""
    if "featureId" in (case.path_parameters or {}) and chance.random() < 0.5:
        case.path_parameters |= {"collectionId": "trees", "featureId": chance.randint(1, TREES)}
        if "version" in case.path_parameters:
            case.path_parameters["version"] = 1
        if case.method in {"PUT", "PATCH", "DELETE"}:
            case.headers["If-Match"] = f'"{chance.randint(1, 3)}"'
