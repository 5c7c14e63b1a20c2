"""Which layers a request to MapProxy names, before MapProxy sees it: for rights, times and tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from layers.definitions import Layer
from layers.registry import LAYERS
from tiles.http import Request
from tiles.vector.maps import MAPS, PREFIX, layers_of_map

GROUPS = tuple(PREFIX + name for name in MAPS)
_NAMING = ("layers", "query_layers", "layer")
_BY_PATH = frozenset({"wmts", "tms", "tiles", "kml"})


@dataclass(frozen=True)
class Asked:
    """`named` must be open to the sender; of `offered` it sees what is. `upstreams` have no data of ours."""

    named: tuple[Layer, ...]
    offered: tuple[Layer, ...]
    upstreams: tuple[str, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        return tuple({layer.id: layer for layer in (*self.named, *self.offered)}.values())


def asked_layers(request: Request) -> Asked:
    """Where none is named, as by GetCapabilities, every layer is offered."""
    names = _names(request)
    named = tuple(LAYERS[name] for name in names if name in LAYERS)
    groups = [name for name in names if name in GROUPS]
    offered = [layer for name in groups for layer in layers_of_map(name.removeprefix(PREFIX))]
    known = {upstream.id for upstream in settings.CITY.upstreams}
    upstreams = tuple(name for name in names if name in known)
    return Asked(named, tuple(offered) if names else tuple(LAYERS.values()), upstreams)


def parameter(request: Request, name: str) -> str:
    """The last value of a query parameter, whose name may be written in any case; empty where there is none."""
    found = [values[-1] for key, values in request.query.items() if key.lower() == name]
    return found[-1] if found else ""


def _names(request: Request) -> Sequence[str]:
    parts = request.path.strip("/").split("/")[1:]
    words = [part for part in parts[1:] if part not in {"1.0.0", "WMTSCapabilities.xml", ""}]
    if words and parts[0] in _BY_PATH:
        return words[:1]
    listed = [value for key, values in request.query.items() if key.lower() in _NAMING for value in values]
    return list(dict.fromkeys(name for names in listed for name in names.split(",") if name))
