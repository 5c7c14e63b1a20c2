#!/usr/bin/env python
"""Django's command line; script/manage runs it in the project's environment."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from gis_core.errors import CasaGISError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    try:
        execute_from_command_line(sys.argv)
    except CasaGISError as error:  # from the settings: no database, no such city
        sys.exit(f"manage.py: {error.detail}")
    except ProgrammingError as error:
        from gis_core.problems import cured

        if (told := cured(error)) is error:
            raise
        sys.exit(f"manage.py: {told}")
    except OperationalError as error:
        told = " ".join(str(error).split())
        if "does not exist" in told:
            sys.exit(f"manage.py: there is no city yet ({told}). script/demo makes one.")
        sys.exit(f"manage.py: PostgreSQL does not answer ({told}). Start it, or correct DATABASE_URL.")
