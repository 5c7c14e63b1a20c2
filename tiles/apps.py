"""The app of tiles: what the database prepares for them follows the catalogue after each migrate."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class TilesConfig(AppConfig):
    name = "tiles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from layers.events import features_changed  # noqa: PLC0415  models are not ready before
        from tiles.change_triggers import apply_change_triggers  # noqa: PLC0415
        from tiles.receivers import tell_every_process  # noqa: PLC0415
        from tiles.vector.bands_sync import sync_bands  # noqa: PLC0415

        post_migrate.connect(sync_bands, sender=apps.get_app_config("layers"))  # whose tables they follow
        post_migrate.connect(apply_change_triggers, sender=self)
        features_changed.connect(tell_every_process)
