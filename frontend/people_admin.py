"""Users with their work areas, and tokens to look at and revoke, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from frontend.people import district_names, role_titles
from gis_core.actors import actor_of_user
from gis_core.models import Token, WorkArea
from gis_core.tokens import revoke_token


class WorkAreaForm(forms.ModelForm):
    """Offers the districts there are, and what was chosen before even when that district is gone."""

    area = forms.ChoiceField(label=_("District"))

    class Meta:
        model = WorkArea
        fields = ("area",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = district_names()
        kept = {self.instance.area: self.instance.area} if self.instance.area else {}
        self.fields["area"].choices = [("", "–"), *(kept | known).items()]


class WorkAreaInline(admin.TabularInline):
    model = WorkArea
    form = WorkAreaForm
    extra = 1
    verbose_name_plural = _("Work areas; none means the whole city")


class PersonAdmin(UserAdmin):
    """Roles are the groups of the same name."""

    inlines = (WorkAreaInline,)
    list_display = ("username", "first_name", "last_name", "roles", "is_active", "last_login")
    list_filter = ("groups", "is_active", "is_superuser")

    @admin.display(description=_("Roles"))
    def roles(self, user: User) -> str:
        return ", ".join(role_titles(actor_of_user(user).roles))


class TokenAdmin(admin.ModelAdmin):
    """Tokens are made by their owners; here they can only be revoked."""

    list_display = (
        "prefix",
        "user",
        "name",
        "scopes",
        "unconditional",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    list_filter = ("unconditional", "user")
    list_select_related = ("user",)
    search_fields = ("prefix", "name", "user__username")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description=_("Revoke the chosen tokens"))
    def revoke(self, request: HttpRequest, chosen: QuerySet) -> None:
        for token in chosen:
            revoke_token(token)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def register_people() -> None:
    admin.site.unregister(User)
    admin.site.register(User, PersonAdmin)
    admin.site.register(Token, TokenAdmin)
