"""The one MapProxy application of this process: made anew when rasters or upstreams change, asked with a Sight."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from mapproxy.config.configuration.proxy import ProxyConfiguration
from mapproxy.config.spec import validate_options
from mapproxy.config.validator import validate
from mapproxy.wsgiapp import MapProxyApp

from gis_core.errors import Unavailable
from tiles.raster import source
from tiles.raster.asked import GROUPS
from tiles.raster.configuration import Configuration, mapproxy_configuration
from tiles.raster.files import Files
from tiles.raster.repairs import repaired
from tiles.raster.sight import SIGHT, Sight

Made = tuple[MapProxyApp, Files]
_EVERY = {"map": True, "tile": True, "featureinfo": True, "legendgraphic": True}


class Current:
    """The application of the state of the rasters; thread-safe, and made by one thread only."""

    def __init__(self) -> None:
        self._made: tuple[object, Made] | None = None
        self._lock = threading.Lock()

    def known(self, state: str) -> Made | None:
        made = self._made
        return made[1] if made and made[0] == _key(state) else None

    def make(self, state: str, files: Files) -> Made:
        with self._lock:
            known = self.known(state)
            if known is None:
                known = make_application(files), files
                self._made = _key(state), known
            return known


def _key(state: str) -> object:
    """The rest changes between tests only."""
    return state, settings.CITY, settings.OFFLINE, settings.VAR, settings.DATABASES["default"]["NAME"]


def make_application(files: Files) -> MapProxyApp:
    """Raises Unavailable, with MapProxy's own words, for a configuration that its validators refuse."""
    source.register()
    loaded = load(mapproxy_configuration(files, settings.CITY))
    return MapProxyApp(repaired(loaded.configured_services()), loaded.base_config)


def load(configuration: Configuration, *, seed: bool = False) -> ProxyConfiguration:
    """`seed`: upstreams may be asked though they are offline."""
    if errors := configuration_errors(configuration):
        raise Unavailable(f"MapProxy refuses its configuration: {'; '.join(errors)}.")
    return ProxyConfiguration(configuration, conf_base_dir=str(settings.VAR / "mapproxy"), seed=seed)


def configuration_errors(configuration: Configuration) -> list[str]:
    """What MapProxy's two validators say: of the options, and of the references between them."""
    of_options, _informal = validate_options(configuration)
    return [*of_options, *validate(configuration)]


def guarded(application: MapProxyApp, sight: Sight) -> Callable[..., Any]:
    """MapProxy asks `authorize` for every layer of every service, capabilities included; the sources ask the sight."""
    allowed = {*sight.accesses, *GROUPS, *(upstream.id for upstream in settings.CITY.upstreams)}

    def authorize(service: str, layers: Sequence[str], **_more: Any) -> dict[str, Any]:
        return {"authorized": "partial", "layers": dict.fromkeys(allowed, _EVERY)}

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        with _seen_by(sight):
            return application({**environ, "mapproxy.authorize": authorize}, start_response)

    return wsgi


@contextmanager
def _seen_by(sight: Sight) -> Any:
    token = SIGHT.set(sight)
    try:
        yield
    finally:
        SIGHT.reset(token)
