"""The app of what every room stands on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gis_core"
    default_auto_field = "django.db.models.BigAutoField"
