"""Every collection in the admin, to look at: changes go through layers.services only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.forms import Media, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletGeoAdmin

from frontend.people_admin import register_people
from gis_core.actors import actor_of
from gis_core.jobs.models import Job
from layers.definitions import INTERNAL, STAMPS, Collection
from layers.models import CollectionRight
from layers.policy import access_to, forget_rights, readable
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
    """Made for one collection by `register_collections`; its map stands on our own base layers.

    What a member of staff sees here is what the policy lets them see anywhere.
    """

    collection: Collection

    modifiable = False
    list_per_page = 50
    show_full_result_count = False

    @property
    def media(self) -> Media:
        return super().media + Media(js=["build/admin.js"])

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff and any(
            a.collection is self.collection for a in readable(actor_of(request))
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.method in SAFE_METHODS and self.has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows, params = access_to(actor_of(request), self.collection).rows(self.collection.table)
        allowed = RawSQL(rows.as_string(), params, output_field=BooleanField())  # noqa: S611  the policy's own
        return super().get_queryset(request).alias(allowed=allowed).filter(allowed=True)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return sorted(access_to(actor_of(request), self.collection).hidden)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        hidden = access_to(actor_of(request), self.collection).hidden
        return [name for name in self.list_display if name not in hidden]


def register_collections() -> None:
    for collection in COLLECTIONS.values():
        admin.site.register(collection.model, _admin_of(collection))


def _admin_of(collection: Collection) -> type[CollectionAdmin]:
    names = [field.name for field in collection.fields if field.name not in STAMPS | INTERNAL]
    return type(
        f"{collection.model.__name__}Admin",
        (CollectionAdmin,),
        {
            "collection": collection,
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


@admin.register(CollectionRight)
class CollectionRightAdmin(admin.ModelAdmin):
    """Rights of this installation, in place of the catalogue's; they hold everywhere within a second."""

    list_display = ("collection", "role", "read", "write", "hidden", "locked")
    list_filter = ("collection", "role")

    def save_model(self, request: HttpRequest, obj: CollectionRight, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(forget_rights)


register_collections()
register_people()
