"""CQL2 (OGC 21-065r2): filters as text or JSON, compiled to SQL with bound values."""

from layers.cql2.compile import compile_filter
from layers.cql2.equals import compile_equals

SUPPORTED_CLASSES = tuple(
    f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
    for name in (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "accent-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "temporal-functions",
        "array-functions",
        "property-property",
        "arithmetic",
    )
)

__all__ = ["SUPPORTED_CLASSES", "compile_equals", "compile_filter"]
