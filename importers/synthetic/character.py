"""What kinds of quarters a Moroccan city has, and how Casablanca's arrondissements mix them: assumptions, not data."""

from __future__ import annotations

from dataclasses import dataclass

from importers.synthetic.census import MECHOUAR


@dataclass(frozen=True)
class Character:
    """A quarter's grain. Blocks are `block_m` long and deep; `levels` from the lowest to the highest usual building."""

    block_m: tuple[float, float]
    street_width_m: float
    jitter_m: float
    opened_share: float
    one_way_share: float
    frontage_m: float
    built_share: float
    setback_m: float
    built_depth: tuple[float, float]
    levels: tuple[int, int]
    street_class: str = "residential"
    building_use: str = "residential"
    tree_share: float = 0.1


CHARACTERS = {
    "medina": Character(
        (48, 36), 4.0, 6.0, 0.22, 0.05, 15, 0.95, 0.0, (0.8, 1.0), (1, 3), "living_street", tree_share=0.02
    ),
    "centre": Character((105, 74), 12.0, 1.5, 0.07, 0.45, 28, 0.88, 0.0, (0.62, 0.9), (4, 9), tree_share=0.5),
    "dense": Character((124, 60), 9.0, 2.0, 0.09, 0.30, 34, 0.72, 0.0, (0.66, 0.92), (2, 5), tree_share=0.10),
    "housing": Character(
        (150, 92), 10.0, 4.0, 0.14, 0.15, 52, 0.66, 3.5, (0.5, 0.8), (3, 7), tree_share=0.25
    ),
    "villa": Character(
        (150, 88), 10.0, 7.0, 0.16, 0.08, 38, 0.74, 4.5, (0.55, 0.75), (1, 2), tree_share=0.45
    ),
    "industrial": Character(
        (260, 160),
        12.0,
        6.0,
        0.22,
        0.0,
        72,
        0.72,
        5.0,
        (0.55, 0.85),
        (1, 2),
        "unclassified",
        "industrial",
        0.05,
    ),
    "vacant": Character(
        (360, 260), 6.0, 14.0, 0.30, 0.0, 130, 0.06, 8.0, (0.2, 0.4), (1, 1), "unclassified", tree_share=0.02
    ),
    "palace": Character(
        (420, 320), 10.0, 3.0, 0.0, 0.0, 140, 0.35, 20.0, (0.3, 0.5), (1, 2), "service", "public", 0.5
    ),
}


@dataclass(frozen=True)
class Quarter:
    """An arrondissement: the shares of its characters, and m² of public green per inhabitant.

    The green follows the order of magnitude of the press (0.55 in Al-Fida and Mers-Sultan, 1.2 in Aïn-Sebaâ).
    """

    mix: dict[str, float]
    green_m2_per_inhabitant: float


QUARTERS = {
    "06.141.01.01": Quarter({"villa": 0.78, "housing": 0.22}, 3.2),
    "06.141.01.03": Quarter({"centre": 0.45, "housing": 0.40, "villa": 0.15}, 1.5),
    "06.141.01.07": Quarter({"centre": 1.0}, 2.6),
    "06.141.01.11": Quarter({"dense": 1.0}, 0.55),
    "06.141.01.13": Quarter({"centre": 0.5, "dense": 0.5}, 0.55),
    "06.141.01.21": Quarter({"industrial": 0.5, "housing": 0.3, "dense": 0.2}, 1.2),
    "06.141.01.23": Quarter({"industrial": 0.45, "dense": 0.55}, 0.8),
    "06.141.01.25": Quarter({"dense": 0.85, "industrial": 0.15}, 0.7),
    "06.141.01.31": Quarter({"housing": 0.42, "dense": 0.26, "villa": 0.12, "vacant": 0.20}, 1.9),
    "06.141.01.41": Quarter({"housing": 0.36, "villa": 0.32, "dense": 0.20, "vacant": 0.12}, 2.4),
    "06.141.01.51": Quarter({"industrial": 0.5, "dense": 0.4, "housing": 0.1}, 1.3),
    "06.141.01.53": Quarter({"dense": 0.45, "housing": 0.25, "vacant": 0.22, "industrial": 0.08}, 1.1),
    "06.141.01.61": Quarter({"dense": 0.9, "housing": 0.1}, 0.9),
    "06.141.01.63": Quarter({"dense": 0.8, "housing": 0.2}, 0.8),
    "06.141.01.71": Quarter({"dense": 0.7, "housing": 0.12, "industrial": 0.18}, 0.9),
    "06.141.01.73": Quarter({"dense": 0.8, "industrial": 0.2}, 0.7),
    MECHOUAR: Quarter({"palace": 1.0}, 0.0),
}

# Degrees (longitude, latitude): the port, where the old avenues start, and the old medina beside it.
PORT = (-7.6120, 33.5995)
MEDINA = (-7.6165, 33.6015)
MEDINA_RADIUS_M = 620.0


@dataclass(frozen=True)
class OpenGround:
    """A large green without streets in it, roughly where Casablanca has one; names in French, Arabic and English."""

    names: tuple[str, str, str]
    lon_lat: tuple[float, float]
    radius_m: float
    kind: str
    access: str = "public"


OPEN_GROUNDS = (
    OpenGround(
        ("Grand parc central", "المنتزه المركزي الكبير", "Great Central Park"),
        (-7.6225, 33.5895),
        250,
        "park",
    ),
    OpenGround(("Parc des Poètes", "منتزه الشعراء", "Poets' Park"), (-7.6210, 33.5640), 120, "park"),
    OpenGround(
        ("Golf de la colline", "كولف التل", "Hill Golf Course"),
        (-7.6590, 33.5790),
        330,
        "sports",
        "restricted",
    ),
    OpenGround(
        ("Grand cimetière", "المقبرة الكبرى", "Great Cemetery"),
        (-7.5640, 33.5600),
        250,
        "cemetery",
        "restricted",
    ),
    OpenGround(
        ("Cimetière de l'Ouest", "مقبرة الغرب", "West Cemetery"),
        (-7.6900, 33.5560),
        260,
        "cemetery",
        "restricted",
    ),
    OpenGround(("Bois de l'Est", "غابة الشرق", "East Wood"), (-7.5030, 33.5850), 230, "forest"),
    OpenGround(
        ("Grand stade", "الملعب الكبير", "Great Stadium"), (-7.6470, 33.5680), 150, "sports", "restricted"
    ),
    OpenGround(("Parc du Sud", "منتزه الجنوب", "South Park"), (-7.6350, 33.5230), 220, "park"),
    OpenGround(("Parc des Sources", "منتزه العيون", "Springs Park"), (-7.5400, 33.6080), 110, "park"),
)
