"""The admin shows every collection on our own map and changes none."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from layers.registry import COLLECTIONS, get_collection
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db


def district() -> int:
    load_features("districts", frame(external_id=["d1"], name_fr=["Anfa"], geom=[square(-7.65, 33.58)]))
    return get_collection("districts").model.objects.get().pk


@pytest.mark.parametrize("collection_id", COLLECTIONS)
def test_every_collection_is_listed(admin_client: Client, collection_id: str) -> None:
    model = COLLECTIONS[collection_id].model
    assert admin.site.is_registered(model)
    assert admin_client.get(reverse(f"admin:layers_{model._meta.model_name}_changelist")).status_code == 200


def test_a_feature_is_shown_on_a_map_without_a_way_to_save(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:layers_district_change", args=[district()])).content.decode()
    assert "Anfa" in page and "build/admin.js" in page
    assert 'name="_save"' not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_a_feature_cannot_be_changed_added_or_deleted(admin_client: Client) -> None:
    key = district()
    changed = admin_client.post(reverse("admin:layers_district_change", args=[key]), {"name_fr": "Other"})
    assert changed.status_code == 403
    assert admin_client.get(reverse("admin:layers_district_add")).status_code == 403
    assert (
        admin_client.post(reverse("admin:layers_district_delete", args=[key]), {"post": "yes"}).status_code
        == 403
    )
    assert get_collection("districts").model.objects.get().name_fr == "Anfa"
