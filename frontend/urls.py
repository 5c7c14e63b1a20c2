"""The map, route plans and scenarios of planners, signing in and out, one's own account."""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from frontend.account import account_page, change_password, revoke
from frontend.routes import routes_page
from frontend.rules.view import rules
from frontend.scenarios import scenarios_page, shared_page, sites_page
from frontend.views import map_page

login = LoginView.as_view(redirect_authenticated_user=True, extra_context={"oidc": settings.OIDC})

urlpatterns = [
    path("", map_page, name="map"),
    path("routes", routes_page, name="routes"),
    path("rules", rules, name="rules"),
    path("scenarios", scenarios_page, name="scenarios"),
    path("scenarios/sites", sites_page, name="best-sites"),
    path("scenarios/shared/<str:key>", shared_page, name="shared-scenario"),
    path("login", login, name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("account", account_page, name="account"),
    path("account/tokens/<int:token_id>/revoke", revoke, name="account-token-revoke"),
    path("account/password", change_password, name="account-password"),
]
