"""Published problems in the formats of the literature, read as RouteProblems."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from analysis.routes.problem import RouteProblem, RoutingError

FORMATS = (
    "carplib",
    "mcarptif",
    "mcarptif-tp",
    "pvrpif",
    "vrplib",
)  # each a module here, with a function `read`


def read_instance(path: Path | str, format: str) -> RouteProblem:
    """The problem of one file. Raises RoutingError for an unknown format, a missing file, and one that is not so."""
    if format not in FORMATS:
        raise RoutingError(f"There is no format {format!r}. Known: {', '.join(FORMATS)}.")
    reader = import_module(f"{__name__}.{format.replace('-', '_')}")
    try:
        return reader.read(Path(path))  # type: ignore[no-any-return]
    except RoutingError as error:
        raise RoutingError(f"{path}: {error}") from error
    except OSError as error:
        raise RoutingError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, LookupError) as error:
        raise RoutingError(f"{path} is no {format} file: {error}.") from error
