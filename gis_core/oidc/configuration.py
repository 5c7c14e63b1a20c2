"""Signing in by the city's own OpenID Connect provider: the settings, where the environment names one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from gis_core.errors import InvalidInput

PROVIDER_ID = "city"
APPS = ["allauth", "allauth.account", "allauth.socialaccount", "gis_core.oidc"]
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
URLCONFS = ["gis_core.oidc.urls"]


@dataclass(frozen=True)
class OpenIdProvider:
    """`url` is the issuer's; its /.well-known/openid-configuration says the rest. `name` stands on the button."""

    url: str
    client_id: str
    secret: str
    name: str


def configured_provider() -> OpenIdProvider | None:
    """None when CASAGIS_OIDC_URL is not set. Raises InvalidInput when only a part is."""
    url = os.environ.get("CASAGIS_OIDC_URL", "").rstrip("/")
    if not url:
        return None
    if not url.startswith(("https://", "http://")):
        raise InvalidInput(f"CASAGIS_OIDC_URL must start with https://, not {url!r}.")
    client_id = os.environ.get("CASAGIS_OIDC_CLIENT_ID", "")
    secret = os.environ.get("CASAGIS_OIDC_CLIENT_SECRET", "")
    if not (client_id and secret):
        raise InvalidInput(
            "CASAGIS_OIDC_URL needs CASAGIS_OIDC_CLIENT_ID and CASAGIS_OIDC_CLIENT_SECRET too."
        )
    return OpenIdProvider(url, client_id, secret, os.environ.get("CASAGIS_OIDC_NAME", "") or "OpenID Connect")


def allauth_settings(provider: OpenIdProvider) -> dict[str, Any]:
    """Only the way in: no sign-up, no e-mail, no password page of allauth's is reachable."""
    app = {
        "provider_id": PROVIDER_ID,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.secret,
        "settings": {"server_url": provider.url},
    }
    return {
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}},
        "SOCIALACCOUNT_ADAPTER": "gis_core.oidc.adapter.CityAccountAdapter",
        "ACCOUNT_ADAPTER": "gis_core.oidc.adapter.QuietAccountAdapter",
        "SOCIALACCOUNT_LOGIN_ON_GET": True,  # a link: form-action 'self' would stop a form on its way out
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,  # an e-mail address opens nobody's account
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_UNIQUE_EMAIL": False,
        "ACCOUNT_USERNAME_BLACKLIST": ["admin", "public", "root", "system"],
        "ACCOUNT_RATE_LIMITS": {},
    }
