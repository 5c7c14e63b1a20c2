"""A city is one TOML file: gis_core/cities/<slug>.toml, or any path. Nothing else names a place."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from gis_core.errors import InvalidInput
from gis_core.geometry import BBox

CITIES = Path(__file__).parent / "cities"
LANGUAGES = ("fr", "ar", "en")


@dataclass(frozen=True)
class Name:
    """One name in French, Arabic and English."""

    fr: str
    ar: str
    en: str

    def in_language(self, language: str) -> str:
        return getattr(self, language[:2], "") or self.fr or self.en or self.ar


@dataclass(frozen=True)
class Site:
    """A depot or a disposal site. `lon_lat` in degrees of CRS84; `service_min` is the time to tip."""

    id: str
    name: Name
    lon_lat: tuple[float, float]
    fractions: tuple[str, ...] = ()
    service_min: float = 0.0
    synthetic: bool = False


@dataclass(frozen=True)
class Fleet:
    """So many vehicles of one kind at one depot. Shift times are local, "HH:MM"."""

    depot: str
    count: int
    capacity_kg: float
    capacity_m3: float
    height_m: float
    weight_t: float
    shift_start: str
    shift_end: str
    fractions: tuple[str, ...] = ()
    width_m: float | None = None
    turning_width_m: float | None = None


@dataclass(frozen=True)
class Threshold:
    """A published limit. One without a source cannot be made."""

    id: str
    value: float
    unit: str
    rule: str
    source: str
    valid_from: date


class UpstreamKind(StrEnum):
    WMS = "wms"
    XYZ = "xyz"


@dataclass(frozen=True)
class Upstream:
    """A foreign map server that MapProxy caches. `url` of xyz holds {z}, {x} and {y}; `layer` is the WMS layer's name.

    `bbox` (west, south, east, north; the city's where it is not given) is where it is asked at all; `offline` means
    never.
    """

    id: str
    title: Name
    kind: UpstreamKind
    url: str
    layer: str = ""
    format: str = "image/png"
    bbox: BBox | None = None
    attribution: str = ""
    max_zoom: int = 19
    offline: bool = False

    @classmethod
    def of(cls, data: dict[str, Any]) -> Upstream:
        """Raises ValueError for an id that makes no address, and for a kind, url or format that is none."""
        bbox = BBox.of(data["bbox"]) if "bbox" in data else None
        upstream = cls(
            **{**data, "title": Name(**data["title"]), "kind": UpstreamKind(data["kind"]), "bbox": bbox}
        )
        if not re.fullmatch(r"[a-z][a-z0-9-]*", upstream.id):
            raise ValueError(f"upstream id {upstream.id!r}: write small letters, digits and hyphens")
        if not upstream.url.startswith(("http://", "https://")):
            raise ValueError(f"upstream {upstream.id}: url must begin with http:// or https://")
        if upstream.kind is UpstreamKind.XYZ and not all(part in upstream.url for part in _XYZ):
            raise ValueError(f"upstream {upstream.id}: url of kind xyz must hold {{z}}, {{x}} and {{y}}")
        if upstream.format not in _FORMATS:
            raise ValueError(f"upstream {upstream.id}: format must be one of {', '.join(_FORMATS)}")
        return upstream


_XYZ = ("{z}", "{x}", "{y}")
_FORMATS = ("image/png", "image/jpeg")


@dataclass(frozen=True)
class City:
    """What a city is to this software; see the comments in cities/casablanca.toml."""

    slug: str
    name: Name
    bbox: BBox
    metric_crs: int
    grid_crs: int
    import_crs: tuple[int, ...]
    languages: tuple[str, ...]
    time_zone: str
    country: str
    currency: str  # ISO 4217; empty when amounts are told without one
    depots: tuple[Site, ...]
    disposal_sites: tuple[Site, ...]
    fleets: tuple[Fleet, ...]
    thresholds: dict[str, Threshold]
    waste: dict[str, Any] = field(default_factory=dict)
    demo: dict[str, Any] = field(default_factory=dict)
    air: dict[str, Any] = field(default_factory=dict)  # limits and indices, as in analysis/air/standards.toml
    upstreams: tuple[Upstream, ...] = ()
    alert_mail: tuple[str, ...] = ()  # addresses of the city's staff who are told of new alerts

    def threshold(self, key: str) -> Threshold:
        if key not in self.thresholds:
            raise InvalidInput(
                f"City {self.slug} has no threshold {key!r}; add it, with its source, to its city file."
            )
        return self.thresholds[key]


def load_city(name: str) -> City:
    """The city of a slug (in gis_core/cities or var/cities) or of a path to a TOML file."""
    path = _city_path(name)
    try:
        return parse_city(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"City file {path}: {error!r}. Compare it with {CITIES / 'casablanca.toml'}."
        ) from error


def parse_city(slug: str, data: dict[str, Any]) -> City:
    return City(
        slug=slug,
        name=Name(**data["name"]),
        bbox=BBox.of(data["bbox"]),
        metric_crs=int(data["metric_crs"]),
        grid_crs=int(data.get("grid_crs", data["metric_crs"])),
        import_crs=tuple(data["import_crs"]),
        languages=tuple(data["languages"]),
        time_zone=data["time_zone"],
        country=data["country"],
        currency=data.get("currency", ""),
        depots=tuple(_site(s) for s in data.get("depots", ())),
        disposal_sites=tuple(_site(s) for s in data.get("disposal_sites", ())),
        fleets=tuple(
            Fleet(**{**f, "fractions": tuple(f.get("fractions", ()))}) for f in data.get("fleets", ())
        ),
        thresholds={key: Threshold(id=key, **value) for key, value in data.get("thresholds", {}).items()},
        waste=data.get("waste", {}),
        demo=data.get("demo", {}),
        air=data.get("air", {}),
        upstreams=tuple(Upstream.of(u) for u in data.get("upstreams", ())),
        alert_mail=_addresses(data.get("alert_mail", ())),
    )


def _addresses(found: Any) -> tuple[str, ...]:
    """Raises ValueError for what is no list of addresses."""
    if isinstance(found, str) or any(not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", one) for one in found):
        raise ValueError(f'alert_mail {found!r}: write a list of addresses, ["air@city.example"]')
    return tuple(found)


def _site(data: dict[str, Any]) -> Site:
    return Site(
        **{
            **data,
            "name": Name(**data["name"]),
            "lon_lat": tuple(data["lon_lat"]),
            "fractions": tuple(data.get("fractions", ())),
        }
    )


def _city_path(name: str) -> Path:
    own = _var() / "cities"
    candidates = (
        [Path(name)] if name.endswith(".toml") else [folder / f"{name}.toml" for folder in (CITIES, own)]
    )
    for path in candidates:
        if path.is_file():
            return path
    known = sorted(p.stem for folder in (CITIES, own) if folder.is_dir() for p in folder.glob("*.toml"))
    raise InvalidInput(
        f"No city file for {name!r}; known: {', '.join(known)}. Write one like {CITIES / 'casablanca.toml'}."
    )


@cache
def current_city() -> City:
    """The city of this process: $CASAGIS_CITY, else what script/demo loaded last (var/city), else casablanca."""
    return load_city(current_city_name())


def current_city_name() -> str:
    if name := os.environ.get("CASAGIS_CITY"):
        return name
    last = _var() / "city"
    return last.read_text(encoding="utf-8").strip() if last.is_file() else "casablanca"


def _var() -> Path:
    return Path(os.environ.get("CASAGIS_VAR", Path(__file__).parent.parent / "var"))
