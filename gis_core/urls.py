"""All urls, put together from the rooms that settings.URLCONFS names."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from gis_core.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("", include("gis_core.jobs.urls")),
    *(path("", include(urlconf)) for urlconf in settings.URLCONFS),
]

handler404 = "gis_core.problems.page_not_found"
handler500 = "gis_core.problems.server_error"
