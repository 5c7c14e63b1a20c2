"""Where Django looks for the models of gis_core."""

from gis_core.jobs.models import Job

__all__ = ["Job"]
