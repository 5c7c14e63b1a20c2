"""The app of tiles: what the database prepares for them follows the catalogue after each migrate."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class TilesConfig(AppConfig):
    name = "tiles"

    def ready(self) -> None:
        from tiles.vector.bands_sync import sync_bands  # noqa: PLC0415  models are not ready before

        post_migrate.connect(sync_bands, sender=apps.get_app_config("layers"))  # whose tables they follow
