"""The conformance classes that the tests prove, and no others."""

from __future__ import annotations

from layers.cql2 import SUPPORTED_CLASSES

_SPEC = "http://www.opengis.net/spec"


def _classes(base: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{_SPEC}/{base}/conf/{name}" for name in names)


_PART_5 = ("schemas", "returnables-and-receivables", "queryables", "sortables")
_LOCKING = ("optimistic-locking-timestamps", "optimistic-locking-etags")
CONFORMANCE = (
    *_classes("ogcapi-features-1/1.0", "core", "geojson", "html", "oas30"),
    *_classes("ogcapi-features-2/1.0", "crs"),
    *_classes(
        "ogcapi-features-3/1.0", "queryables", "queryables-query-parameters", "filter", "features-filter"
    ),
    *SUPPORTED_CLASSES,
    # The name that QGIS asked for before the standard renamed the class.
    *_classes("cql2/1.0", "basic-spatial-operators"),
    *_classes("ogcapi-features-4/1.0", "create-replace-delete", "update", "features"),
    *_classes("ogcapi-common-5/1.0", "create-replace-delete", "update", *_LOCKING),
    *_classes("ogcapi-common-5/1.0", "return-resource-representation-in-response"),
    # Part 5 moved to Common Part 3, and Part 4 to Common Part 5: clients look for the one or the other.
    *_classes("ogcapi-common-3/1.0", *_PART_5),
    *_classes("ogcapi-features-5/1.0", *_PART_5),
)
