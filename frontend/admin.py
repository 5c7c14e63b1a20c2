"""Every collection in the admin, to look at: changes go through layers.services only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import Media, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletGeoAdmin

from gis_core.jobs.models import Job
from layers.definitions import INTERNAL, STAMPS, Collection
from layers.registry import COLLECTIONS

LISTED_FIELDS = 6
SAFE_METHODS = ("GET", "HEAD")

admin.site.site_header = "CasaGIS"
admin.site.site_title = "CasaGIS"
admin.site.index_title = _("Administration of users and data")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows the form of a row without a way to send it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.method in SAFE_METHODS and super().has_view_permission(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        for field in form.base_fields.values():
            field.disabled = True
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        context.update(show_save=False, show_save_and_continue=False, show_close=True)
        return super().render_change_form(request, context, **kwargs)


class CollectionAdmin(ReadOnlyAdmin, LeafletGeoAdmin):
    """Made for one collection by `register_collections`; its map stands on our own base layers."""

    modifiable = False
    list_per_page = 50
    show_full_result_count = False

    @property
    def media(self) -> Media:
        return super().media + Media(js=["build/admin.js"])


def register_collections() -> None:
    for collection in COLLECTIONS.values():
        admin.site.register(collection.model, _admin_of(collection))


def _admin_of(collection: Collection) -> type[CollectionAdmin]:
    names = [field.name for field in collection.fields if field.name not in STAMPS | INTERNAL]
    return type(
        f"{collection.model.__name__}Admin",
        (CollectionAdmin,),
        {
            "list_display": ("__str__", *[name for name in names if name != "external_id"][:LISTED_FIELDS]),
            "list_filter": ("source",),
            "search_fields": (
                "external_id",
                *(["name_fr", "name_ar", "name_en"] if collection.named else []),
            ),
        },
    )


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("process_id", "actor", "status", "progress", "created", "finished")
    list_filter = ("status", "process_id")


register_collections()
