"""A real worker with the tests' own processes, until the queue is empty; killed before the call after so many.

python -m tests.gis_core.worker PROCESSES [CALLS]
"""

from __future__ import annotations

import os
import signal
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - after setup
from django.core.management import call_command  # noqa: E402

from gis_core.jobs import tasks  # noqa: E402
from gis_core.jobs.models import Job  # noqa: E402

settings.PROCESSES = sys.argv[1].split(",")
left = int(sys.argv[2]) if len(sys.argv) > 2 else None
put = tasks.enqueue


def enqueue(job: Job) -> None:
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left = left and left - 1
    put(job)


tasks.enqueue = enqueue
call_command("procrastinate", "-v", "0", "worker", "--one-shot")
