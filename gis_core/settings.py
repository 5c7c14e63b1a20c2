"""Django settings. Every environment variable they read is in .env.example; unknown values fail at the start."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from csp.constants import NONCE

from gis_core.city import current_city
from gis_core.database import database_settings
from gis_core.oidc import configuration as oidc
from gis_core.secret import secret_key

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("CASAGIS_VAR", ROOT / "var")).resolve()
os.environ.setdefault("NUMBA_CACHE_DIR", str(VAR / "numba"))  # the code may lie where nobody can write


def _flag(name: str, default: str = "0") -> bool:
    value = os.environ.get(name, default)
    if value not in {"0", "1"}:
        raise ValueError(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def _bundled(package: str, folder: str, pattern: str) -> str:
    """A native library inside a wheel, the same on every system (docs/decisions/0003-native-libraries.md)."""
    return str(next((Path(package).parent.parent / folder).glob(pattern)))


GDAL_LIBRARY_PATH = _bundled(pyogrio.__file__, "pyogrio.libs", "libgdal*")
GEOS_LIBRARY_PATH = _bundled(shapely.__file__, "shapely.libs", "libgeos_c*")

CITY = current_city()
DEBUG = _flag("CASAGIS_DEBUG")
OFFLINE = _flag("CASAGIS_OFFLINE")  # upstreams are served from what is stored, never asked
SECRET_KEY = secret_key(VAR)
# Keys of before: sessions and the seals of the history that were signed with one stay good.
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
ALLOWED_HOSTS = os.environ.get("CASAGIS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CASAGIS_ORIGINS", "").split(",") if o]
HTTPS = _flag("CASAGIS_HTTPS")
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
# How many proxies of our own stand in front and add to X-Forwarded-For; without any that header is hearsay.
PROXIES = int(os.environ.get("CASAGIS_PROXIES") or HTTPS)
CSRF_FAILURE_VIEW = "gis_core.problems.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 7 * 24 * 3600  # a working week
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "leaflet",
    "pgtrigger",
    "pghistory",
    "csp",
    "axes",
    "gis_core",
    "layers",
    "tiles",
    "importers",
    "analysis",
    "frontend",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gis_core.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gis_core.actors.ActorMiddleware",
    "gis_core.problems.ProblemMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "gis_core.urls"
ASGI_APPLICATION = "gis_core.asgi.application"
# Doors beside Django in the same process: how a path begins, as a regular expression, asked in this order -> ASGI
# application (gis_core.asgi). The ids of layers and named maps begin small, those of tile matrix sets do not.
ASGI_MOUNTS = {
    "/tiles/[a-z]": "tiles.vector.asgi.application",
    "(/collections/[^/]+)?/tiles/[^/]+/.": "tiles.ogc.asgi.application",
    "/maps/": "tiles.raster.asgi.application",
    "/events": "tiles.events.application",
    "/static/": "gis_core.static.application",
}
# gis_core knows no room above it: urls, parts of the API (layers.api.parts) and processes are dotted strings.
URLCONFS = ["layers.api.urls", "tiles.urls", "analysis.urls", "frontend.urls"]
API_PARTS = ["tiles.ogc.part.TILES", "tiles.raster.download.FILES", "analysis.api.part.ROADBOOKS"]
PROCESSES = [
    "importers.processes.files.ImportFile",
    "importers.processes.cities.LoadCity",
    "importers.processes.rasters.ImportRaster",
    "tiles.raster.seeding.SeedUpstream",
    "analysis.processes.routes.optimize.OptimizeRoutes",
    "analysis.processes.routes.handing.SolveZone",
    "analysis.processes.routes.week.PlanWeek",
    "analysis.processes.routes.week_publication.PublishWeek",
    "analysis.processes.routes.import_plan.ImportPlan",
    "analysis.processes.routes.replan.ReplanRoutes",
    "analysis.processes.routes.checking.CheckPlan",
    "analysis.processes.routes.moving.PriceMove",
    "analysis.processes.routes.moving.ExplainTask",
    "analysis.processes.routes.moving.MoveTasks",
    "analysis.processes.routes.publish.PublishPlan",
    "analysis.processes.routes.forecasting.ForecastFill",
    "analysis.processes.routes.delete.DeletePlan",
    "analysis.processes.routes.print_roadbooks.PrintRoadbooks",
    "analysis.processes.route_benchmark.SolveBenchmark",
    "analysis.processes.green.ComputeGreenCoverage",
    "analysis.processes.green_grid.ComputeGreenGrid",
    "analysis.processes.green_update.UpdateGreenCoverage",
    "analysis.processes.measure_files.MeasureFiles",
    "analysis.processes.air.CheckObservations",
    "analysis.processes.measure.MeasureGreen",
    "analysis.processes.vegetation.ComputeVegetation",
    "analysis.processes.green_access.ComputeGreenAccess",
    "analysis.processes.green_sites.RankGreenSites",
    "analysis.processes.what_if.WhatIf",
    "analysis.processes.what_if.SaveScenario",
    "analysis.processes.what_if.ShareScenario",
    "analysis.processes.air.ComputePollutionGrid",
    "analysis.processes.air.ComputePollutionSeries",
    "analysis.processes.air.ComputeExposure",
    "analysis.processes.air.ComputeAirIndex",
    "analysis.processes.air.CheckAirAlerts",
    "analysis.processes.topology.SplitFeatures",
    "analysis.processes.topology.MergeFeatures",
    "analysis.processes.topology.CutOverlap",
    "analysis.processes.topology.FillGap",
    "analysis.processes.topology.MoveBorder",
    "analysis.processes.topology.SimplifyCoverage",
    "analysis.processes.topology.PlanariseStreets",
    "tiles.pyramids.seed.SeedTiles",
    "tiles.pyramids.export.ExportTiles",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.page",
            ],
        },
    }
]

DATABASES = {"default": database_settings(VAR, CITY.slug)}
if test_db := os.environ.get("CASAGIS_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": test_db}
# The moment of a history row is when its transaction began to write, after it got its locks (layers/sql/history.sql).
PGHISTORY_CREATED_AT_FUNCTION = "casagis_moment()"
PGHISTORY_ADMIN_ALL_EVENTS = False
# A queue row is only the call: what a job did is kept in its own row (gis_core.jobs.models.Job).
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["gis_core.sign_in.LockoutBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "map"
LOGOUT_REDIRECT_URL = "map"
# Five wrong passwords for one user name from one address lock both together for a quarter of an hour.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "gis_core.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "gis_core.addresses.client_address"
AXES_DISABLE_ACCESS_LOG = True  # who came when is nobody's business
AXES_SENSITIVE_PARAMETERS = ["username"]  # in the log; the address stays readable there
AXES_VERBOSE = False
# Signing in by the city's own provider: loaded only when the environment names one.
OIDC = oidc.configured_provider()
if OIDC:
    INSTALLED_APPS += oidc.APPS
    MIDDLEWARE += oidc.MIDDLEWARE
    URLCONFS += oidc.URLCONFS
    globals().update(oidc.allauth_settings(OIDC))

LANGUAGES = [("fr", "Français"), ("ar", "العربية"), ("en", "English")]
LANGUAGE_CODE = CITY.languages[0]
LOCALE_PATHS = [ROOT / "frontend" / "locale"]
FORMAT_MODULE_PATH = ["frontend.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CITY.time_zone

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "frontend" / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media" / CITY.slug
# Tiles that everybody sees: in the memory of each process, on the disk for all of them (tiles.vector.public_tiles).
TILE_CACHE_BYTES = int(os.environ.get("CASAGIS_TILE_CACHE_MB", "64")) * 2**20
TILE_DISK_BYTES = int(os.environ.get("CASAGIS_TILE_DISK_MB", "512")) * 2**20
# The folder in which the nginx in front keeps tiles, None without one (tiles.proxy).
NGINX_CACHE = Path(os.environ["CASAGIS_NGINX_CACHE"]) if os.environ.get("CASAGIS_NGINX_CACHE") else None
UPLOAD_ROOT = VAR / "uploads"
UPLOAD_MAX_BYTES = int(os.environ.get("CASAGIS_UPLOAD_MAX_MB", "500")) * 2**20
# Where large analyses are worked on: in the process itself, or by the workers of a Dask scheduler.
ANALYSIS_ENGINE = os.environ.get("ANALYSIS_ENGINE", "here")
if ANALYSIS_ENGINE not in {"here", "dask"}:
    raise ValueError(f"ANALYSIS_ENGINE must be here or dask, not {ANALYSIS_ENGINE!r}.")
ANALYSIS_SCHEDULER = os.environ.get("ANALYSIS_SCHEDULER", "tcp://127.0.0.1:8786")
EXPORT_DAYS = int(os.environ.get("CASAGIS_EXPORT_DAYS", "7"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Mail to the city's staff (gis_core.mail); without a host nothing is sent, and /healthz says what waits.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS")
EMAIL_USE_SSL = _flag("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "casagis@localhost"

LEAFLET_CONFIG = {
    "TILES": [],  # no foreign tile server: the base map is our own
    "SPATIAL_EXTENT": CITY.bbox.as_tuple(),
    "MIN_ZOOM": 5,
    "MAX_ZOOM": 19,
    "RESET_VIEW": False,
    "SCALE": "metric",
    "ATTRIBUTION_PREFIX": "",
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("CASAGIS_LOG_LEVEL", "WARNING")},
}
