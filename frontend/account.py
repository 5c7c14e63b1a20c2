"""The account page: my roles and work areas, my tokens, my password; only for who signed in on a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from frontend.people import area_names, role_titles
from gis_core.actors import actor_of
from gis_core.errors import NotAllowed, NotAuthenticated
from gis_core.models import Token
from gis_core.tokens import DEFAULT_DAYS, MAX_DAYS, make_token, revoke_token

LIFETIMES_DAYS = (7, 30, DEFAULT_DAYS, 180, MAX_DAYS)
READ, BOTH = "read", "read,write"


class TokenForm(forms.Form):
    """What a person says of a new token."""

    name = forms.CharField(max_length=100)
    scope = forms.ChoiceField(
        choices=[(READ, gettext_lazy("Read only")), (BOTH, gettext_lazy("Read and change"))]
    )
    days = forms.TypedChoiceField(choices=[(days, days) for days in LIFETIMES_DAYS], coerce=int)
    unconditional = forms.BooleanField(required=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_page(request: HttpRequest) -> HttpResponse:
    """POST makes a token and shows it in the answer: it is kept nowhere, so there is no page to come back to."""
    _require_session(request)
    form = TokenForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, token_form=form)
    wanted = form.cleaned_data
    token, secret = make_token(
        request.user,
        name=wanted["name"],
        scopes=wanted["scope"].split(","),
        days=wanted["days"],
        unconditional=wanted["unconditional"] and wanted["scope"] == BOTH,
    )
    return _page(request, made={"token": token, "secret": secret})


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    _require_session(request)
    revoke_token(get_object_or_404(Token, pk=token_id, user=request.user))
    return HttpResponseRedirect(f"{reverse('account')}?done=revoked#tokens")


@never_cache
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """The other sessions of the account end; this one goes on under a new key."""
    _require_session(request)
    if not request.user.has_usable_password():
        raise NotAllowed(_("This account has no password here; change it where you sign in."))
    form = PasswordChangeForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, password_form=form)
    update_session_auth_hash(request, form.save())
    return HttpResponseRedirect(f"{reverse('account')}?done=password")


def _require_session(request: HttpRequest) -> None:
    if actor_of(request).token:
        raise NotAllowed(
            _("A token neither makes tokens nor changes an account; sign in on the page /account.")
        )
    if not request.user.is_authenticated:
        raise NotAuthenticated(_("Sign in to see your account."))


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "roles": role_titles(actor.roles),
        "areas": area_names(actor.areas),
        "tokens": [token for token in Token.objects.filter(user=request.user) if token.live],
        "token_form": TokenForm(),
        "lifetimes": [(days, _days_text(days), days == DEFAULT_DAYS) for days in LIFETIMES_DAYS],
        "password_form": None,
        "has_password": request.user.has_usable_password(),
        "done": request.GET.get("done", "") if request.method == "GET" else "",
        "address": request.build_absolute_uri("/").rstrip("/"),
        **more,
    }
    return render(request, "account/account.html", context)


def _days_text(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
