"""OpenID Connect as allauth knows it, with the signature of the ID token always checked."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """allauth skips the signature of what came straight from the provider; the network between is not always TLS."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        """Raises OAuth2Error without an ID token, or when the user info speaks of somebody else (Core 5.3.2)."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The provider sent no ID token.")
        login = super().complete_login(request, app, token, **kwargs)
        data = login.account.extra_data
        if "userinfo" in data and data["userinfo"].get("sub") != data["id_token"]["sub"]:
            raise OAuth2Error("The user info is not that of the ID token.")
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


class VerifyingProvider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = VerifyingAdapter


provider_classes = [VerifyingProvider]
