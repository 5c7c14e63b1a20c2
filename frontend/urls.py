"""The map, signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from frontend.views import map_page

urlpatterns = [
    path("", map_page, name="map"),
    path("login", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
]
