"""Where procrastinate looks for tasks: the log of changes is shortened by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from tiles.models import Change

KEPT = timedelta(days=1)  # who comes back later than that with a tile gets it anew


@app.periodic(cron="43 * * * *")
@app.task(name="shorten_changes", queue="jobs", queueing_lock="shorten_changes")
def shorten_changes(timestamp: int) -> None:
    Change.objects.filter(changed_at__lt=timezone.now() - KEPT).delete()
