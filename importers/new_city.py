"""Makes a city file for any OpenStreetMap extract: python -m importers.new_city FILE.osm.pbf prints the city's slug."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_core.city import CITIES
from gis_core.errors import CasaGISError, InvalidInput
from gis_core.geometry import BBox
from importers.osm.extract import declared_box, read_extract
from importers.osm.streets import Section, split_streets

WIDEST_DEGREES = 2.0  # beyond this it is a region, and one UTM zone no longer measures it well
STREET_KM_PER_VEHICLE = 15
_WORLD = BBox(-180, -90, 180, 90)

_TEMPLATE = """\
# Made from {file} by `python -m importers.new_city`. Correct what it could not know; it never writes over this file.
country = "ZZ"                           # unknown: put the two letters of ISO 3166, such as "MA"
bbox = {bbox}      # west, south, east, north (CRS84); every feature must lie inside
metric_crs = {metric_crs}                       # areas and distances that need a plane, and the city's own tiles: UTM
import_crs = [{metric_crs}, 4326, 3857]
languages = ["en", "fr", "ar"]           # the first is the default, and where a plain name in OpenStreetMap belongs
time_zone = "UTC"                        # unknown: put the city's own, such as "Africa/Casablanca"

[name]
fr = {name}
ar = {name}
en = {name}

# Demonstration sites: junctions of the street network, in its middle and at its edge, not the city's real sites.
[[depots]]
id = "depot-centre"
name = {{ fr = "Dépôt Centre", ar = "مستودع الوسط", en = "Central depot" }}
lon_lat = {depot}
synthetic = true

[[disposal_sites]]
id = "transfer-edge"
name = {{ fr = "Centre de transfert", ar = "مركز التحويل", en = "Transfer station" }}
lon_lat = {disposal_site}
service_min = 15
synthetic = true

[[fleets]]
depot = "depot-centre"
count = {vehicles}                                # one for every {km_per_vehicle} km of streets
capacity_kg = 9000
capacity_m3 = 16
height_m = 3.5
weight_t = 19
shift_start = "06:00"
shift_end = "14:00"

# Assumptions of this demonstration, to be replaced by the city's weighings.
[waste]
{waste}

# General thresholds, with their sources.
{thresholds}
[demo]
loader = "osm"
osm = {osm}
"""


def new_city(path: Path) -> str:
    """Write var/cities/<slug>.toml, unless it is there; the slug. Raises InvalidInput with the cure."""
    path = path.resolve()
    slug = slug_of(path)
    target = Path(os.environ.get("CASAGIS_VAR", "var")) / "cities" / f"{slug}.toml"
    if target.is_file():
        _check_same_extract(target, path)
        return slug
    text = city_file(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)
    return slug


def slug_of(path: Path) -> str:
    """Of "Aïn Diab-latest.osm.pbf": ain-diab. A city that comes with the software keeps its own slug to itself."""
    stem = _stem(path)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "city"
    return f"{slug}-osm" if (CITIES / f"{slug}.toml").is_file() else slug


def _stem(path: Path) -> str:
    name = re.sub(r"(\.osm)?(\.(pbf|osm|opl|bz2|gz|o5m))*$", "", path.name, flags=re.IGNORECASE)
    return re.sub(r"[-_](latest|\d{6,8})$", "", name)


def city_file(path: Path) -> str:
    """The text of a city file for this extract."""
    box = _box_of(path)
    sections = split_streets(extract := read_extract(path, box), box)
    drivable = [s for s in sections if s.way.sets["access"] in {"yes", "destination"}]
    if not drivable:
        raise InvalidInput(
            f"{extract.path}: no street is open to motor vehicles, so no collection can be planned there."
        )
    depot, disposal_site = place_sites(drivable)
    given = tomllib.loads((CITIES / "casablanca.toml").read_text(encoding="utf-8"))
    return _TEMPLATE.format(
        file=path.name,
        bbox=[round(value, 6) for value in box.as_tuple()],
        metric_crs=utm_crs(*box.center),
        name=_toml(re.sub("[-_]+", " ", _stem(path)).strip().title() or "City"),
        depot=depot,
        disposal_site=disposal_site,
        vehicles=max(2, round(_length_km(drivable) / STREET_KM_PER_VEHICLE)),
        km_per_vehicle=STREET_KM_PER_VEHICLE,
        waste=_table(given["waste"]),
        thresholds="".join(f"[thresholds.{key}]\n{_table(t)}\n\n" for key, t in given["thresholds"].items()),
        osm=_toml(str(path)),
    )


def _box_of(path: Path) -> BBox:
    """The box in the file's header, else the extent of its streets, widened to whole 1e-6 degrees."""
    box = declared_box(path)
    if box is None:
        lines = [s.line for s in split_streets(read_extract(path, _WORLD), _WORLD)]
        if not lines:
            raise InvalidInput(f"{path}: the file holds no street. Take a complete extract of the city.")
        box = BBox.of(shapely.total_bounds(lines))
    if max(box.east - box.west, box.north - box.south) > WIDEST_DEGREES:
        raise InvalidInput(
            f"{path}: it covers {box.east - box.west:.1f} by {box.north - box.south:.1f} degrees, more than a city. "
            "Cut the city out of it: osmium extract --bbox WEST,SOUTH,EAST,NORTH --output city.osm.pbf FILE"
        )
    corners = np.array(box.as_tuple()) * 1e6
    return BBox.of(np.array([*np.floor(corners[:2]), *np.ceil(corners[2:])]) / 1e6)


def utm_crs(lon: float, lat: float) -> int:
    """EPSG code of the UTM zone (WGS 84) of a place."""
    zone = min(int((lon + 180) // 6) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


def place_sites(sections: list[Section]) -> tuple[list[float], list[float]]:
    """Longitude and latitude of two junctions: in the middle of the network, and farthest from its middle.

    The network is the largest part where every junction can be reached from every other.
    """
    places, arcs = _arcs(sections)
    graph = coo_array((np.ones(len(arcs)), (arcs[:, 0], arcs[:, 1])), shape=(len(places), len(places)))
    _number, component = connected_components(graph.tocsr(), directed=True, connection="strong")
    network = places[component == np.bincount(component).argmax()]
    scale = np.array([np.cos(np.radians(network[:, 1].mean())), 1.0])
    from_middle = np.hypot(*((network - network.mean(axis=0)) * scale).T)
    return network[from_middle.argmin()].tolist(), network[from_middle.argmax()].tolist()


def _arcs(sections: list[Section]) -> tuple[np.ndarray, np.ndarray]:
    """Distinct end points, and pairs of their numbers in the directions of travel."""
    ends = np.array([[s.line.coords[0], s.line.coords[-1]] for s in sections])
    places, numbers = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    numbers = numbers.reshape(-1, 2)
    direction = np.array([s.way.sets["one_way"] for s in sections])
    return places, np.vstack([numbers[direction != "backward"], numbers[direction != "forward"][:, ::-1]])


def _length_km(sections: list[Section]) -> float:
    lat = sections[0].line.coords[0][1]
    lines = shapely.transform(
        [s.line for s in sections], lambda xy: xy * [111.32 * np.cos(np.radians(lat)), 110.57]
    )
    return float(shapely.length(lines).sum())


def _check_same_extract(target: Path, path: Path) -> None:
    named = tomllib.loads(target.read_text(encoding="utf-8")).get("demo", {}).get("osm")
    if named != str(path):
        raise InvalidInput(
            f"{target} is there already and names another extract, {named}. "
            f"Put {path} into its [demo] osm, or give the extract another name."
        )


def _table(values: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_toml(value)}" for key, value in values.items())


def _toml(value: Any) -> str:
    """Text, numbers, dates and flat tables as TOML; its text has the escapes of JSON."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m importers.new_city FILE.osm.pbf", file=sys.stderr)
        return 2
    try:
        print(new_city(Path(arguments[0])))
    except CasaGISError as error:
        print(error.detail, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
