"""The smallest Django project that serves tiles of tables by django-vectortiles: settings, models, layers, views.

It runs in the peer's own environment, as drf/project.py does; the environment says which database (BENCH_DATABASE_*),
which sources (BENCH_SOURCES, JSON: id -> layer, table and columns with their kind of field), extent and buffer.
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
    INSTALLED_APPS=["django.contrib.gis", "vectortiles"],
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
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.contrib.gis.db import models  # noqa: E402  after Django is set up
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from vectortiles import VectorLayer  # noqa: E402
from vectortiles.views import MVTView  # noqa: E402

FIELDS = {
    "string": lambda: models.TextField(null=True),
    "integer": lambda: models.IntegerField(null=True),
    "number": lambda: models.FloatField(null=True),
}


def _view(source: str, layer: str, table: str, columns: dict[str, str]) -> type[MVTView]:
    meta = type("Meta", (), {"app_label": "gis", "managed": False, "db_table": table})
    fields = {name: FIELDS[kind]() for name, kind in columns.items()}
    fields["geom_3857"] = models.GeometryField(srid=3857)
    name = source.replace("-", "_")
    model = type(f"Row_{name}", (models.Model,), {"__module__": "project", "Meta": meta, **fields})
    told = {
        "model": model,
        "id": layer,
        "geom_field": "geom_3857",
        "tile_fields": tuple(columns),
        "tile_extent": int(os.environ["BENCH_EXTENT"]),
        "tile_buffer": int(os.environ["BENCH_BUFFER"]),
    }
    return type(f"View_{name}", (MVTView,), {"layer_classes": [type(f"Layer_{name}", (VectorLayer,), told)]})


urlpatterns = [path("ready", lambda _request: HttpResponse())]
urlpatterns += [
    path(f"{source}/<int:z>/<int:x>/<int:y>", _view(source, **what).as_view())
    for source, what in json.loads(os.environ["BENCH_SOURCES"]).items()
]
application = get_wsgi_application()
