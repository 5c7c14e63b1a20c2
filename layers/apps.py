"""The app of all layers."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LayersConfig(AppConfig):
    name = "layers"
    verbose_name = _("Layers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from layers.city_box import apply_city_box  # noqa: PLC0415  models are not ready before

        post_migrate.connect(apply_city_box, sender=self)
