"""Every process of the settings goes through the same checks."""

from __future__ import annotations

import jsonschema
import pytest

from gis_core.errors import InvalidInput
from gis_core.jobs.registry import checked_inputs, offered_processes, processes
from gis_core.permissions import Role

pytestmark = pytest.mark.django_db
every_process = pytest.mark.parametrize("process", processes().values(), ids=processes())
every_offered_process = pytest.mark.parametrize(
    "process", offered_processes().values(), ids=offered_processes()
)


@every_offered_process
def test_description_is_valid_json_schema_with_titles(process, client):
    document = client.get(f"/processes/{process.id}?lang=fr").json()
    assert document["id"] == process.id
    for name, described in document["inputs"].items():
        jsonschema.Draft202012Validator.check_schema(described["schema"])
        assert described["title"], name
        if "default" in described["schema"]:
            jsonschema.validate(described["schema"]["default"], described["schema"])


@every_offered_process
def test_page_offers_the_process_to_its_role_only(process, client, admin_client):
    assert process.role in set(Role)
    page = f"/processes/{process.id}?f=html&lang=en"
    assert "<form" not in client.get(page).text.partition("<main")[2]
    assert f'action="/processes/{process.id}/execution' in admin_client.get(page).text


@every_process
def test_unknown_input_is_named(process):
    with pytest.raises(InvalidInput, match="has no input colour"):
        checked_inputs(process, {"colour": "red"})


@every_offered_process
def test_visitor_cannot_start_it(process, client):
    answer = client.post(f"/processes/{process.id}/execution", {}, content_type="application/json")
    assert answer.status_code == 401
