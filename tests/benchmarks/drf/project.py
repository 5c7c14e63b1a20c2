"""The smallest Django project that serves one table by djangorestframework-gis: settings, model, serialiser, view.

It runs in the peer's own environment, which knows nothing of this repository: it is loaded as the module `project`.
The environment says which database (BENCH_DATABASE_*), table (BENCH_TABLE) and columns (BENCH_COLUMNS, JSON: name ->
kind of field), and where the native libraries of GeoDjango are (GDAL_LIBRARY_PATH, GEOS_LIBRARY_PATH).
"""

from __future__ import annotations

import json
import os

import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="benchmark",
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF="project",
    USE_TZ=True,
    TIME_ZONE="UTC",
    INSTALLED_APPS=["django.contrib.gis", "rest_framework", "rest_framework_gis"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    GDAL_LIBRARY_PATH=os.environ["GDAL_LIBRARY_PATH"],
    GEOS_LIBRARY_PATH=os.environ["GEOS_LIBRARY_PATH"],
    DATABASES={
        "default": {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "NAME": os.environ["BENCH_DATABASE_NAME"],
            "USER": os.environ["BENCH_DATABASE_USER"],
            "PASSWORD": os.environ["BENCH_DATABASE_PASSWORD"],
            "HOST": os.environ["BENCH_DATABASE_HOST"],
            "PORT": os.environ["BENCH_DATABASE_PORT"],
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
)
django.setup()

from django.contrib.gis.db import models  # noqa: E402  after Django is set up
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.generics import ListAPIView  # noqa: E402
from rest_framework_gis.filters import InBBoxFilter  # noqa: E402
from rest_framework_gis.pagination import GeoJsonPagination  # noqa: E402
from rest_framework_gis.serializers import GeoFeatureModelSerializer  # noqa: E402

COLUMNS: dict[str, str] = json.loads(os.environ["BENCH_COLUMNS"])
FIELDS = {
    "string": lambda: models.TextField(null=True),
    "integer": lambda: models.IntegerField(null=True),
    "number": lambda: models.FloatField(null=True),
    "date-time": lambda: models.DateTimeField(null=True),
}


def _model() -> type[models.Model]:
    columns = {name: FIELDS[kind]() for name, kind in COLUMNS.items()}
    meta = type("Meta", (), {"app_label": "gis", "managed": False, "db_table": os.environ["BENCH_TABLE"]})
    geometry = models.GeometryField(srid=4326)
    return type("Row", (models.Model,), {"__module__": "project", "Meta": meta, **columns, "geom": geometry})


Row = _model()


class RowSerializer(GeoFeatureModelSerializer):
    class Meta:
        model = Row
        geo_field = "geom"
        fields = ("id", *COLUMNS)


class Pages(GeoJsonPagination):
    page_size_query_param = "limit"
    max_page_size = 10_000


class MeetsBox(InBBoxFilter):
    """The exact test that all others make; the filter of the library compares bounding boxes only."""

    def filter_queryset(self, request, queryset, view):
        box = self.get_filter_bbox(request)
        return queryset.filter(geom__intersects=box) if box else queryset


class Rows(ListAPIView):
    queryset = Row.objects.only("id", "geom", *COLUMNS).order_by("id")
    serializer_class = RowSerializer
    pagination_class = Pages
    filter_backends = (MeetsBox,)


urlpatterns = [path("items", Rows.as_view())]
application = get_wsgi_application()
