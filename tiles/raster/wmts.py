"""WMTS capabilities of layers with times: MapProxy 7.0.0 breaks on a dimension that no path template names."""

from __future__ import annotations

from functools import partial
from typing import Any

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


def tell_times(services: list[Any]) -> list[Any]:
    for service in services:
        if isinstance(service, WMTSRestServer):
            converters = {
                "url_converter": service.url_converter,
                "fi_url_converter": service.fi_url_converter,
            }
            service.capabilities_class = partial(_TimedRestfulCapabilities, **converters)
        elif isinstance(service, WMTSServer):
            service.capabilities_class = _TimedCapabilities
    return services


def _timed_template(layer: Any, template: str, service: Any) -> str:
    address: str = format_resource_template(layer, template, service)
    return f"{address}?time={{Time}}" if layer.dimensions else address
