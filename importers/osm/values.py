"""What the text of an OpenStreetMap tag means: metres, kilometres an hour, tonnes, access, direction."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_METRES = {"": 1.0, "m": 1.0, "cm": 0.01, "km": 1000.0, "ft": 0.3048, "'": 0.3048, "mi": 1609.344}
_TONNES = {"": 1.0, "t": 1.0, "kg": 0.001, "st": 0.90718474, "lbs": 0.00045359237, "lb": 0.00045359237}
_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_QUANTITY = re.compile(rf"^{_NUMBER}\s*([a-z'/]*)$")
_FEET_INCHES = re.compile(rf"^(\d+)\s*'\s*{_NUMBER}\s*\"$")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")

STEEPEST_PCT = 50.0  # steeper than any street
WALKING_KMH = 5.0
# Limits by "CC:zone" (OpenStreetMap wiki, Key:maxspeed): what most countries say, then those that say otherwise.
_ZONE_KMH = {
    "urban": 50.0,
    "rural": 90.0,
    "trunk": 110.0,
    "motorway": 130.0,
    "living_street": 20.0,
    "walk": WALKING_KMH,
}
_COUNTRY_ZONE_KMH = {
    ("MA", "rural"): 100.0, ("MA", "motorway"): 120.0,
    ("FR", "rural"): 80.0, ("FI", "rural"): 80.0, ("FI", "motorway"): 120.0,
    ("BE", "rural"): 70.0, ("BE", "motorway"): 120.0, ("CH", "rural"): 80.0, ("CH", "motorway"): 120.0,
    ("DE", "rural"): 100.0, ("DE", "living_street"): 7.0, ("AT", "rural"): 100.0, ("AT", "living_street"): WALKING_KMH,
    ("GB", "urban"): 48.28, ("GB", "rural"): 96.56, ("GB", "motorway"): 112.65,
}  # fmt: skip

_OPEN = frozenset({"yes", "permissive", "designated", "official", "public", "allowed"})
_DESTINATION = frozenset({"destination", "delivery", "customers", "residents", "resident", "loading"})
_PRIVATE = frozenset({"private", "permit", "employees", "staff", "residential"})
_CLOSED = frozenset(
    {
        "no",
        "agricultural",
        "forestry",
        "agricultural;forestry",
        "emergency",
        "bus",
        "military",
        "use_sidepath",
    }
)
# Classes that motor vehicles may not use unless a tag for motor vehicles opens them.
WITHOUT_MOTORS = frozenset(
    {"footway", "steps", "cycleway", "pedestrian", "path", "corridor", "bridleway", "busway", "bus_guideway"}
)


def metres(text: str | None) -> float | None:
    """Of "3.5", "3,5 m", "350 cm", "11 ft" or 12'6"; None for what is no length, such as "default"."""
    if feet := _FEET_INCHES.match((text or "").strip()):
        return round(int(feet[1]) * 0.3048 + _decimal(feet[2]) * 0.0254, 3)
    return _quantity(text, _METRES)


def tonnes(text: str | None) -> float | None:
    """Of "7.5", "3500 kg", "10 st" (short tons) or "8000 lbs"."""
    return _quantity(text, _TONNES)


def speed_kmh(text: str | None) -> float | None:
    """Of "50", "30 mph", "walk", "FI:urban" or "DE:zone:30"; of several ("50;30") the lowest; None for "none"."""
    speeds = [_one_speed(part.strip()) for part in re.split("[;|]", text or "")]
    return min((speed for speed in speeds if speed), default=None)


def _one_speed(text: str) -> float | None:
    if text == "walk":
        return WALKING_KMH
    if zone := re.match(r"^([A-Z]{2}):(?:zone:?(\d+)|(\w+))$", text):
        country, limit, name = zone.groups()
        return float(limit) if limit else _COUNTRY_ZONE_KMH.get((country, name), _ZONE_KMH.get(name))
    return _quantity(text, _KMH)


def _quantity(text: str | None, units: dict[str, float]) -> float | None:
    match = _QUANTITY.match((text or "").strip().lower())
    if not match or match[2] not in units:
        return None
    return round(_decimal(match[1]) * units[match[2]], 3)


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))


def slope_pct(text: str | None) -> float | None:
    """Per cent, above 0 up along the way: of "10%", "-8 %", "5°"; None for "up", and for what no street can be."""
    match = re.match(rf"^([+-]?){_NUMBER}\s*(%|°)$", (text or "").strip())
    if not match:
        return None
    size = _decimal(match[2])
    percent = size if match[3] == "%" else 100 * math.tan(math.radians(min(size, 89.0)))
    return round(-percent if match[1] == "-" else percent, 2) if percent <= STEEPEST_PCT else None


def count(text: str | None) -> int | None:
    """A whole number from 0 to 10,000,000: of "2", "2.0" or "2;3" (the first)."""
    match = re.match(r"^(\d{1,8})(?:\.\d+)?(?:[;|].*)?$", (text or "").strip().replace(" ", ""))
    return int(match[1]) if match and int(match[1]) <= 10_000_000 else None


def year(text: str | None) -> int | None:
    """The first year in a date: of "1998", "2004-11-02", "~1920" or "C19" (None)."""
    match = _YEAR.search(text or "")
    return int(match[0]) if match else None


def word(text: str | None) -> str:
    """The text itself, at most 40 characters; a plain "yes" says nothing."""
    return "" if text in (None, "yes") else text[:40]


def phrase(text: str | None) -> str:
    """The text itself, at most 120 characters."""
    return (text or "")[:120]


def first(read: Callable[[str | None], object]) -> Callable[..., object]:
    """Reads several tags with one function: the first that says something counts."""

    def read_first(*texts: str | None) -> object:
        answers = [read(text) for text in texts]
        return next((answer for answer in answers if answer not in (None, "")), answers[-1])

    return read_first


def one_way(oneway: str | None, junction: str | None, highway: str | None) -> str:
    """forward, backward or no; roundabouts and motorways are one-way unless they say "no".

    "reversible" changes with the hour: only the drawn direction is planned. "alternating" is open both ways, in turns.
    """
    if oneway in {"-1", "reverse"}:
        return "backward"
    if oneway in {"yes", "true", "1", "reversible"}:
        return "forward"
    if oneway in {"no", "false", "0", "alternating"}:
        return "no"
    implied = junction in {"roundabout", "circular"} or highway in {"motorway", "motorway_link"}
    return "forward" if implied else "no"


def motor_access(
    motorcar: str | None,
    motor_vehicle: str | None,
    vehicle: str | None,
    access: str | None,
    highway: str | None,
) -> str:
    """yes, destination, private or no for motor vehicles: the most specific tag counts, then the class.

    A footway, cycleway, pedestrian street, path or stair stays "no" unless motorcar or motor_vehicle opens it.
    """
    closed_by_class = highway in WITHOUT_MOTORS
    tags = (motorcar, motor_vehicle) if closed_by_class else (motorcar, motor_vehicle, vehicle, access)
    answers = (_access(text) for text in tags)
    return next((answer for answer in answers if answer), "no" if closed_by_class else "yes")


def _access(text: str | None) -> str | None:
    """None for "unknown", "variable" and other words that decide nothing."""
    classes = (("yes", _OPEN), ("destination", _DESTINATION), ("private", _PRIVATE), ("no", _CLOSED))
    return next((answer for answer, words in classes if text in words), None)


def bridge_level(layer: str | None, bridge: str | None, tunnel: str | None) -> int:
    """The tag layer where it is a number from -9 to 9; else 1 for a bridge, -1 for a tunnel, 0 for the rest."""
    if re.match(r"^-?\d$", (layer or "").strip()):
        return int(layer or 0)
    if bridge not in (None, "no"):
        return 1
    return -1 if tunnel not in (None, "no", "building_passage") else 0


def green_access(access: str | None, fee: str | None, garden_type: str | None, leisure: str | None) -> str:
    """public, restricted or private. Without a word on it: private for house gardens, restricted for golf courses."""
    if access in {"private", "no"} or (access is None and garden_type == "residential"):
        return "private"
    if access in {"customers", "permit", "members", "residents", "destination", "students"} or fee == "yes":
        return "restricted"
    return "restricted" if access is None and leisure == "golf_course" else "public"
