"""The two addresses of an OpenID sign-in: out to the provider, and back."""

from __future__ import annotations

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView, OAuth2View
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from requests import RequestException

from gis_core.errors import InvalidInput, NotFound, Unavailable
from gis_core.oidc.provider import VerifyingAdapter


@require_safe
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    if "process" in request.GET:  # allauth would join accounts, at the sight of a mere link
        raise InvalidInput("process is not offered here.")
    return _through(OAuth2LoginView, request, provider_id)


@require_safe
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _through(OAuth2CallbackView, request, provider_id)


def _through(view: type[OAuth2View], request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(VerifyingAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise NotFound(f"There is no sign-in by {provider_id!r} here.") from error
    except RequestException as error:
        raise Unavailable(
            _("The sign-in service does not answer. Try again later, or sign in by a password.")
        ) from error
    return response


urlpatterns = [
    path("oidc/<str:provider_id>/login", begin, name="openid_connect_login"),
    path("oidc/<str:provider_id>/callback", come_back, name="openid_connect_callback"),
]
