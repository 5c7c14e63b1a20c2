"""Two repairs of MapProxy 7.0.0: WMTS capabilities break on a dimension that no path template names, and TMS
capabilities tell one grid a layer where rights are asked for."""

from __future__ import annotations

from functools import partial
from typing import Any

from mapproxy.service.tile import TileServer
from mapproxy.service.wmts import (
    Capabilities,
    RestfulCapabilities,
    WMTSRestServer,
    WMTSServer,
    format_resource_template,
)

_NAMES = {"time": "Time"}


class _TimedCapabilities(Capabilities):  # type: ignore[misc]  # MapProxy is untyped
    def template_context(self) -> dict[str, Any]:
        return {**super().template_context(), "dimension_keys": _NAMES}


class _TimedRestfulCapabilities(RestfulCapabilities):  # type: ignore[misc]
    """The time goes into the query, so that addresses without one stay as they are."""

    def template_context(self) -> dict[str, Any]:
        return {
            **super().template_context(),
            "dimension_keys": _NAMES,
            "format_resource_template": _timed_template,
        }


def repaired(services: list[Any]) -> list[Any]:
    """The services, and those that one of OWS holds, mended in place."""
    inner = [held for service in services for held in getattr(service, "services", {}).values()]
    for service in (*services, *inner):
        if isinstance(service, WMTSRestServer):
            converters = {
                "url_converter": service.url_converter,
                "fi_url_converter": service.fi_url_converter,
            }
            service.capabilities_class = partial(_TimedRestfulCapabilities, **converters)
        elif isinstance(service, WMTSServer):
            service.capabilities_class = _TimedCapabilities
        elif isinstance(service, TileServer):
            service.authorized_tile_layers = partial(_in_every_grid, service)
    return services


def _timed_template(layer: Any, template: str, service: Any) -> str:
    address: str = format_resource_template(layer, template, service)
    return f"{address}?time={{Time}}" if layer.dimensions else address


def _in_every_grid(service: TileServer, environ: dict[str, Any]) -> dict[str, Any]:
    granted = environ["mapproxy.authorize"]("tms", list(service.layers))["layers"]
    return {key: layer for key, layer in service.layers.items() if layer.name in granted}
