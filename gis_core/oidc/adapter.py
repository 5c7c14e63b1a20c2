"""What an OpenID sign-in does here: a new account of the public, never the account of somebody else."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gis_core.problems import problem, problem_response

log = logging.getLogger(__name__)


class QuietAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's own pages do not exist here, and its messages would be shown by none of ours."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        return

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        detail = _("This account is closed; ask an administrator.")
        return problem_response(request, problem(403, "Not allowed", detail))


class CityAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An account is known by the provider's `sub` alone; name and e-mail address are only copied to a new one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        email = sociallogin.user.email
        if not sociallogin.is_existing and email and _is_taken(email):
            raise ImmediateHttpResponse(problem_response(request, _taken(email)))
        sociallogin.email_addresses.clear()  # kept nowhere but in the account itself

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        log.warning("sign-in by %s failed: %s %s", provider.name, error, exception or "")
        detail = _("%(provider)s did not sign you in. Try again, or ask an administrator.") % {
            "provider": provider.name
        }
        raise ImmediateHttpResponse(problem_response(request, problem(401, "Not signed in", detail)))


def _is_taken(email: str) -> bool:
    return get_user_model().objects.filter(email__iexact=email).exists()


def _taken(email: str) -> dict[str, Any]:
    detail = _(
        "There is an account with the e-mail address %(email)s already, and it is not opened by another sign-in. "
        "Sign in to it by its password, or ask an administrator."
    )
    return problem(409, "Conflict", detail % {"email": email})
